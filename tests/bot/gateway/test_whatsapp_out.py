"""The outbox over WhatsApp: order, gates, rates, refusals, lost answers, statuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.message import Message, Option, TemplateUse
from tests.bot.gateway.town import ME, Running, Town
from tests.standins.client import StandinsClient

AMIGRO = "whatsapp:amigro"


@pytest.fixture
def chat(town: Town, gateway: Running, standins: StandinsClient):
    """A person who has just written, here and at the vendor."""
    standins.send_text(ME, AMIGRO, "hola")
    standins.wait_until_delivered()
    chat = town.row("SELECT id FROM chats")["id"]
    town.db.execute(
        "WITH v AS (INSERT INTO conversations (id, unit, chat_id, channel) VALUES (gen_random_uuid(), 'amigro', %s,"
        " 'whatsapp') RETURNING id) UPDATE chats SET conversation_id = (SELECT id FROM v), due = NULL", (chat,),
    )  # fmt: skip
    yield chat
    assert standins.violations == []


def texts(standins: StandinsClient) -> list[str]:
    return [shown.text for shown in standins.messages(ME, AMIGRO)]


def test_a_reply_goes_and_its_statuses_move_it_on(town: Town, standins: StandinsClient, chat) -> None:
    row_id = town.say(chat, Message("text", "¡Hola, Ana! ¿En qué te ayudo?"))
    row = town.until_state(row_id, "read")
    assert texts(standins) == ["¡Hola, Ana! ¿En qué te ayudo?"]
    assert row["vendor_id"] == standins.last(ME, AMIGRO).id
    assert row["sent_at"] and row["delivered_at"] and row["read_at"]
    assert row["token"] is None and row["due"] is None and not row["possible_duplicate"]


def test_a_status_never_moves_backwards(town: Town, standins: StandinsClient, chat) -> None:
    row_id = town.say(chat, Message("text", "hola"))
    town.until_state(row_id, "read")
    for status in ("sent", "delivered"):
        standins.send_status(AMIGRO, standins.last(ME, AMIGRO).id, status)
    standins.send_status(AMIGRO, standins.last(ME, AMIGRO).id, "failed", {"code": 131026, "title": "no"})
    standins.wait_until_delivered()
    assert town.outbox(row_id)["state"] == "read"


def test_bubbles_of_one_chat_keep_their_order(town: Town, standins: StandinsClient, chat) -> None:
    rows = [town.say(chat, Message("text", f"burbuja {n}")) for n in range(8)]
    town.until_state(rows[-1], "sent", "delivered", "read")
    assert texts(standins) == [f"burbuja {n}" for n in range(8)]


def test_a_row_that_waits_holds_up_its_chat_only(town: Town, standins: StandinsClient, chat) -> None:
    other = town.chat(AMIGRO, "5215500000001")
    standins.switch(statuses=False)
    standins.send_text("5215500000001", AMIGRO, "hola")
    held = town.say(chat, Message("text", "primero"), due="2030-01-01")
    behind = town.say(chat, Message("text", "segundo"))
    free = town.say(other, Message("text", "aparte"))
    town.until_state(free, "sent")
    assert town.outbox(behind)["state"] == "waiting"
    town.db.execute("UPDATE outbox SET due = NULL WHERE id = %s", (held,))
    town.db.execute("NOTIFY outbox")
    town.until_state(behind, "sent")
    assert texts(standins) == ["primero", "segundo"]


def test_a_long_text_is_several_messages_in_order(town: Town, standins: StandinsClient, chat) -> None:
    sentence = "Esta es una frase de prueba con acentos y emojis 👩🏽‍🏭 para partir. "
    row_id = town.say(chat, Message("text", sentence * 150))
    town.until_state(row_id, "read")
    pieces = texts(standins)
    assert len(pieces) == 3 and all(len(piece) <= 4096 for piece in pieces)
    assert " ".join(pieces) == (sentence * 150).strip()
    assert town.outbox(row_id)["vendor_id"] == standins.last(ME, AMIGRO).id


def test_buttons_then_a_list_then_pages(town: Town, standins: StandinsClient, chat) -> None:
    def ask(count: int, title: str = "Opción {}") -> None:
        options = tuple(Option(f"id-{count}-{n}", title.format(n)) for n in range(1, count + 1))
        town.until_state(
            town.say(chat, Message("buttons", "¿Cuál eliges?", options=options)), "sent", "delivered", "read"
        )

    ask(3)
    assert standins.last(ME, AMIGRO).kind == "buttons"
    ask(10)
    assert standins.last(ME, AMIGRO).kind == "list" and len(standins.last(ME, AMIGRO).options) == 10
    ask(23)
    first = standins.last(ME, AMIGRO)
    assert first.titles[-1] == "Más opciones" and len(first.options) == 10
    standins.press(ME, AMIGRO, "Más opciones")
    second = standins.wait_for_reply(ME, AMIGRO, "Opción 18", after=3)
    assert second.titles[0] == "Opción 10" and second.options[0].id == "id-23-10"
    standins.press(ME, AMIGRO, "Más opciones")
    third = standins.wait_for_reply(ME, AMIGRO, "Opción 23", after=4)
    assert [option.id for option in third.options] == [f"id-23-{n}" for n in range(19, 24)]
    # Turning pages is no turn: the inbox knows only what the person said.
    assert [row["kind"] for row in town.inbox()] == ["text"]


def test_a_strangers_page_is_not_shown(town: Town, gateway: Running, standins: StandinsClient, chat) -> None:
    """The id of an outbox row in a press opens nothing of another chat's."""
    options = tuple(Option(f"o{n}", f"Secreto {n}") for n in range(20))
    town.until_state(town.say(chat, Message("buttons", "Solo para ti", options=options)), "read")
    row_id = town.row("SELECT id FROM outbox")["id"]
    row = {"id": f"more:{row_id}:9", "title": "Más opciones"}
    message = {
        "from": "5215500000002", "id": "wamid.x", "timestamp": "1772463600", "type": "interactive",
        "interactive": {"type": "list_reply", "list_reply": row},
    }  # fmt: skip
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "100000000000101"}, "messages": [message]}
    standins.send_raw(AMIGRO, value)
    standins.wait_until_delivered()
    assert len(town.rows("SELECT id FROM outbox")) == 1


def test_outside_the_window_only_a_template_goes(town: Town, gateway: Running, standins: StandinsClient) -> None:
    town.db.execute(
        "INSERT INTO message_templates (id, unit, name, language, body, state) VALUES"
        " (gen_random_uuid(), 'amigro', 'prueba', 'es_MX', 'Hola {{1}}, te esperamos {{2}}.', 'APPROVED')"
    )
    standins.approve_template(AMIGRO, "prueba", "Hola {{1}}, te esperamos {{2}}.")
    chat = town.chat(AMIGRO, spoke_ago=timedelta(hours=25))
    free = town.until_state(town.say(chat, Message("text", "¿Sigues ahí?")), "refused")
    assert free["error_code"] == "outside_window" and "24 h" in free["error"]
    use = TemplateUse("prueba", "es", ("Ana", "mañana\na las 10"))
    reminder = town.say(chat, Message("text", "Mañana…", template=use), purpose="notice")
    town.until_state(reminder, "read")
    assert standins.last(ME, AMIGRO).text == "Hola Ana, te esperamos mañana a las 10."
    unknown = town.say(chat, Message("text", "x", template=TemplateUse("nadie", "es_MX")), purpose="notice")
    assert town.until_state(unknown, "refused")["error_code"] == "template_unknown"
    assert standins.violations == []


# As Meta names them: Portuguese of Brazil, and French without a country.
_ASKED = {
    "en": TemplateUse("prueba", "en_US", ("Ana", "Monday")), "fr": TemplateUse("prueba", "fr", ("Ana", "lundi")),
    "pt": TemplateUse("prueba", "pt_BR", ("Ana", "segunda")),
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "approved", "said"),
    [
        ("en", {"en_US": "APPROVED", "es_MX": "APPROVED"}, "Hi, Ana: Monday."),
        ("en", {"en_US": "FLAGGED", "es_MX": "PAUSED"}, "Hi, Ana: Monday."),
        ("en", {"en_GB": "APPROVED", "es_MX": "APPROVED"}, "Hi, Ana: Monday."),
        ("en", {"en_US": "PENDING", "es_MX": "APPROVED"}, "Hola, Ana: lunes."),
        ("en", {"es_MX": "APPROVED"}, "Hola, Ana: lunes."),
        ("en", {"en_US": "REJECTED", "es_MX": "PENDING"}, "template_not_approved"),
        ("en", {"pt_BR": "APPROVED"}, "template_unknown"),
        ("pt", {"pt_BR": "APPROVED", "es_MX": "APPROVED"}, "Oi, Ana: segunda."),
        ("pt", {"pt": "APPROVED", "es_MX": "APPROVED"}, "Oi, Ana: segunda."),
        ("pt", {"pt_BR": "PENDING", "fr": "APPROVED", "es_MX": "APPROVED"}, "Hola, Ana: lunes."),
        ("fr", {"fr": "APPROVED", "es_MX": "APPROVED"}, "Bonjour Ana : lundi."),
    ],
)  # fmt: skip
def test_a_template_and_its_values_are_of_one_language(
    town: Town, gateway: Running, standins: StandinsClient, language: str, approved: dict[str, str], said: str
) -> None:
    words = {
        "es": "Hola, {{1}}: {{2}}.", "en": "Hi, {{1}}: {{2}}.", "fr": "Bonjour {{1}} : {{2}}.", "pt": "Oi, {{1}}: {{2}}.",
    }  # fmt: skip
    for code, state in approved.items():
        town.db.execute(
            "INSERT INTO message_templates (id, unit, name, language, body, state) VALUES"
            " (gen_random_uuid(), 'amigro', 'prueba', %s, %s, %s)", (code, words[code[:2]], state),
        )  # fmt: skip
        standins.approve_template(AMIGRO, "prueba", words[code[:2]], code)
    chat = town.chat(AMIGRO, spoke_ago=timedelta(hours=25))
    use = replace(_ASKED[language], instead=TemplateUse("prueba", "es_MX", ("Ana", "lunes")))
    row = town.until_state(town.say(chat, Message("text", "…", template=use), purpose="notice"), "read", "refused")
    assert (row["error_code"] or standins.last(ME, AMIGRO).text) == said
    assert standins.violations == []


def test_spanish_values_never_fill_an_english_template(town: Town, gateway: Running, standins: StandinsClient) -> None:
    town.db.execute(
        "INSERT INTO message_templates (id, unit, name, language, body, state) VALUES"
        " (gen_random_uuid(), 'amigro', 'prueba', 'en_US', 'Hi, {{1}}: {{2}}.', 'APPROVED')"
    )
    standins.approve_template(AMIGRO, "prueba", "Hi, {{1}}: {{2}}.", "en_US")
    chat = town.chat(AMIGRO, spoke_ago=timedelta(hours=25))
    use = TemplateUse("prueba", "es_MX", ("Ana", "lunes"))
    row = town.until_state(town.say(chat, Message("text", "x", template=use), purpose="notice"), "refused", "read")
    assert row["error_code"] == "template_unknown"


def test_inside_the_window_the_text_goes(town: Town, standins: StandinsClient, chat) -> None:
    use = TemplateUse("prueba", "es_MX", ("Ana",))
    town.until_state(town.say(chat, Message("text", "Mañana te esperamos", template=use), purpose="notice"), "read")
    assert texts(standins) == ["Mañana te esperamos"]


def test_who_has_opted_out_gets_no_notice_but_replies(town: Town, standins: StandinsClient, chat) -> None:
    town.db.execute("UPDATE conversations SET opted_out = '{notice,promotion}'")
    notice = town.say(chat, Message("text", "Recordatorio"), purpose="notice")
    reply = town.say(chat, Message("text", "Respuesta"))
    assert town.until_state(notice, "refused")["error_code"] == "opted_out"
    town.until_state(reply, "read")
    assert texts(standins) == ["Respuesta"]


def test_sexsi_never_goes_over_whatsapp(town: Town, standins: StandinsClient, chat) -> None:
    """Even where a chat of another unit's number was moved to it."""
    town.db.execute("UPDATE chats SET unit = 'sexsi'")
    town.db.execute("UPDATE conversations SET unit = 'sexsi'")
    row = town.until_state(town.say(chat, Message("text", "Acuerdo")), "refused", "sent", "read")
    assert (row["state"], row["error_code"]) == ("refused", "channel_forbidden")
    by_conversation = town.say(chat, Message("text", "Acuerdo"), unit="amigro")
    assert town.until_state(by_conversation, "refused", "sent", "read")["error_code"] == "channel_forbidden"
    assert texts(standins) == []


def test_a_rate_refusal_is_tried_again_and_nothing_is_lost(town: Town, standins: StandinsClient, chat) -> None:
    standins.fail_next(2, "whatsapp", status=400, code=131056, user=ME)
    rows = [town.say(chat, Message("text", f"m{n}")) for n in range(3)]
    town.until_state(rows[-1], "read")
    assert texts(standins) == ["m0", "m1", "m2"]
    assert town.outbox(rows[0])["attempts"] == 2 and not town.outbox(rows[0])["possible_duplicate"]


def test_meta_in_trouble_is_tried_again(town: Town, standins: StandinsClient, chat) -> None:
    standins.fail_next(1, "whatsapp", status=503, code=131016)
    row = town.until_state(town.say(chat, Message("text", "hola")), "read")
    assert row["attempts"] == 1 and texts(standins) == ["hola"]


def test_a_refusal_for_good_keeps_code_and_reason(town: Town, standins: StandinsClient, chat) -> None:
    standins.fail_next(1, "whatsapp", status=400, code=131026)
    row = town.until_state(town.say(chat, Message("text", "hola")), "failed")
    assert row["error_code"] == "131026" and "WhatsApp" in row["error"]
    after = town.say(chat, Message("text", "sigue"))
    town.until_state(after, "read")


def test_a_failure_told_by_status_is_written_down(town: Town, standins: StandinsClient, chat) -> None:
    standins.block(ME, AMIGRO)
    row = town.until_state(town.say(chat, Message("text", "hola")), "failed")
    assert row["error_code"] == "131026" and row["error"]


def test_a_lost_answer_is_settled_by_the_status(town: Town, standins: StandinsClient, chat) -> None:
    """Meta took it and the answer broke: nobody sends it twice."""
    standins.switch(status_delay_ms=300)
    standins.fail_next(1, "whatsapp", after_accept=True)
    row = town.until_state(town.say(chat, Message("text", "una vez")), "read")
    assert texts(standins) == ["una vez"]
    assert row["vendor_id"] == standins.last(ME, AMIGRO).id and not row["possible_duplicate"]


def test_without_a_status_a_reply_is_sent_once_more_and_marked(
    town: Town, standins: StandinsClient, chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.STATUS_WAIT_SECONDS", 1)
    standins.switch(statuses=False)
    standins.fail_next(1, "whatsapp", after_accept=True)
    row = town.until_state(town.say(chat, Message("text", "dos veces")), "sent")
    assert row["possible_duplicate"] and texts(standins) == ["dos veces", "dos veces"]
    standins.fail_next(1, "whatsapp", after_accept=True)
    town.db.execute("UPDATE conversations SET agreed = '{promotion}'")
    promotion = town.say(chat, Message("text", "oferta"), purpose="promotion")
    assert town.until_state(promotion, "review")["error_code"] == "outcome_unknown"
    assert texts(standins)[2:] == ["oferta"]


def test_what_cannot_be_drawn_fails_and_lets_others_go(town: Town, standins: StandinsClient, chat) -> None:
    rows = [town.say(chat, Message("text", "")), town.say(chat, Message("email", "x", subject="x"))]
    good = town.say(chat, Message("text", "bien"))
    town.until_state(good, "read")
    assert [town.outbox(row)["error_code"] for row in rows] == ["cannot_render", "cannot_render"]
    strange = town.say(chat, Message("text", "x"), payload='{"kind": "text", "nobody": 1}')
    assert town.until_state(strange, "failed")["error_code"] == "unreadable"


def test_location_link_image_document_and_multi_select(town: Town, standins: StandinsClient, chat) -> None:
    options = (Option("a", "Soldadura"), Option("b", "Albañilería"))
    for message in (
        Message("location_request", "¿Dónde estás?"),
        Message("link", "Sube tus datos aquí", url="https://example.mx/x", url_title="Completar mi perfil"),
        Message("image", "El mapa", url="https://example.mx/mapa.png"),
        Message("document", "Tu carta", url="https://example.mx/carta.pdf", filename="carta.pdf"),
        Message("multi_select", "¿Qué sabes hacer?", options=options),
    ):
        last = town.say(chat, message)
    town.until_state(last, "read")
    kinds = [shown.kind for shown in standins.messages(ME, AMIGRO)]
    assert kinds == ["location_request", "link", "image", "document", "text"]
    assert "1. Soldadura\n2. Albañilería" in standins.last(ME, AMIGRO).text


def test_a_broken_connection_to_the_database_doubles_nothing(town: Town, standins: StandinsClient, chat) -> None:
    """The server drops every connection between sending and noting it."""
    standins.switch(statuses=False)
    rows = []
    for n in range(4):
        rows.append(town.say(chat, Message("text", f"m{n}")))
        town.database.disconnect_others()
        town._connection = None
    for row in rows:
        town.until_state(row, "sent", timeout=40)
    assert texts(standins) == [f"m{n}" for n in range(4)]
