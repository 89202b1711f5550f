"""What the three parts of an open conversation show: the chat, where one writes, and who it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backoffice import auth, work
from backoffice.queries import conversations as queries
from contract.ids import new_id
from contract.service_window import closes_at
from huntred.applications import repository as applications
from huntred.conversations import media, notes, repository
from huntred.conversations.language import language_of
from huntred.conversations.mentions import handle
from huntred.conversations.models import Conversation, ConversationNote
from huntred.conversations.quick_replies import Filling, fill, list_quick_replies
from huntred.conversations.repository import SaidMessage
from huntred.conversations.template_replies import choices
from huntred.people.service import full_name
from huntred.units import service as units

_SHOWN = 80


@dataclass(frozen=True)
class Window:
    """The vendor's window for free text. closes_at: None where the channel has none."""

    closes_at: datetime | None
    open: bool
    hours: int
    minutes: int


@dataclass(frozen=True)
class Entry:
    """One line of the chat: a message, or a note of the team."""

    at: datetime
    said: SaidMessage | None = None
    note: ConversationNote | None = None


@dataclass(frozen=True)
class FilledReply:
    shortcut: str
    text: str


def chat(conversation: Conversation, cursor: str) -> dict[str, Any]:
    """cursor: how far back."""
    uow = work.current_work()
    said = repository.messages_of(uow, conversation.id, cursor=cursor, limit=_SHOWN)
    entries = _entries(conversation, list(reversed(said.items)), older=bool(said.next_cursor), newest=not cursor)
    users: list[UUID | None] = [
        entry.said.message.user_id if entry.said else entry.note.user_id if entry.note else None for entry in entries
    ]
    return {
        **_who(conversation),
        "handoff": queries.open_handoff(uow.session, conversation.id),
        "entries": entries,
        "pressed": _pressed(said.items),
        "older": said.next_cursor,
        "at_end": not cursor,
        "files": media.files(uow, [_file_id(item.message.payload) for item in said.items]),
        "user_names": queries.user_names(uow.session, [*users, conversation.assigned_to]),
        "waiting_replies": queries.waiting_replies(uow.session, conversation.id),
        "may_release": auth.runs_unit(),
        "person_key": queries.person_key(uow.session, conversation),
    }


def composer(conversation: Conversation) -> dict[str, Any]:
    uow = work.current_work()
    who = _who(conversation)
    filling = _filling(conversation, who["name"])
    return {
        **who,
        "message_id": new_id(),
        "note_id": new_id(),
        "quick_replies": [
            FilledReply(reply.shortcut, fill(reply.text, filling))
            for reply in (list_quick_replies(uow, conversation.unit) if who["mine"] else ())
        ],
        "templates": (
            choices(uow, conversation.unit, language_of(uow, conversation))
            if _needs_template(conversation, who)
            else []
        ),
        "known_values": _known_values(filling),
        "colleagues": [
            handle(user) for user in notes.colleagues(uow, conversation) if user.id != auth.acting_user()
        ],
    }


def person(conversation: Conversation) -> dict[str, Any]:
    session = work.current_work().session
    return {
        **_who(conversation),
        "applied": applications.latest_of_person(session, conversation.unit, conversation.person_id),
        "interviews": queries.interviews_ahead(session, conversation, work.now()),
        "mood": queries.mood(session, conversation.id),
        "last_handoffs": queries.handoffs(session, conversation.id),
    }


def window_of(conversation: Conversation, last_inbound_at: datetime | None, now: datetime) -> Window:
    """last_inbound_at: of the chat, which the vendor counts from, whichever unit it was written to."""
    until = closes_at(conversation.channel, last_inbound_at)
    left = max(until - now, timedelta()) if until else timedelta()
    minutes = int(left.total_seconds() // 60)
    return Window(until, until is None or until > now, minutes // 60, minutes % 60)


def _who(conversation: Conversation) -> dict[str, Any]:
    """What every part knows: who it is, who has it, whether one may write."""
    session = work.current_work().session
    found, profile = queries.chat(session, conversation), queries.profile(session, conversation)
    mine = conversation.handling == "with_person" and conversation.assigned_to == auth.acting_user()
    window = window_of(conversation, found.last_inbound_at if found else None, work.now())
    return {
        "conversation": conversation,
        "profile": profile,
        "name": (full_name(profile) if profile else "") or (found.user_name if found else ""),
        "mine": mine,
        "may_reply": auth.may("reply"),
        "window": window,
        "composer_key": f"{conversation.handling}:{mine}:{window.open}",
    }


def _needs_template(conversation: Conversation, who: dict[str, Any]) -> bool:
    return bool(who["mine"] and conversation.channel == "whatsapp" and not who["window"].open)


def _filling(conversation: Conversation, name: str) -> Filling:
    session = work.current_work().session
    applied = applications.latest_of_person(session, conversation.unit, conversation.person_id)
    profile = queries.profile(session, conversation)
    return Filling(
        first_name=(profile.first_name or "" if profile else "") or name.partition(" ")[0],
        position=applied[0].vacancy.title if applied else "",
        unit_name=units.get(work.current_work(), conversation.unit).name,
        consultant_name=auth.acting_name(),
    )


def _known_values(filling: Filling) -> dict[str, str]:
    """Parameter of our own templates → what is known of it, to begin with."""
    return {
        "first_name": filling.first_name, "position": filling.position, "consultant_name": filling.consultant_name,
    }  # fmt: skip


def _entries(
    conversation: Conversation, said: Sequence[SaidMessage], *, older: bool, newest: bool
) -> list[Entry]:
    """Messages, and the notes of the same time, in order."""
    since = said[0].message.at if said and older else None
    until = None if newest or not said else said[-1].message.at
    written = notes.notes_of(work.current_work(), conversation.id, since=since, until=until)
    entries = [Entry(item.message.at, said=item) for item in said]
    entries += [Entry(note.at, note=note) for note in written]
    return sorted(entries, key=lambda entry: entry.at)


def _pressed(said: Sequence[SaidMessage]) -> dict[UUID, str]:
    """Message with options → the id of the one that the person pressed next. said: newest first."""
    found: dict[UUID, str] = {}
    pressed = ""
    for item in said:
        message = item.message
        if message.direction == "in":
            pressed = str(message.payload.get("option_id") or "")
        elif pressed and pressed in {option.get("id") for option in message.payload.get("options") or ()}:
            found[message.id] = pressed
            pressed = ""
    return found


def _file_id(payload: dict[str, Any]) -> str:
    return str((payload.get("media") or {}).get("id", ""))
