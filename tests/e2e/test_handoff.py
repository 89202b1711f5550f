"""A person asks for a person: queued, taken, answered, given back; the assistant is silent meanwhile."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.browser import Browser
from tests.e2e.candidate import Candidate
from tests.e2e.roads import open_and_accept
from tests.e2e.town import Town


def test_taken_answered_and_given_back(town: Town, ana: Candidate, browser: Browser, shots: Path) -> None:
    open_and_accept(ana)
    ana.says("quiero hablar con una persona", "equipo")
    office = town.offices["amigro"]
    desk = town.rows("SELECT settings->'contact'->>'email' AS address FROM units WHERE code = 'amigro'")[0]["address"]
    notified = town.wait_for(
        lambda: [m for m in town.vendors.mails(desk) if "persona" in (m["subject"] + m["text"]).casefold()],
        30, "the unit hears by mail that somebody waits",
    )  # fmt: skip
    assert notified

    before = len(ana.received)
    town.vendors.send_text(ana.user, ana.account, "me urge, es sobre mi contrato")
    with browser.signed_in(town.platform.url("backoffice"), office.email) as page:
        home = page.inner_text("body")
        assert "esperan a una persona" in home.casefold()
        page.goto(town.platform.url("backoffice") + "/conversations/?handling=queued")
        page.screenshot(path=shots / "queued.png")
        page.get_by_role("link", name="Ana").first.click()
        page.get_by_text("me urge").wait_for()
        page.get_by_role("button", name="Tomar").click()
        page.get_by_label("Tu respuesta").fill("Hola, soy Carmen, del equipo. ¿En qué te ayudo?")
        page.get_by_role("button", name="Enviar").click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=shots / "taken.png")
        town.vendors.wait_for_reply(ana.user, ana.account, "soy Carmen", before)

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
