"""Whatever is said stays within Messenger's and Instagram's limits, and every option can be chosen there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from bot.rendering import instagram, messenger
from bot.rendering.options import CannotRender
from contract.message import Message, Option, TemplateUse
from tests.bot.gateway.test_rendering import messages
from tests.standins.messenger_rules import broken_rules

DRAWN = {"messenger": messenger.render, "instagram": instagram.render}


def pressed(bodies: list[dict[str, Any]]) -> list[str]:
    """What the buttons, quick replies and cards of these messages send back, in order."""
    found = []
    for body in bodies:
        payload = body.get("attachment", {}).get("payload", {})
        buttons = [*payload.get("buttons", ()), *(b for e in payload.get("elements", ()) for b in e["buttons"])]
        found += [button["payload"] for button in buttons if "payload" in button]
        found += [reply["payload"] for reply in body.get("quick_replies", ())]
    return found


def texts(bodies: list[dict[str, Any]]) -> str:
    return "\n".join(body.get("text", "") for body in bodies)


@pytest.mark.parametrize("channel", DRAWN)
@settings(max_examples=60, deadline=None)
@given(message=messages())
def test_the_vendor_takes_whatever_is_drawn(channel: str, message: Message) -> None:
    try:
        bodies = DRAWN[channel](message, 77)
    except CannotRender:
        assert not message.text.strip() or message.start
        return
    for body in bodies:
        request = {"recipient": {"id": "5550001"}, "messaging_type": "RESPONSE", "message": body}
        assert broken_rules(channel, request) == []


@pytest.mark.parametrize("channel", DRAWN)
@settings(max_examples=30, deadline=None)
@given(message=messages())
def test_turning_pages_shows_every_option_once(channel: str, message: Message) -> None:
    if message.kind != "buttons" or message.start or not message.options:
        return
    seen: list[str] = []
    start = 0
    for _ in range(len(message.options)):
        ids = pressed(DRAWN[channel](Message("buttons", message.text, message.options, start), 77))
        seen += [one for one in ids if not one.startswith("more:")]
        more = [one for one in ids if one.startswith("more:77:")]
        if not more:
            break
        start = int(more[0].rpartition(":")[2])
    assert seen == [option.id for option in message.options]


def menu(count: int, title: str = "Opción", description: str = "") -> Message:
    return Message("buttons", "¿Qué hacemos?", tuple(Option(f"o{n}", f"{title} {n}", description) for n in range(count)))


def test_few_short_options_are_buttons_on_messenger_and_quick_replies_on_instagram() -> None:
    drawn = messenger.render(menu(3), 1)
    assert drawn[0]["attachment"]["payload"]["template_type"] == "button" and pressed(drawn) == ["o0", "o1", "o2"]
    drawn = instagram.render(menu(3), 1)
    assert drawn[0]["text"] == "¿Qué hacemos?"
    assert [reply["title"] for reply in drawn[0]["quick_replies"]] == ["Opción 0", "Opción 1", "Opción 2"]


def test_more_are_quick_replies_and_instagram_says_them_too() -> None:
    drawn = messenger.render(menu(13), 1)
    assert len(drawn) == 1 and len(drawn[0]["quick_replies"]) == 13 and drawn[0]["text"] == "¿Qué hacemos?"
    drawn = instagram.render(menu(4), 1)
    assert "1. Opción 0\n2. Opción 1" in drawn[0]["text"] and drawn[0]["quick_replies"][0]["title"] == "Opción 0"


def test_still_more_are_pages() -> None:
    drawn = messenger.render(menu(20), 5)
    assert pressed(drawn)[-1] == "more:5:12" and len(pressed(drawn)) == 13
    rest = messenger.render(Message("buttons", "¿Qué hacemos?", menu(20).options, 12), 5)
    assert pressed(rest) == [f"o{n}" for n in range(12, 20)] and texts(rest) == "Más opciones:"


def test_described_options_are_cards_on_messenger_and_numbered_text_on_instagram() -> None:
    jobs = menu(12, "Auxiliar de almacén turno", "Tultitlán · $9,800 al mes")
    drawn = messenger.render(jobs, 5)
    elements = drawn[1]["attachment"]["payload"]["elements"]
    assert drawn[0]["text"] == "¿Qué hacemos?" and len(elements) == 10
    assert elements[0]["title"] == "1. Auxiliar de almacén turno 0"
    assert elements[0]["subtitle"] == "Tultitlán · $9,800 al mes" and elements[0]["buttons"][0]["title"] == "Elegir"
    assert pressed(drawn)[-1] == "more:5:9" and elements[-1]["subtitle"] == "Quedan 3"
    drawn = instagram.render(jobs, 5)
    assert "1. Auxiliar de almacén turno 0: Tultitlán · $9,800 al mes" in drawn[0]["text"]
    assert pressed(drawn) == [f"o{n}" for n in range(12)]


def test_what_no_card_and_no_button_can_hold_stands_as_text() -> None:
    long = menu(2, "Una opción con un título que ningún botón de Meta puede llevar entero", "d" * 120)
    drawn = messenger.render(long, 5)
    assert "1. Una opción con un título" in texts(drawn) and pressed(drawn) == ["o0", "o1"]
    assert [reply["title"] for reply in drawn[-1]["quick_replies"]] == ["1. Una opción con…", "2. Una opción con…"]


def test_what_the_text_numbers_already_is_not_said_twice() -> None:
    text = "Estas vacantes van contigo:\n\n1. Cocina\nMonterrey. Por qué: está cerca."
    options = (Option("job:1", "Cocina", "Monterrey"), Option("again", "Otra búsqueda"), Option("menu", "Menú"))
    for draw in DRAWN.values():
        drawn = draw(Message("buttons", text, options), 1)
        assert texts(drawn) == text and pressed(drawn) == ["job:1", "again", "menu"]


def test_bytes_count_on_instagram() -> None:
    text = "Añadimos más ñandúes. " * 100
    pieces = [body["text"] for body in instagram.render(Message("text", text), 1)]
    assert max(len(piece.encode()) for piece in pieces) <= 1000 and " ".join(pieces) == text.strip()
    assert len(messenger.render(Message("text", text), 1)) == 2


def test_links_files_and_places() -> None:
    url = "https://example.mx/perfil"
    link = Message("link", "Completa tu perfil", url=url, url_title="Completar mi perfil ahora")
    button = messenger.render(link, 1)[0]["attachment"]["payload"]["buttons"][0]
    assert button == {"type": "web_url", "title": "Completar mi perfil…", "url": url} or len(button["title"]) <= 20
    assert instagram.render(link, 1) == [{"text": f"Completa tu perfil\n\n{url}"}]
    letter = Message("document", "Tu carta", url="https://example.mx/carta.docx")
    assert messenger.render(letter, 1)[0]["attachment"]["type"] == "file"
    assert instagram.render(letter, 1)[0] == {"text": "https://example.mx/carta.docx"}
    map_ = Message("image", "El mapa", url="https://example.mx/mapa.png")
    assert [next(iter(body)) for body in messenger.render(map_, 1)] == ["attachment", "text"]
    assert "ubicación" in texts(instagram.render(Message("location_request"), 1))
    many = Message("multi_select", "¿Qué sabes hacer?", (Option("a", "Soldar"), Option("b", "Pintar")))
    assert "1. Soldar\n2. Pintar" in texts(messenger.render(many, 1)) and pressed(messenger.render(many, 1)) == []


@pytest.mark.parametrize("channel", DRAWN)
@pytest.mark.parametrize("message", [Message("email", "x"), Message("text"), Message("template", template=TemplateUse("a", "es_MX"))])
def test_what_cannot_be_shown_says_so(channel: str, message: Message) -> None:
    with pytest.raises(CannotRender):
        DRAWN[channel](message, 1)
