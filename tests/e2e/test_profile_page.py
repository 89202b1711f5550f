"""Somebody who stopped half-way is reminded by mail, with a link to a page that completes the profile."""

from __future__ import annotations

import re
import time

from huntred.settings import read_app_settings
from runtime.celery_app import REMIND_PROFILES, make_celery
from runtime.processes import by_name
from tests.e2e.browser import Browser
from tests.e2e.test_web_chat import press, say, shown
from tests.e2e.town import Town


def test_reminded_and_completed_on_the_page(town: Town, browser: Browser) -> None:
    """By mail whoever wrote in a web page, which is closed by now; other chats get a notice."""
    email = f"web{int(time.time() * 10)}@example.com"
    with browser.page(width=390, height=800) as page:
        page.goto(f"{town.platform.url('gateway')}/chat/amigro")
        say(page, "hola")
        shown(page, "aviso de privacidad")
        press(page, "Sí, acepto")
        shown(page, "conocer más")
        press(page, "No, gracias")
        press(page, "Registro")
        for question, answer in (("nombre completo", "Ana Lara Ponce"), ("correo", email)):
            shown(page, question)
            say(page, answer)
        shown(page, "teléfono")
    # Two days pass; beat sends this task every hour.
    town.rows(
        "UPDATE unit_profiles SET updated_at = now() - interval '2 days' WHERE email = %s RETURNING person_id", email
    )
    settings = read_app_settings(town.platform.installation.environment_of(by_name("beat")))
    with make_celery(settings) as celery:
        celery.send_task(REMIND_PROFILES)
    mail = town.wait_for(lambda: town.vendors.mails(email), 30, "the reminder is mailed")[0]
    assert "ciudad" in mail["text"] and "habilidades" in mail["text"]
    link = re.search(r"https?://\S+/perfil/\S+", mail["text"])
    assert link, mail["text"]
    with browser.page(width=390, height=800) as page:
        page.goto(link.group())
        for label, text in (("Ciudad", "Monterrey"), ("Habilidades", "cocina, limpieza")):
            page.get_by_label(label).fill(text)
        page.get_by_role("button", name="Guardar").click()
        page.get_by_text("Tu perfil está completo").wait_for()
    profile = town.rows("SELECT city, completed_at FROM unit_profiles WHERE email = %s", email)
    assert profile[0]["city"] == "Monterrey" and profile[0]["completed_at"]
