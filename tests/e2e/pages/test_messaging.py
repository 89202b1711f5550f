"""Messaging in Chromium: what comes in shows while one looks, and a person decides by keyboard."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import text

from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import Site, complaints
from tests.integration.backoffice.test_messaging import came, went


def test_the_figures_follow_what_happens(site: Site, chromium: Browser) -> None:
    desk = site.desk
    conversation = desk.chat()

    with chromium.signed_in(site.url, site.user()) as page:
        heard = complaints(page)
        page.goto(f"{site.url}/messaging/")
        waiting = page.locator(".stat", has_text="por leer").locator(".stat-number")
        expect(waiting).to_have_text("0")
        expect(page.locator('[data-live-state="on"]')).to_have_count(1)
        for expected in ("1", "2", "3"):
            came(desk, conversation, "waiting")
            with desk.admin.begin() as connection:
                connection.execute(text("SELECT pg_notify('inbox', '')"))
            expect(waiting).to_have_text(expected)
        assert [line for line in heard if "CHUNKED" not in line] == []


def test_what_perhaps_went_is_decided_by_keyboard(site: Site, chromium: Browser) -> None:
    went(site.desk, site.desk.chat(), "review", purpose="payment", error="No se sabe si llegó.")

    with chromium.signed_in(site.url, site.user()) as page:
        page.goto(f"{site.url}/messaging/review")
        page.get_by_role("button", name="Sí llegó").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Quedó como enviado.")).to_be_visible()
        expect(page.get_by_text("Nada por decidir")).to_be_visible()
