"""Every message within every vendor's limits, whatever it holds: the stand-ins' own rules are the judge."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rendering import mail, telegram, web, whatsapp
from bot.rendering.options import CannotRender
from bot.rendering.text import clip, divide, graphemes, length, split
from contract.message import Message, Option, TemplateUse
from tests.standins import telegram_rules, whatsapp_rules

EMOJI = ["👩🏽‍🏭", "🇲🇽", "👍🏾", "é", "ñ", "🏳️‍🌈", "1️⃣"]
words = st.one_of(
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12), st.sampled_from(EMOJI)
)
# A few words, many times over: long texts that are cheap to make.
texts = st.tuples(st.lists(words, max_size=25), st.sampled_from([1, 1, 3, 12])).map(
    lambda pair: " ".join(pair[0] * pair[1])
)
short = st.lists(words, min_size=1, max_size=12).map(" ".join)


@st.composite
def options(draw: st.DrawFn) -> tuple[Option, ...]:
    count = draw(st.integers(0, 24))
    described, sectioned = draw(st.booleans()), draw(st.booleans())
    return tuple(
        Option(
            f"option-{n}", draw(short), draw(short) if described else "",
            draw(st.sampled_from(["Monterrey", "Ciudad de México y su área metropolitana", ""])) if sectioned else "",
        )
        for n in range(count)
    )  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> Message:
    kind = draw(st.sampled_from(["text", "buttons", "multi_select", "image", "document", "link", "location_request"]))
    return Message(
        kind, draw(texts), draw(options()), draw(st.sampled_from([0, 0, 9])), draw(st.one_of(st.just(""), short)),
        draw(st.one_of(st.just(""), short)), draw(st.one_of(st.just(""), short)),
        draw(st.sampled_from(["https://example.mx/a", "", "example.mx"])), draw(st.one_of(st.just(""), short)),
    )  # fmt: skip


def shown_ids(bodies: list[dict]) -> list[str]:
    found = []
    for body in bodies:
        action = body.get("interactive", {}).get("action", {})
        found += [button["reply"]["id"] for button in action.get("buttons", ())]
        found += [row["id"] for section in action.get("sections", ()) for row in section["rows"]]
    return found


@settings(max_examples=120, deadline=None)
@given(messages())
def test_whatsapp_takes_whatever_is_rendered(message: Message) -> None:
    try:
        bodies = whatsapp.render(message, 77)
    except CannotRender:
        assert not message.text.strip() or message.start
        return
    for body in bodies:
        broken = whatsapp_rules.broken_rules({"messaging_product": "whatsapp", "to": "5215512345678", **body})
        assert broken == []
    ids = [one for one in shown_ids(bodies) if not one.startswith("more:")]
    given_ids = [option.id for option in message.options]
    assert ids == given_ids[message.start :][: len(ids)]


@settings(max_examples=120, deadline=None)
@given(messages())
def test_telegram_takes_whatever_is_rendered(message: Message) -> None:
    try:
        calls = telegram.render(message, 77)
    except CannotRender:
        return
    for call in calls:
        assert telegram_rules.broken_rules(call.method, {"chat_id": 5, **call.fields}) == []


@settings(max_examples=80, deadline=None)
@given(messages())
def test_every_option_can_be_reached(message: Message) -> None:
    """Turning pages shows each option once, in order, with its own id."""
    if message.kind != "buttons" or message.start or len(message.options) < 4 or not message.text.strip():
        return
    seen: list[str] = []
    start = 0
    for _ in range(10):
        page = Message(message.kind, message.text, message.options, start)
        ids = shown_ids(whatsapp.render(page, 77))
        seen += [one for one in ids if not one.startswith("more:")]
        more = [one for one in ids if one.startswith("more:77:")]
        if not more:
            break
        start = int(more[0].rpartition(":")[2])
    assert seen == [option.id for option in message.options]


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(1, 300))
def test_a_split_loses_nothing_and_breaks_nothing(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(piece and length(piece) <= max(limit, 2) for piece in pieces)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)
    if max((length(one) for one in graphemes(text)), default=0) <= limit:
        # No character as people see it is divided.
        assert [one for piece in pieces for one in graphemes(piece) if not one.isspace()] == [
            one for one in graphemes(text) if not one.isspace()
        ]
    if max((length(word) for word in text.split()), default=0) <= limit:
        assert [word for piece in pieces for word in piece.split()] == text.split()


@settings(max_examples=200, deadline=None)
@given(short, st.integers(2, 80))
def test_clip_and_divide_stay_within(text: str, limit: int) -> None:
    assert length(clip(text, limit)) <= limit
    head, rest = divide(text, max(limit, 20))
    assert length(head) <= max(limit, 20)
    assert (head + rest).replace(" ", "") == " ".join(text.split()).replace(" ", "")


def test_a_text_is_split_after_a_sentence() -> None:
    text = "Primera frase corta. Segunda frase que ya no cabe en la misma pieza."
    assert split(text, 40)[0] == "Primera frase corta."


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        (["Sí", "No"], "button"),
        (["Sí", "No", "Tal vez"], "button"),
        (["Sí", "No", "Tal vez", "Nunca"], "list"),
        (["Este título tiene más de veinte", "No"], "list"),
        (["Igual", "igual"], "list"),
    ],
)
def test_buttons_become_a_list_where_they_must(titles: list[str], kind: str) -> None:
    message = Message("buttons", "¿Cuál?", tuple(Option(f"o{n}", title) for n, title in enumerate(titles)))
    [body] = whatsapp.render(message, 1)
    assert body["interactive"]["type"] == kind


def test_a_long_title_goes_on_in_the_description() -> None:
    option = Option("v1", "Soldador industrial de estructuras", "Monterrey")
    [body] = whatsapp.render(Message("buttons", "Vacantes", (option,)), 1)
    [row] = body["interactive"]["action"]["sections"][0]["rows"]
    assert row == {"id": "v1", "title": "Soldador industrial de", "description": "estructuras · Monterrey"}


def test_what_no_row_can_hold_stands_above_with_its_number() -> None:
    long = "Soldador industrial de estructuras pesadas con certificación vigente y disponibilidad para viajar " * 2
    [body] = whatsapp.render(Message("buttons", "Vacantes", (Option("v1", long.strip()),)), 1)
    assert f"1. {long.strip()}" in body["interactive"]["body"]["text"]
    assert body["interactive"]["action"]["sections"][0]["rows"][0]["title"].startswith("1. Soldador")


def test_sections_have_their_titles() -> None:
    given_options = (Option("a", "amigro", "", "Unidades de negocio"), Option("b", "Contacto", "", ""))
    [body] = whatsapp.render(Message("buttons", "Selecciona", given_options, footer="Grupo huntRED®"), 1)
    assert [section["title"] for section in body["interactive"]["action"]["sections"]] == [
        "Unidades de negocio",
        "Otras",
    ]
    assert body["interactive"]["footer"] == {"text": "Grupo huntRED®"}


def test_a_template_has_its_values_and_buttons() -> None:
    use = TemplateUse("recordatorio", "es_MX", ("Ana\nLópez", "", "a     b"))
    [body] = whatsapp.render(Message("template", options=(Option("si", "Sí"),), template=use), 1)
    components = body["template"]["components"]
    assert [one["text"] for one in components[0]["parameters"]] == ["Ana López", "—", "a b"]
    assert components[1] == {
        "type": "button", "sub_type": "quick_reply", "index": "0",
        "parameters": [{"type": "payload", "payload": "si"}],
    }  # fmt: skip
    with pytest.raises(CannotRender):
        whatsapp.render(Message("template"), 1)


def test_a_multi_select_is_numbered_text_with_a_hint() -> None:
    message = Message("multi_select", "¿Qué sabes hacer?", (Option("a", "Soldar"), Option("b", "Cocinar")))
    [body] = whatsapp.render(message, 1)
    assert body["text"]["body"].startswith("¿Qué sabes hacer?\n\n1. Soldar\n2. Cocinar\n\nSe puede elegir más de una")


def test_the_web_shows_all_options_and_no_mail() -> None:
    message = Message("buttons", "¿Cuál?", tuple(Option(f"o{n}", f"Opción {n}") for n in range(30)))
    assert len(web.render(message, "o1")["options"]) == 30
    with pytest.raises(CannotRender):
        web.render(Message("email", "x"), "o1")
    with pytest.raises(CannotRender):
        web.render(Message("text"), "o1")


def test_a_mail_header_is_one_line() -> None:
    found = mail.render(
        Message("email", "hola", subject="a\r\nBcc: x@example.mx"), to="ana@example.mx", sender_name="Amigro\n",
        sender_address="avisos@example.mx", reply_to="hola@example.mx", message_id="<outbox-1@example.mx>",
        at=datetime(2026, 3, 2, tzinfo=timezone.utc), default_subject="Amigro",
    )  # fmt: skip
    assert found["Subject"] == "a Bcc: x@example.mx" and found["Bcc"] is None
    assert found["Reply-To"] == "hola@example.mx"
