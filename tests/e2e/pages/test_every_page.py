"""Each page in Chromium, light and dark, wide and narrow.

axe finds nothing serious, the content policy is kept, nothing is wider than the phone, every field has a name.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from contract.ids import new_id
from huntred.access.models import User
from huntred.lists.models import ListExport
from runtime.installation import ROOT
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import NAMELESS, WIDER, Site, complaints, is_page
from tests.integration.backoffice.test_access import LISTS, SUPER_ONLY, things

_AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
# WCAG 2.2 AA; of what is found, that which shuts people out.
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A theme changes colours and nothing else: what the light one was asked already is not asked of the dark one.
_OF_COLOUR = ["color-contrast", "link-in-text-block"]
_RUN = """wanted => axe.run(document, {runOnly: wanted})
  .then(found => found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => [v.id, v.nodes.slice(0, 4).map(n => n.target.join(' ') + ' ' + (n.any[0] ? n.any[0].message : ''))]))"""
_LISTEN = """window.__broken = []; document.addEventListener('securitypolicyviolation',
  e => window.__broken.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample));"""


def faults(page: Page, rules: list[str] = _TAGS) -> list[Any]:
    page.evaluate(_AXE)
    return list(page.evaluate(_RUN, rules)) + list(page.evaluate("window.__broken"))


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1280), ("dark", 390)], ids=["light on a desk", "dark on a phone"]
)
def test_every_page_is_quiet_fits_names_its_fields_and_shuts_nobody_out(
    site: Site, chromium: Browser, theme: str, width: int
) -> None:
    own = things(type("Office", (), {"desk": site.desk})(), "amigro")  # type: ignore[arg-type]
    things(type("Office", (), {"desk": site.desk})(), "huntu")  # type: ignore[arg-type]
    email = site.user("super_admin")
    rules = _TAGS if theme == "light" else _OF_COLOUR
    found: dict[str, list[Any]] = {}

    with chromium.page(width=width) as page:
        page.add_init_script(f"localStorage.setItem('theme', {json.dumps(theme)}); {_LISTEN}")
        page.goto(site.url + "/login")
        found["/login"] = faults(page, rules)
    with chromium.signed_in(site.url, email, width=width) as page:
        page.add_init_script(f"localStorage.setItem('theme', {json.dumps(theme)}); {_LISTEN}")
        heard = complaints(page)
        for path in filter(is_page, (*LISTS, *SUPER_ONLY, *own.pages())):
            answer = page.goto(site.url + path)
            assert answer is not None and answer.status == 200, path
            page.wait_for_load_state("networkidle" if path.startswith("/vacancies") else "load")
            found[path] = [*faults(page, rules), *page.evaluate(NAMELESS)]
            found[path] += [f"wider than the screen: {what}" for what in page.evaluate(WIDER)]
            if page.locator("h1").count() != 1:
                found[path].append("not one h1")
        for path in ("/search/?text=rosa", "/nothing", "/privacidad/amigro", "/change"):
            page.goto(site.url + path)
            page.wait_for_load_state("load")
            found[path] = faults(page, rules)
        page.goto(site.url + "/vacancies/")
        for menu in page.locator("details.list-menu summary").all():
            menu.click()
            found[f"/vacancies/ {menu.text_content()}"] = faults(page, rules)
            menu.click()  # on a phone an open one lies over the next
        page.locator("td.cell-check input").first.check()
        found["/vacancies/ ticked"] = faults(page, rules)
        page.get_by_role("button", name="Ver qué pasará").click()
        page.wait_for_load_state("load")
        found["/mass preview"] = faults(page, rules)
        page.keyboard.press("Control+k")
        page.keyboard.type("rosa")
        page.get_by_role("option", name="Rosa").first.wait_for()
        found["palette"] = faults(page, rules)
        assert [line for line in heard if "CHUNKED" not in line and "404" not in line] == []

    told = [f"{path}: {fault}" for path, faults_of in found.items() for fault in faults_of]
    assert not told, "\n".join(told)


def test_an_export_tells_how_far_it_is(site: Site, chromium: Browser) -> None:
    email = site.user()
    [owner] = site.desk.rows(select(User).where(User.email == email))
    export = ListExport(
        id=new_id(), user_id=owner.id, list_name="companies", columns=["name"], units=["amigro"], format="csv",
        state="writing", rows_total=9000, rows_done=4000, expires_at=site.desk.now + timedelta(days=1),
    )  # fmt: skip
    site.desk.add(export)

    with chromium.signed_in(site.url, email) as page:
        page.add_init_script(_LISTEN)
        page.goto(f"{site.url}/lists/exports/{export.id}")
        page.get_by_text("4,000 de 9,000 filas").wait_for()
        assert faults(page) == []
        site.desk.execute("UPDATE list_exports SET state = 'done', rows_done = 9000")
        page.get_by_role("link", name="Descargar CSV").wait_for()

