"""What the origin does around Flask."""

from __future__ import annotations

import httpx
import pytest

from backoffice.server import create_server
from tests.integration.backoffice.conftest import Office


@pytest.mark.parametrize(
    ("site", "compressed"), [("none", True), ("same-origin", True), ("cross-site", False), ("same-site", False), ("", False)]
)
async def test_pages_are_compressed_for_nobody_else_s_requests(office: Office, site: str, compressed: bool) -> None:
    transport = httpx.ASGITransport(create_server(office.app.extensions["wiring"]))
    async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
        style = await client.get("/static/huntred.css")
        page = await client.get("/login", headers={"Sec-Fetch-Site": site} if site else {})

    assert (style.status_code, style.headers["content-encoding"]) == (200, "gzip")
    assert "--line" in style.text
    assert page.status_code == 200 and len(page.content) > 1000
    assert ("content-encoding" in page.headers) is compressed
