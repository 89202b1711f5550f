"""What the origin does around Flask."""

from __future__ import annotations

import httpx

from backoffice.server import create_server
from tests.integration.backoffice.conftest import Office


async def test_static_files_are_compressed_and_pages_are_not(office: Office) -> None:
    transport = httpx.ASGITransport(create_server(office.app.extensions["wiring"]))
    async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
        style = await client.get("/static/huntred.css")
        page = await client.get("/login")

    assert (style.status_code, style.headers["content-encoding"]) == (200, "gzip")
    assert "--line" in style.text
    assert page.status_code == 200 and len(page.content) > 1000 and "content-encoding" not in page.headers
