"""Takes the pictures of docs/consultants.md from a running installation with demo data.

`make up` in one terminal, then `.venv/app/bin/python -m tests.e2e.screenshots` in another.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from runtime.demo.load import DEMO_PASSWORD
from runtime.installation import ROOT, Installation
from tests.e2e.browser import Browser

IMAGES = ROOT / "docs/images"
CONSULTANT = "consultora.amigro@huntred.example"


def sign_in(page: Page, office_url: str) -> None:
    page.goto(office_url)
    page.get_by_label("Correo").fill(CONSULTANT)
    page.get_by_label("Contraseña", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_load_state("domcontentloaded")
    page.get_by_role("heading", name="Hoy").first.wait_for()


def first_row(page: Page, url: str, inside: str) -> None:
    """Open a list and then its first row."""
    page.goto(url)
    href = page.locator(f"main a[href*='{inside}']").first.get_attribute("href")
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + str(href))


def shoot(page: Page, name: str) -> None:
    page.wait_for_timeout(900)
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    installation = Installation()
    installation.load()
    installation.recall_ports()
    office, gateway = installation.values["PUBLIC_BACKOFFICE_URL"], installation.values["PUBLIC_GATEWAY_URL"]
    IMAGES.mkdir(parents=True, exist_ok=True)
    with Browser.open() as browser:
        for device, width, height in (("desktop", 1440, 900), ("phone", 390, 844)):
            with browser.page(width=width, height=height) as page:
                sign_in(page, office)
                shoot(page, f"today-{device}")
                home = page.url.rstrip("/")
                first_row(page, f"{home}/conversations/", "/conversations/0")
                shoot(page, f"conversation-{device}")
                if device == "desktop":
                    first_row(page, f"{home}/vacancies/?state=open", "/vacancies/0")
                    page.wait_for_load_state("networkidle")
                    shoot(page, "vacancy-desktop")
                    first_row(page, f"{home}/people/", "/people/0")
                    shoot(page, "person-desktop")
                    page.goto(f"{home}/dashboards/recruiting")
                    shoot(page, "dashboards-desktop")
                page.goto(f"{home}/interviews/")
                shoot(page, f"calendar-{device}")
                page.goto(f"{home}/board/")
                shoot(page, f"board-{device}")
        with browser.page(width=390, height=844) as page:
            page.goto(f"{gateway}/chat/amigro")
            page.wait_for_timeout(3000)
            shoot(page, "chat-phone")
    for image in sorted(Path(IMAGES).glob("*.png")):
        print(f"{image.relative_to(ROOT)}  {image.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
