"""A person asks for a person: queued, taken, answered, given back; the assistant is silent meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.e2e.browser import Browser
from tests.e2e.candidate import Candidate
from tests.e2e.roads import open_and_accept
from tests.e2e.town import Town


def test_taken_answered_and_given_back(town: Town, ana: Candidate, browser: Browser, shots: Path) -> None:
    open_and_accept(ana)
    # A page that another test had open a moment ago would tell them itself.
    town.rows("UPDATE user_alerts SET page_at = NULL RETURNING user_id")
    office = town.offices["amigro"]
    told = len(_calls(town, office.email))
    ana.says("quiero hablar con una persona", "equipo")
    town.wait_for(
        lambda: len(_calls(town, office.email)) > told,
        30, "nobody has a page open: the unit's consultant hears by mail that somebody waits",
    )  # fmt: skip

    before = len(ana.received)
    town.vendors.send_text(ana.user, ana.account, "me urge, es sobre mi contrato")
    with browser.signed_in(town.platform.url("backoffice"), office.email) as page:
        home = page.inner_text("body")
        assert "esperan a una persona" in home.casefold()
        page.goto(town.platform.url("backoffice") + "/conversations/?handling=queued")
        page.screenshot(path=shots / "queued.png")
        page.locator(f'.inbox-row[href*="{_conversation(town, ana)["id"]}"]').click()
        page.locator(".chat").get_by_text("me urge").wait_for()
        page.get_by_role("button", name="Tomar").click()
        page.get_by_label("Tu respuesta").fill("Hola, soy Carmen, del equipo. ¿En qué te ayudo?")
        page.get_by_role("button", name="Enviar").click()
        page.locator(".bubble-consultant").get_by_text("soy Carmen").wait_for()
        page.screenshot(path=shots / "taken.png")
        town.vendors.wait_for_reply(ana.user, ana.account, "soy Carmen", before)

        # A note is for the team: it stands in the chat here, and nowhere else.
        page.get_by_role("tab", name="Nota interna").click()
        page.get_by_role("textbox", name="Nota interna").fill("revisar su contrato de mañana")
        page.get_by_role("button", name="Guardar nota").click()
        page.locator(".bubble-internal").wait_for()
        # What the person writes now is for Carmen alone, who sees it without reloading.
        town.vendors.send_text(ana.user, ana.account, "gracias, Carmen; era por el contrato")
        page.get_by_text("era por el contrato").first.wait_for()
        assert [shown.text for shown in ana.received[before:]] == ["Hola, soy Carmen, del equipo. ¿En qué te ayudo?"]

        page.get_by_role("button", name="Devolver al asistente").click()
        town.vendors.wait_for_reply(ana.user, ana.account, "de vuelta", before)
    assert ana.says("¿cobran algo?", "gratis")
    states = town.rows(
        "SELECT f.state FROM handoffs f JOIN conversations c ON c.id = f.conversation_id "
        "JOIN chats h ON h.id = c.chat_id WHERE h.user_id = %s", ana.user,
    )  # fmt: skip
    assert [row["state"] for row in states] == ["returned"]


def test_closed_it_opens_by_itself_and_outside_the_window_a_template_reaches_the_candidate(
    town: Town, ana: Candidate, browser: Browser, shots: Path
) -> None:
    open_and_accept(ana)
    ana.says("quiero hablar con una persona", "equipo")
    found = _conversation(town, ana)
    address = f"{town.platform.url('backoffice')}/conversations/{found['id']}"
    with browser.signed_in(town.platform.url("backoffice"), town.offices["amigro"].email) as page:
        page.goto(address)
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Cerrar").first.click()
        page.get_by_text("Está cerrada").wait_for()
        assert ana.says("¿cobran algo?", "gratis"), "the assistant is there again"
        page.locator(".chat-state-bot").wait_for()

        town.rows(
            "UPDATE chats SET last_inbound_at = now() - interval '25 hours' WHERE id = %s RETURNING id", found["chat_id"]
        )
        page.goto(address)
        page.get_by_role("button", name="Tomar").click()
        # Of each there is one in the language of the chat first, then those in others.
        choice = page.locator("details", has_text="Retomar la conversación").first
        choice.locator("summary").click()
        choice.get_by_label("Sobre qué").fill("tu entrevista del martes")
        before = len(ana.received)
        choice.get_by_role("button", name="Enviar plantilla").click()
        shown = town.vendors.wait_for_reply(ana.user, ana.account, "sobre tu entrevista del martes", before)
        assert shown.text.startswith("¡Hola, Ana! Te escribe ")
        page.locator(".bubble-who", has_text="plantilla").wait_for()
        page.screenshot(path=shots / "template.png")
        # Their answer opens the window, and the box to reply in comes back by itself.
        town.vendors.send_text(ana.user, ana.account, "sí, sigamos")
        page.locator(".chat").get_by_text("sí, sigamos").wait_for()
        page.get_by_label("Tu respuesta").wait_for()
        page.get_by_role("button", name="Devolver al asistente").click()
        town.vendors.wait_for_reply(ana.user, ana.account, "de vuelta", before)


def _calls(town: Town, address: str) -> list[dict[str, str]]:
    """The mails to a consultant that somebody waits."""
    return [mail for mail in town.vendors.mails(address) if "espera hablar con una persona" in mail["subject"]]


def _conversation(town: Town, ana: Candidate) -> dict[str, Any]:
    (found,) = town.rows(
        "SELECT c.id, c.chat_id FROM conversations c JOIN chats h ON h.id = c.chat_id WHERE h.user_id = %s", ana.user
    )
    return found
