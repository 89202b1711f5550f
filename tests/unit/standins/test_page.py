"""The page, in Chromium: a person writes, sees buttons and lists, presses, sends a place, reads a mail."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.standins.client import StandinsClient
from tests.unit.standins.conftest import ANA, Gateway, Send

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
ROWS = [
    {"id": "job:1", "title": "Auxiliar de almacén", "description": "Tultitlán · $9,800 al mes"},
    {"id": "job:2", "title": "Cocina", "description": "Roma Norte · $11,200 al mes"},
]
LIST = {
    "type": "list", "body": {"text": "Encontré 2 vacantes para ti."}, "footer": {"text": "Grupo huntRED®"},
    "action": {"button": "Ver vacantes", "sections": [{"title": "Cerca de ti", "rows": ROWS}]},
}  # fmt: skip
BUTTONS = {
    "type": "button", "body": {"text": "¿Quieres conocer más acerca de Amigro?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": t, "title": t}} for t in ("Sí", "No")]},
}  # fmt: skip

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")


@pytest.fixture
def page(standins: StandinsClient) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1100, "height": 820}, locale="es-MX")
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(standins.base_url)
        yield page
        assert errors == []
        browser.close()


def test_a_person_talks_on_the_phone(
    page: Page, standins: StandinsClient, gateway: Gateway, whatsapp: Send, tmp_path: Path
) -> None:
    page.get_by_label("Tu nombre").fill("Ana López")
    page.get_by_label("Mensaje").fill("Hola")
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator("#bubbles")).to_contain_text("Hola")
    standins.wait_for(gateway.messages)
    assert gateway.received[0].value["contacts"][0] == {"profile": {"name": "Ana López"}, "wa_id": ANA}

    whatsapp(type="interactive", interactive=BUTTONS)
    page.get_by_role("button", name="Sí", exact=True).click()
    whatsapp(type="interactive", interactive=LIST)
    page.get_by_role("button", name="Ver vacantes").click()
    page.get_by_role("button", name="Cocina").click()
    standins.wait_for(lambda: len(gateway.messages()) == 3)
    assert [m["interactive"] for m in gateway.messages()[1:]] == [
        {"type": "button_reply", "button_reply": {"id": "Sí", "title": "Sí"}},
        {"type": "list_reply", "list_reply": ROWS[1]},
    ]

    page.get_by_role("button", name="Adjuntar").click()
    page.get_by_role("button", name="Zócalo, CDMX").click()
    standins.wait_for(lambda: len(gateway.messages()) == 4)
    assert gateway.messages()[3]["location"]["latitude"] == 19.4326
    expect(page.locator("#bubbles .read").first).to_be_visible()
    page.screenshot(path=tmp_path / "phone.png")


def test_a_document_leaves_the_phone(
    page: Page, standins: StandinsClient, gateway: Gateway, tmp_path: Path
) -> None:
    cv = tmp_path / "cv.pdf"
    cv.write_bytes(b"%PDF-1.7 experiencia")
    page.get_by_role("button", name="Adjuntar").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Documento").click()
    chooser.value.set_files(cv)
    standins.wait_for(gateway.messages)

    assert gateway.messages()[0]["document"]["filename"] == "cv.pdf"
    expect(page.locator("#bubbles")).to_contain_text("cv.pdf")


def test_mails_and_broken_rules_are_shown(page: Page, standins: StandinsClient, whatsapp: Send) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@amigro.example", "ana@x.example", "Tu entrevista"
    message["Date"], message["Message-ID"] = formatdate(), "<1@amigro.example>"
    message.set_content("Confirma aquí: https://amigro.example/c/1")
    host, _, port = standins.smtp_url.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port)) as server:
        server.send_message(message)
    whatsapp(type="text", text={"body": "fuera de la ventana"})

    page.get_by_role("tab", name="Correo").click()
    page.get_by_role("button", name="Tu entrevista").click()
    expect(page.get_by_role("link", name="https://amigro.example/c/1")).to_be_visible()
    page.get_by_role("tab", name="Reglas rotas").click()
    expect(page.locator("#violations")).to_contain_text("131047")


def test_telegram_is_on_the_same_phone(
    page: Page, standins: StandinsClient, gateway: Gateway, telegram: Send
) -> None:
    page.get_by_label("Canal y unidad").select_option("telegram:huntu")
    page.get_by_label("Tu id de Telegram").fill("4242")
    page.get_by_label("Mensaje").fill("/start")
    page.get_by_label("Mensaje").press("Enter")
    standins.wait_for(lambda: gateway.received)
    telegram(
        "sendMessage", chat_id=4242, text="¿Dónde estás?",
        reply_markup={"keyboard": [[{"text": "Compartir ubicación", "request_location": True}]]},
    )  # fmt: skip
    page.get_by_role("button", name="Compartir ubicación").click()
    page.get_by_role("button", name="Monterrey").click()
    standins.wait_for(lambda: len(gateway.received) == 2)

    assert gateway.received[1].json["message"]["location"]["latitude"] == 25.6866
    assert standins.violations == []


def test_the_page_fits_a_real_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 780})

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
