"""Takes the pictures of docs/consultants.md from a running installation with demo data.

`make up` in one terminal, then `.venv/app/bin/python -m tests.e2e.screenshots` in another. Each page on a desk and a
phone, in light and dark: `<page>-<device>.png`, `<page>-<device>-dark.png`. ONLY=today,board takes some of them.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from runtime.demo.load import DEMO_PASSWORD
from runtime.installation import ROOT, Installation
from tests.e2e.browser import Browser

IMAGES = ROOT / "docs/images"
CONSULTANT = "consultora.amigro@huntred.example"
ADMINISTRATOR = "super@huntred.example"
DEVICES = {"desktop": (1280, 800), "phone": (390, 844)}
# Enough for flat surfaces and text; a picture is a third of what it was.
_COLOURS = 96
# page → where it is; of two, the first row of the list whose link begins with the second.
OF_CONSULTANT: dict[str, tuple[str, ...]] = {
    "today": ("/",), "conversation": ("/conversations/", "/conversations/0"),
    "vacancy": ("/vacancies/?state=open", "/vacancies/0"), "person": ("/people/", "/people/0"),
    "board": ("/board/",), "calendar": ("/interviews/",), "dashboards": ("/dashboards/recruiting",), "outlook": ("/dashboards/outlook",),
    "duplicates": ("/duplicates/",), "alike": ("/alike/",), "imports": ("/imports/",), "gains": ("/gains/",), "campaigns": ("/campaigns/",), "campaign": ("/campaigns/", "/campaigns/0"),
}  # fmt: skip
OF_ADMINISTRATOR: dict[str, tuple[str, ...]] = {"mentors": ("/mentors/",), "workbench": ("/workbench/",)}


def sign_in(page: Page, office_url: str, email: str) -> None:
    page.goto(office_url)
    page.get_by_label("Correo").fill(email)
    page.get_by_label("Contraseña", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_load_state("domcontentloaded")
    page.get_by_role("heading", name="Hoy").first.wait_for()


def show(page: Page, office_url: str, steps: tuple[str, ...]) -> None:
    """Open a page, or the first row of a list."""
    page.goto(office_url + steps[0])
    for inside in steps[1:]:
        row = page.locator(f"main a[href*='{inside}']").first
        page.goto(office_url + str(row.get_attribute("href")))
    page.wait_for_timeout(1200)


def shoot(page: Page, name: str) -> None:
    """Keep what is shown, with so many colours."""
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(IMAGES / f"{name}.png", optimize=True)


def variants() -> Iterator[tuple[str, tuple[int, int], str]]:
    """(end of the name, size, theme)."""
    for device, size in DEVICES.items():
        for theme in ("light", "dark"):
            yield f"-{device}{'-dark' if theme == 'dark' else ''}", size, theme


def main() -> None:
    installation = Installation()
    installation.load()
    installation.recall_ports()
    office, gateway = installation.values["PUBLIC_BACKOFFICE_URL"], installation.values["PUBLIC_GATEWAY_URL"]
    only = set(filter(None, os.environ.get("ONLY", "").split(",")))
    IMAGES.mkdir(parents=True, exist_ok=True)
    with Browser.open() as browser:
        for end, (width, height), theme in variants():
            for email, pages in ((CONSULTANT, OF_CONSULTANT), (ADMINISTRATOR, OF_ADMINISTRATOR)):
                with browser.page(width=width, height=height) as page:
                    page.set_default_timeout(60_000)
                    page.add_init_script(f"localStorage.setItem('theme', {json.dumps(theme)})")
                    sign_in(page, office, email)
                    for name, steps in pages.items():
                        if not only or name in only:
                            show(page, office, steps)
                            shoot(page, name + end)
        if not only or "chat" in only:
            with browser.page(width=390, height=844) as page:
                page.goto(f"{gateway}/chat/amigro")
                page.wait_for_timeout(3000)
                shoot(page, "chat-phone")
    for image in sorted(Path(IMAGES).glob("*.png")):
        print(f"{image.relative_to(ROOT)}  {image.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
