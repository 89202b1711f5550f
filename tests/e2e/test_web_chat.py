"""The web chat in Chromium: its page as a telephone shows it, and the widget on somebody else's page."""

from __future__ import annotations

import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import Browser
from tests.e2e.office import let_in
from tests.e2e.town import Town


def say(page: Page, text: str) -> None:
    page.get_by_label("Escribe un mensaje").fill(text)
    page.keyboard.press("Enter")


def press(page: Page, title: str) -> None:
    """The newest option of that title."""
    page.get_by_role("button", name=re.compile(rf"^{re.escape(title)}")).last.click()


def shown(page: Page, text: str) -> Locator:
    found = page.get_by_text(text).last
    expect(found).to_be_visible(timeout=30_000)
    return found


def test_the_whole_road_at_phone_width(town: Town, browser: Browser, shots: Path) -> None:
    email = f"web{int(time.time())}@example.com"
    with browser.page(width=390, height=800) as page:
        page.goto(f"{town.platform.url('gateway')}/chat/amigro")
        say(page, "hola")
        shown(page, "aviso de privacidad")
        press(page, "Sí, acepto")
        shown(page, "conocer más")
        press(page, "No, gracias")
        press(page, "Registro")
        for question, answer in (
            ("nombre completo", "Sofía Arce Luna"), ("correo", email), ("teléfono", "81 1234 5678"),
        ):  # fmt: skip
            shown(page, question)
            say(page, answer)
        press(page, "Residencia permanente")
        for question, answer in (
            ("ciudad o municipio", "Monterrey"), ("Qué trabajo haces", "auxiliar de almacén"),
            ("Cuántos años", "3 años"), ("Qué sabes hacer", "inventarios y montacargas"), ("ganar al mes", "11 mil"),
        ):  # fmt: skip
            shown(page, question)
            say(page, answer)
        shown(page, "¿Está bien?")
        press(page, "Sí, está bien")
        press(page, "Ver oportunidades")
        shown(page, "Por qué")
        page.screenshot(path=shots / "web_vacancies.png")
        press(page, "Auxiliar de almacén")
        press(page, "Postularme")
        shown(page, "ocho de la mañana")
        press(page, "Sí")
        shown(page, "horarios libres")
        page.get_by_role("button", name=re.compile(r"nov|dic", re.I)).last.click()
        press(page, "Sí, confirmar")
        shown(page, "quedó agendada")
        page.screenshot(path=shots / "web_booked.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

        # Whoever comes back sees what was said, and goes on.
        page.reload()
        shown(page, "quedó agendada")
        say(page, "¿cómo va mi postulación?")
        shown(page, "Etapa")
    booked = town.rows(
        "SELECT i.state, a.unit FROM interviews i JOIN applications a ON a.id = i.application_id "
        "JOIN unit_profiles p ON p.id = a.profile_id WHERE p.email = %s", email,
    )  # fmt: skip
    assert booked == [{"state": "booked", "unit": "amigro"}]


def test_two_widgets_on_the_page_of_a_company(town: Town, browser: Browser, shots: Path) -> None:
    """Each talks to its own unit, in its own voice; a site that nobody named gets neither."""
    gateway = town.platform.url("gateway")
    html = "<!doctype html><title>Una empresa</title><h1>Una empresa</h1>" + "".join(
        f'<script src="{gateway}/widget.js" data-widget="{unit}" defer></script>' for unit in town.offices
    )
    with company_page(html) as site, browser.page() as page:
        page.goto(site)
        page.wait_for_load_state("networkidle")
        assert page.get_by_label("Abrir el chat de Amigro").count() == 0

        for unit in town.offices:
            let_in(town.platform, unit, site.rstrip("/"))
            town.wait_for(lambda unit=unit: is_let_in(gateway, unit, site.rstrip("/")), 60, f"{unit} knows the site")
        page.reload()
        page.get_by_label("Abrir el chat de Amigro").click()
        say(page, "hola")
        shown(page, "¿Lo aceptas?")
        page.get_by_label("Cerrar el chat").locator("visible=true").click()
        page.get_by_label("Abrir el chat de huntRED Executive").click()
        page.get_by_label("Escriba un mensaje").fill("buenas tardes")
        page.keyboard.press("Enter")
        shown(page, "¿Lo acepta?")
        page.screenshot(path=shots / "widgets.png")


def is_let_in(gateway: str, unit: str, site: str) -> bool:
    request = urllib.request.Request(f"{gateway}/chat/{unit}/look.json", headers={"Origin": site})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as refused:
        refused.close()
        return False


@contextmanager
def company_page(html: str) -> Iterator[str]:
    """A site of another origin that serves this one page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = html.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
