"""From the short link of an advertisement to a complete profile, by WhatsApp and Telegram, counted at each step."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import Page

from tests.e2e.browser import Browser
from tests.e2e.roads import Told, answer
from tests.e2e.town import Town

PHONE = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0 Mobile Safari/537.36"
TOLD = Told(full_name="Teresa Ruiz Luna", first_name="Teresa", email="teresa.ruiz@example.com")


def make_campaign(page: Page, office: str, name: str, channel: str, start: str) -> str:
    """Fill in the form as a consultant; return the short link."""
    page.goto(f"{office}/campaigns/new?unit=amigro")
    page.get_by_label("Nombre").fill(name)
    page.get_by_label("Origen").fill("facebook")
    page.get_by_label("Canal").select_option(label=channel)
    page.get_by_label("Mensaje que deja escrito").fill("Hola, vi su anuncio y quiero ganar más")
    page.get_by_label("Empieza con").select_option(label=start)
    page.get_by_role("button", name="Guardar").click()
    return page.get_by_label("Enlace corto").input_value()


def follow(link: str, agent: str = PHONE) -> str:
    """Open the link as a phone does; return where it leads."""
    answer = httpx.get(link, headers={"User-Agent": agent})
    assert answer.status_code == 302 and "set-cookie" not in answer.headers
    return answer.headers["location"]


def test_a_link_is_followed_to_a_complete_profile_and_counted(town: Town, browser: Browser, shots: Path) -> None:
    office = town.offices["amigro"]
    address = town.platform.url("backoffice")
    with browser.signed_in(address, office.email) as page:
        link = make_campaign(page, address, "Anuncio de marzo", "WhatsApp", "Su registro")
        page.screenshot(path=shots / "campaign.png", full_page=True)
        # The preview of whoever forwards it, and two people; one of them writes.
        for agent in ("WhatsApp/2.23.20.0 A", PHONE, PHONE):
            lands = urlsplit(follow(link, agent))
        assert lands.netloc == "wa.me"
        teresa = town.candidate("whatsapp:amigro", "Teresa")
        teresa.says(parse_qs(lands.query)["text"][0], "aviso de privacidad")
        teresa.presses("Sí, acepto", "nombre completo")
        shown = teresa.received[-1]
        while "esto es lo que" not in shown.text.casefold():
            shown = answer(teresa, shown, TOLD)
        teresa.presses("affirm:recap")
        code = link.rpartition("/")[2]

        def cells() -> list[str]:
            page.goto(f"{address}/campaigns/")
            row = page.locator(f"[data-campaign='{code}'] td")
            return [text.split("\n")[0] for text in row.all_inner_texts()[1:]]

        wanted = ["2", "1", "1", "0", "0", "0"]
        town.wait_for(lambda: cells() == wanted, 20, f"the list says {wanted}; it says {cells()}")
        page.screenshot(path=shots / "campaigns.png", full_page=True)


def test_telegram_carries_the_code_in_its_start(town: Town, browser: Browser) -> None:
    office = town.offices["amigro"]
    address = town.platform.url("backoffice")
    with browser.signed_in(address, office.email) as page:
        link = make_campaign(page, address, "Canal de Telegram", "Telegram", "Buscar vacantes")
    lands = urlsplit(follow(link))
    code = parse_qs(lands.query)["start"][0]
    assert lands.netloc == "t.me" and code == link.rpartition("/")[2]
    luis = town.candidate("telegram:amigro", "Luis")
    luis.says(f"/start {code}", "aviso de privacidad")
    town.wait_for(
        lambda: town.rows(
            "SELECT 1 FROM campaign_touches t JOIN campaigns k ON k.id = t.campaign_id"
            " JOIN conversations c ON c.id = t.conversation_id JOIN chats h ON h.id = c.chat_id"
            " WHERE k.code = %s AND h.user_id = %s", code, luis.user,
        ), 20, "the conversation is the campaign's",
    )  # fmt: skip
