"""Closing, quick replies, and templates by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from contract.ids import new_id
from contract.message import Inbound
from huntred.conversations import handoff
from huntred.conversations.closing import close
from huntred.conversations.errors import AlreadyTaken, NotTaken, ShortcutTaken, TemplateNotSendable
from huntred.conversations.models import ChatMessage, Conversation, Handoff, QuickReply
from huntred.conversations.quick_replies import (
    Filling,
    fill,
    list_quick_replies,
    remove_quick_reply,
    save_quick_reply,
)
from huntred.conversations.sentiment import read_new
from huntred.conversations.template_replies import choices, send_template_reply
from huntred.errors import FieldInvalid, NotFound
from huntred.notifications.models import MessageTemplate
from tests.factories.desk import Desk


class TestClosing:
    def test_closed_nothing_is_said_and_a_turn_in_the_middle_is_refused(self, desk: Desk) -> None:
        conversation, user = desk.chat(), desk.user()
        with desk.work() as uow:
            handoff.take(uow, conversation.id, user.id, now=desk.now)
            close(uow, conversation.id, user.id, now=desk.now + timedelta(minutes=4))
            close(uow, conversation.id, user.id, now=desk.now + timedelta(minutes=9))
        stored = desk.one(Conversation, conversation.id)
        assert (stored.handling, stored.assigned_to, stored.version) == ("closed", None, 2)
        (ended,) = desk.rows(select(Handoff))
        assert (ended.state, ended.returned_at) == ("closed", desk.now + timedelta(minutes=4))
        assert desk.inbox(conversation.chat_id) == []

    def test_a_colleagues_only_by_who_runs_the_unit(self, desk: Desk) -> None:
        conversation, user, other = desk.chat(), desk.user(), desk.user()
        with desk.work() as uow:
            handoff.take(uow, conversation.id, user.id, now=desk.now)
            with pytest.raises(AlreadyTaken):
                close(uow, conversation.id, other.id, now=desk.now)
            close(uow, conversation.id, other.id, now=desk.now, for_others=True)

    def test_who_asks_again_waits_again(self, desk: Desk) -> None:
        conversation, user = desk.chat(), desk.user()
        with desk.work() as uow:
            handoff.request_handoff(uow, conversation.id, now=desk.now)
            close(uow, conversation.id, user.id, now=desk.now)
            handoff.request_handoff(uow, conversation.id, now=desk.now)
        assert desk.one(Conversation, conversation.id).handling == "queued"
        assert sorted(one.state for one in desk.rows(select(Handoff))) == ["closed", "queued"]


class TestQuickReplies:
    def test_a_unit_begins_with_some_and_keeps_its_own(self, desk: Desk) -> None:
        with desk.work() as uow:
            before = [reply.shortcut for reply in list_quick_replies(uow, "amigro")]
            made = save_quick_reply(uow, "/Dirección Exacta", "Estamos en Juárez 120, {nombre}.", now=desk.now)
            assert (made.shortcut, "saludo" in before) == ("direccion-exacta", True)
            with pytest.raises(ShortcutTaken):
                save_quick_reply(uow, "saludo", "otro", now=desk.now)
            save_quick_reply(uow, "donde", "Aquí.", now=desk.now, reply_id=made.id)
            remove_quick_reply(uow, next(r.id for r in list_quick_replies(uow, "amigro") if r.shortcut == "saludo"))
        found = [r.shortcut for r in desk.rows(select(QuickReply).where(QuickReply.unit == "amigro"))]
        assert sorted(found) == sorted({*before, "donde"} - {"saludo"})
        with desk.work("huntu") as uow, pytest.raises(NotFound):
            remove_quick_reply(uow, made.id)

    @pytest.mark.parametrize(
        ("shortcut", "text", "field", "problem"),
        [
            ("", "hola", "shortcut", "missing"), ("a!", "hola", "shortcut", "not_a_shortcut"),
            ("a" * 31, "hola", "shortcut", "too_long"), ("a", " ", "quick_text", "missing"),
            ("a", "x" * 1001, "quick_text", "too_long"), ("a", "Hola, {name}", "quick_text", "unknown_placeholder"),
        ],
    )  # fmt: skip
    def test_a_wrong_one_is_not_kept(self, desk: Desk, shortcut: str, text: str, field: str, problem: str) -> None:
        with desk.work() as uow, pytest.raises(FieldInvalid) as refused:
            save_quick_reply(uow, shortcut, text, now=desk.now)
        assert (refused.value.field, refused.value.problem) == (field, problem)

    def test_what_is_not_known_leaves_no_hole(self) -> None:
        text = "Hola, {nombre}. Soy {consultor}, de {unidad}: {puesto}."
        known = Filling("Ana", "Soldadura", "Amigro", "Carmen")
        assert fill(text, known) == "Hola, Ana. Soy Carmen, de Amigro: Soldadura."
        assert fill("Hola, {nombre}. ¿Todo bien, {nombre}?", Filling()) == "Hola. ¿Todo bien?"


class TestTemplates:
    def test_those_that_speak_to_the_candidate_are_offered_and_go_through_the_lane(self, desk: Desk) -> None:
        conversation, user = desk.chat(), desk.user()
        with desk.work() as uow:
            offered = {choice.name: choice for choice in choices(uow, "amigro") if choice.language == "es_MX"}
            assert "retomar_conversacion_amigro" in offered and "nueva_oportunidad_amigro" in offered
            assert not {"contacto_socio_amigro", "aviso_entrevistador_amigro"} & set(offered)
            chosen = offered["retomar_conversacion_amigro"]
            given = {1: " Ana\n", 2: "Carmen López", 3: "tu  entrevista"}
            with pytest.raises(NotTaken):
                send_template_reply(uow, conversation.id, user.id, chosen.id, given, now=desk.now, message_id="t-0")
            handoff.take(uow, conversation.id, user.id, now=desk.now)
            for expected in (True, False):
                assert expected is send_template_reply(
                    uow, conversation.id, user.id, chosen.id, given, now=desk.now, message_id="t-1"
                )
        (row,) = desk.inbox(conversation.chat_id)
        payload = Inbound.from_json(row.payload)
        assert payload.text == "¡Hola, Ana! Te escribe Carmen López, de Amigro, sobre tu entrevista. ¿Seguimos por aquí?"
        assert payload.values["template"] == {
            "name": "retomar_conversacion_amigro", "language": "es_MX",
            "values": ["Ana", "Carmen López", "tu entrevista"],
        }  # fmt: skip
        assert payload.values["purpose"] == "reply"

    def test_those_of_the_chats_language_come_first_and_go_as_such(self, desk: Desk) -> None:
        conversation, user = desk.chat(), desk.user()
        with desk.work() as uow:
            handoff.take(uow, conversation.id, user.id, now=desk.now)
            firsts = {"ht": "fr", "fr": "fr", "pt": "pt_BR", "es": "es_MX", "en": "en_US"}
            for language, first in firsts.items():
                offered = choices(uow, "amigro", language)
                languages = [choice.language for choice in offered]
                own = languages.count(first)
                assert set(languages[:own]) == {first} and set(languages) == set(firsts.values())
                assert offered[0].name == "retomar_conversacion_amigro"
            chosen = next(one for one in offered if one.name == "retomar_conversacion_amigro" and one.language == "en_US")
            given = {1: "Ana", 2: "Carmen López", 3: "your interview"}
            send_template_reply(uow, conversation.id, user.id, chosen.id, given, now=desk.now, message_id="t-1")
        (row,) = desk.inbox(conversation.chat_id)
        assert row.payload["text"] == "Hi, Ana! This is Carmen López, from Amigro, about your interview. Shall we carry on here?"
        assert row.payload["values"]["template"]["language"] == "en_US"

    def test_marketing_goes_as_a_promotion_whose_gate_asks_for_a_yes(self, desk: Desk) -> None:
        conversation, user = desk.chat(), desk.user()
        with desk.work() as uow:
            handoff.take(uow, conversation.id, user.id, now=desk.now)
            chosen = next(one for one in choices(uow, "amigro") if one.category == "MARKETING")
            values = {parameter.number: parameter.sample for parameter in chosen.parameters}
            send_template_reply(uow, conversation.id, user.id, chosen.id, values, now=desk.now, message_id="t-1")
        (row,) = desk.inbox(conversation.chat_id)
        assert row.payload["values"]["purpose"] == "promotion"

    def test_what_is_not_approved_or_not_filled_does_not_go(self, desk: Desk) -> None:
        conversation, user = desk.chat(), desk.user()
        desk.execute("UPDATE message_templates SET state = 'REJECTED' WHERE name = 'registro_amigro'")
        ids = {row.name: row.id for row in desk.rows(select(MessageTemplate))}
        with desk.work() as uow:
            handoff.take(uow, conversation.id, user.id, now=desk.now)
            for name in ("registro_amigro", "contacto_socio_amigro", "registro_huntu"):
                with pytest.raises(TemplateNotSendable):
                    send_template_reply(
                        uow, conversation.id, user.id, ids[name], {1: "Ana"}, now=desk.now, message_id="t-2"
                    )
            for value, problem in (({}, "missing"), ({1: "a" * 201}, "too_long")):
                with pytest.raises(FieldInvalid, match=problem):
                    send_template_reply(
                        uow, conversation.id, user.id, ids["retomar_conversacion_amigro"], value, now=desk.now,
                        message_id="t-3",
                    )  # fmt: skip
        assert desk.inbox(conversation.chat_id) == []


def test_what_people_wrote_is_read_once_and_nobody_elses(desk: Desk) -> None:
    conversation = desk.chat()
    said = {"person": "estoy harta, nadie contesta", "bot": "estoy harta", "consultant": "gracias"}
    desk.add(
        *(
            ChatMessage(
                id=new_id(), unit="amigro", conversation_id=conversation.id, author=author, kind="text", text=text,
                direction="in" if author == "person" else "out", payload={},
            )
            for author, text in said.items()
        )
    )  # fmt: skip
    read: list[str] = []

    class Reader:
        def read(self, text: str) -> int:
            read.append(text)
            return -2

    counts = []
    for unit in ("huntu", "amigro", "amigro"):
        with desk.work(unit) as uow:
            counts.append(read_new(uow, Reader()))
    assert (counts, read) == ([0, 1, 0], ["estoy harta, nadie contesta"])
    found = {message.author: message.sentiment for message in desk.rows(select(ChatMessage))}
    assert found == {"person": -2, "bot": None, "consultant": None}
