"""Chromium: one process for all tests, a context of its own for each person who looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.office import PASSWORD

# Nothing but the page itself: no first-run pages, no calls of the browser's own to the outside.
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


# A page that follows others waits for a sweep, and other tests run beside it.
_PATIENCE_MS = 15_000
expect.set_options(timeout=_PATIENCE_MS)


@dataclass
class Browser:
    chromium: Chromium

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Browser]:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_ARGUMENTS)
            try:
                yield cls(chromium)
            finally:
                chromium.close()

    @contextmanager
    def page(self, width: int = 1280, height: int = 900) -> Iterator[Page]:
        """A page with cookies of its own; an error in its scripts fails the test."""
        context = self.chromium.new_context(
            locale="es-MX", timezone_id="America/Mexico_City", reduced_motion="reduce",
            viewport={"width": width, "height": height},
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        try:
            yield page
            assert faults == []
        finally:
            context.close()

    @contextmanager
    def signed_in(self, office_url: str, email: str, **size: int) -> Iterator[Page]:
        """A page of the back office in which this user has signed in."""
        with self.page(**size) as page:
            page.goto(office_url)
            page.get_by_label("Correo").fill(email)
            page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Entrar").click()
            page.wait_for_load_state("networkidle")
            yield page
