"""Erasing a person: everything said and told is gone, what happened stays, and the other unit keeps its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from contract.ids import new_id
from huntred.applications.models import Application
from huntred.conversations.models import Chat, ChatMessage, Conversation, InboxRow, OutboxRow
from huntred.cv.models import CvFile
from huntred.notifications.service import tell
from huntred.people import service as people
from huntred.people.models import PersonIdentity, UnitProfile
from huntred.privacy import service as privacy
from huntred.privacy.erasure import erase_person
from huntred.privacy.models import Erasure
from tests.factories.desk import Desk

_SECRET = "Xochiquétzal"


def _everywhere(desk: Desk, needle: str) -> list[str]:
    """The tables and columns of the database in which this stands."""
    with desk.admin.connect() as connection:
        tables = connection.execute(
            text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        ).scalars()
        return [
            table
            for table in tables
            if connection.execute(
                text(f'SELECT 1 FROM "{table}" t WHERE t::text LIKE :needle LIMIT 1'), {"needle": f"%{needle}%"}
            ).scalar()
        ]


def _somebody(desk: Desk) -> tuple[Conversation, Any]:
    conversation = desk.chat()
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        people.set_fields(
            uow, person.id, {"first_name": _SECRET, "last_name": _SECRET, "email": "xo@example.com"}, now=desk.now
        )
        privacy.accept_notice(uow, person.id, "whatsapp", now=desk.now)
        row = uow.session.get_one(Conversation, conversation.id)
        assert tell(uow, row, "k-1", "utter_reminder_24h", {"name": _SECRET}, now=desk.now)
    said = {"kind": "text", "text": f"soy {_SECRET}"}
    chat = desk.one(Chat, conversation.chat_id)
    desk.execute(
        "UPDATE chats SET user_name = :name WHERE id = :id", name=_SECRET, id=chat.id
    )
    desk.add(
        InboxRow(
            chat_id=chat.id, conversation_id=conversation.id, unit="amigro", channel_account_id=chat.channel_account_id,
            channel="whatsapp", kind="text", vendor_id="wamid.1", payload=said, raw={"text": {"body": _SECRET}},
            state="done", parse={"text": _SECRET},
        ),
        OutboxRow(
            unit="amigro", conversation_id=conversation.id, chat_id=chat.id, channel="whatsapp",
            channel_account_id=chat.channel_account_id, source="turn", source_id="1", ord=0,
            payload={"kind": "text", "text": f"Gracias, {_SECRET}"}, state="waiting",
        ),
        ChatMessage(
            id=new_id(), unit="amigro", conversation_id=conversation.id, direction="in", author="person", kind="text",
            text=f"soy {_SECRET}", payload=said, at=desk.now,
        ),
    )  # fmt: skip
    desk.add(
        CvFile(
            unit="amigro", person_id=person.id, source="chat", sha256="0", stored_name="0", content_type="text/plain",
            size=1, name=f"{_SECRET}.pdf",
        )
    )  # fmt: skip
    desk.execute(
        "INSERT INTO tracker_events (conversation_id, seq, unit, name, event)"
        " VALUES (:id, 1, 'amigro', 'user', jsonb_build_object('event', 'user', 'text', CAST(:text AS text)))",
        id=conversation.id, text=_SECRET,
    )  # fmt: skip
    profile = desk.rows(select(UnitProfile).where(UnitProfile.person_id == person.id))[0]
    application = desk.application(conversation, profile)
    desk.execute(
        "UPDATE applications SET answers = jsonb_build_array(jsonb_build_object('text', CAST(:t AS text)))"
        " WHERE id = :id", t=_SECRET, id=application.id,
    )  # fmt: skip
    return conversation, person


def test_nothing_of_what_was_said_or_told_is_left(desk: Desk) -> None:
    conversation, person = _somebody(desk)
    before = set(_everywhere(desk, _SECRET))
    assert before >= {"unit_profiles", "inbox", "outbox", "messages", "tracker_events", "applications", "chats", "cvs"}

    with desk.work() as uow:
        erase_person(uow, person.id, now=desk.now)

    assert _everywhere(desk, _SECRET) == []
    assert _everywhere(desk, "xo@example.com") == []
    assert desk.rows(select(PersonIdentity).where(PersonIdentity.person_id == person.id)) == []
    assert desk.one(Chat, conversation.chat_id).user_id.startswith("erased:")
    (row,) = desk.outbox()
    assert (row.state, row.error_code) == ("refused", "erased")
    (application,) = desk.rows(select(Application))
    assert application.person_id == person.id, "that somebody applied stays"
    (entry,) = desk.rows(select(Erasure))
    assert (entry.unit, entry.person_id, entry.erased_at) == ("amigro", person.id, desk.now)


def test_a_repetition_of_an_erased_message_is_still_known(desk: Desk) -> None:
    conversation, person = _somebody(desk)
    with desk.work() as uow:
        erase_person(uow, person.id, now=desk.now)
    _, row = desk.inbox(conversation.chat_id)
    assert (row.vendor_id, row.payload, row.raw, row.parse) == ("wamid.1", {"kind": "text"}, None, None)


def test_another_unit_keeps_what_it_was_told(desk: Desk) -> None:
    conversation, person = _somebody(desk)
    other = Conversation(
        id=new_id(), unit="huntu", chat_id=conversation.chat_id, channel="whatsapp", person_id=person.id
    )
    desk.add(other)
    desk.add(UnitProfile(unit="huntu", person_id=person.id, first_name="Otra"))
    user_id = desk.one(Chat, conversation.chat_id).user_id

    with desk.work() as uow:
        erase_person(uow, person.id, now=desk.now)

    assert desk.one(Chat, conversation.chat_id).user_id == user_id, "huntu still writes to this address"
    (profile,) = desk.rows(select(UnitProfile).where(UnitProfile.unit == "huntu"))
    assert profile.first_name == "Otra"


def test_erasing_again_is_harmless(desk: Desk) -> None:
    _, person = _somebody(desk)
    with desk.work() as uow:
        entry = erase_person(uow, person.id, now=desk.now)
    with desk.work() as uow:
        erase_person(uow, person.id, now=desk.now, entry=entry)
    assert len(desk.rows(select(Erasure))) == 1
