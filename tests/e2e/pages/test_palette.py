"""⌘K in Chromium: found while one types, by keyboard alone, on a phone, and without JavaScript as a page."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import Site, complaints
from tests.integration.huntred.search.test_service import person


def test_somebody_is_found_and_opened_by_keyboard(site: Site, chromium: Browser) -> None:
    wanted = person(site.desk, "Ximena", "Hernández", headline="Soldadura")
    person(site.desk, "Ximena", "Arriaga")

    with chromium.signed_in(site.url, site.user()) as page:
        heard = complaints(page)
        page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Buscar candidatos")
        expect(box).to_be_focused()
        box.type("jimena ernandes")
        option = page.get_by_role("option", name="Ximena Hernández")
        expect(option).to_have_attribute("aria-selected", "true")
        expect(box).to_have_attribute("aria-activedescendant", f"hit-{wanted.id}")
        expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("1 resultado")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/people/{wanted.id}")

        page.keyboard.press("Control+k")
        page.keyboard.type("calenda")
        expect(page.get_by_role("option", name="Calendario")).to_be_visible()
        page.keyboard.press("Enter")
        page.wait_for_url("**/interviews/")

        page.keyboard.press("Control+k")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert [line for line in heard if "CHUNKED" not in line] == []


def test_on_a_phone_the_search_fills_the_screen(site: Site, chromium: Browser) -> None:
    wanted = person(site.desk, "Ximena", "Hernández")

    with chromium.signed_in(site.url, site.user(), width=390, height=844) as page:
        page.get_by_role("link", name="Buscar en todo").click()
        page.get_by_role("combobox", name="Buscar candidatos").fill("hernandes")
        page.get_by_role("option", name="Ximena Hernández").click()
        page.wait_for_url(f"**/people/{wanted.id}")
        page.go_back()
        page.goto(site.url + "/search/?text=hernandes")
        expect(page.get_by_role("link", name="Ximena Hernández")).to_be_visible()
