"""Handing a conversation to a person and back: queued → with_person → returned, or timed_out (closed: closing.py).

The bot is silent from the request on. A taken conversation moves its version, so that a turn that was in the
middle of it is refused and read again by the rules of a person's conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contract.message import Inbound
from huntred.conversations import repository
from huntred.conversations.errors import AlreadyTaken, NotTaken
from huntred.conversations.events import HandoffRequested, HandoffReturned, HandoffTaken, HandoffTimedOut
from huntred.conversations.lane import enter
from huntred.conversations.models import Conversation, Handoff
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit
from huntred.errors import FieldInvalid
from huntred.units import service as units

_LONGEST_REPLY = 4096
_LONGEST_REASON = 500
_TIMEOUT_MINUTES = 480


def request_handoff(uow: UnitOfWork, conversation_id: UUID, reason: str = "", *, now: datetime) -> Handoff:
    """Queue the conversation for a person; one that waits already goes on waiting, this reason beside the first."""
    conversation, _ = repository.locked(uow, conversation_id)
    handoff = open_handoff(uow, conversation_id)
    if handoff is None:
        handoff = Handoff(
            unit=conversation.unit,
            conversation_id=conversation_id,
            state="queued",
            reason=reason[:_LONGEST_REASON],
            requested_at=now,
        )
        uow.session.add(handoff)
        uow.session.flush()
        uow.record(HandoffRequested(handoff.id, conversation_id), unit=conversation.unit)
    elif reason and reason not in handoff.reason:
        handoff.reason = " · ".join(part for part in (handoff.reason, reason) if part)[:_LONGEST_REASON]
    if conversation.handling != "with_person":
        # No new version: this is asked for in the middle of a turn, which must still commit.
        conversation.handling = "queued"
    show(uow, conversation)
    return handoff


def take(uow: UnitOfWork, conversation_id: UUID, user_id: UUID, *, now: datetime) -> Handoff:
    """Give the conversation to a user, queued or not. Raises AlreadyTaken where another one has it."""
    conversation, _ = repository.locked(uow, conversation_id)
    handoff = open_handoff(uow, conversation_id)
    if conversation.handling == "with_person":
        if handoff is not None and conversation.assigned_to == user_id:
            return handoff
        raise AlreadyTaken(str(conversation_id))
    if handoff is None:
        handoff = Handoff(unit=conversation.unit, conversation_id=conversation_id, requested_at=now)
        uow.session.add(handoff)
    handoff.state = "with_person"
    handoff.taken_at = now
    handoff.taken_by = user_id
    conversation.handling = "with_person"
    conversation.assigned_to = user_id
    conversation.unread_count = 0
    conversation.version = conversation.version + 1
    uow.session.flush()
    uow.record(HandoffTaken(handoff.id, conversation_id, user_id), unit=conversation.unit)
    show(uow, conversation)
    return handoff


def reply(
    uow: UnitOfWork, conversation_id: UUID, user_id: UUID, text: str, *, now: datetime, message_id: str
) -> bool:
    """Say what the user who has the conversation wrote; the same message_id again says nothing more.

    Raises NotTaken, FieldInvalid.
    """
    text = text.replace("\0", "").strip()
    if not text:
        raise FieldInvalid("text", "missing")
    if len(text) > _LONGEST_REPLY:
        raise FieldInvalid("text", "too_long")
    return say(uow, conversation_id, user_id, text, {}, now=now, message_id=message_id)


def say(
    uow: UnitOfWork,
    conversation_id: UUID,
    user_id: UUID,
    text: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    message_id: str,
) -> bool:
    """Put a consultant's words into the chat's lane. values: of a template (template_replies.py). Raises NotTaken."""
    conversation, chat = repository.locked(uow, conversation_id)
    if conversation.handling != "with_person" or conversation.assigned_to != user_id:
        raise NotTaken(str(conversation_id))
    conversation.unread_count = 0
    return enter(
        uow,
        chat.id,
        "consultant",
        Inbound("consultant", text=text, values={"user_id": str(user_id), **values}),
        f"consultant:{message_id}",
        now=now,
        unit=conversation.unit,
        conversation_id=conversation_id,
    )


def give_back(uow: UnitOfWork, conversation_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Return the conversation to the bot, which says so. Raises NotTaken."""
    conversation, _ = repository.locked(uow, conversation_id)
    handoff = open_handoff(uow, conversation_id)
    if conversation.handling != "with_person" or conversation.assigned_to != user_id:
        raise NotTaken(str(conversation_id))
    _end(uow, conversation, handoff, "returned", "utter_handoff_returned", now=now)
    if handoff is not None:
        uow.record(HandoffReturned(handoff.id, conversation_id), unit=conversation.unit)


def release(uow: UnitOfWork, conversation_id: UUID, *, now: datetime) -> None:
    """Return a conversation whoever has it: for who runs the unit when a colleague is away."""
    conversation, _ = repository.locked(uow, conversation_id)
    if conversation.handling == "bot":
        return
    handoff = open_handoff(uow, conversation_id)
    _end(uow, conversation, handoff, "returned", "utter_handoff_returned", now=now)
    if handoff is not None:
        uow.record(HandoffReturned(handoff.id, conversation_id), unit=conversation.unit)


def time_out(uow: UnitOfWork, *, now: datetime) -> int:
    """End the handoffs of this unit that waited too long, tell those who waited; return how many.

    Of a demonstration nobody waits, and nobody is written to.
    """
    conversation_settings = units.get(uow, uow.unit).settings.get("conversation", {})
    minutes = int(conversation_settings.get("handoff_timeout_minutes", _TIMEOUT_MINUTES))
    waiting = uow.session.scalars(
        select(Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(
            Handoff.unit == uow.unit,
            Handoff.state == "queued",
            Handoff.requested_at <= now - timedelta(minutes=minutes),
            Conversation.generated.is_(False),
        )
        .order_by(Handoff.requested_at)
    ).all()
    ended = 0
    for seen in waiting:
        conversation, _ = repository.locked(uow, seen.conversation_id)
        handoff = open_handoff(uow, seen.conversation_id)
        if handoff is None or handoff.state != "queued":
            continue
        if conversation.handling == "bot":
            # The person preferred the menu to waiting; nobody has to be told.
            handoff.state = "returned"
            handoff.returned_at = now
            continue
        _end(uow, conversation, handoff, "timed_out", "utter_handoff_timed_out", now=now)
        uow.record(HandoffTimedOut(handoff.id, conversation.id))
        ended += 1
    uow.session.flush()
    return ended


def open_handoff(uow: UnitOfWork, conversation_id: UUID) -> Handoff | None:
    """Return the handoff that waits or is in somebody's hands, locked."""
    return uow.session.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.state.in_(("queued", "with_person")))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _end(
    uow: UnitOfWork,
    conversation: Conversation,
    handoff: Handoff | None,
    state: str,
    response: str,
    *,
    now: datetime,
) -> None:
    """Close the handoff and let the bot say so; the notice is the unit's, whatever the chat does now."""
    if handoff is not None:
        handoff.state = state
        handoff.returned_at = now
    conversation.handling = "bot"
    conversation.assigned_to = None
    conversation.version = conversation.version + 1
    uow.session.flush()
    enter(
        uow,
        conversation.chat_id,
        "notice",
        Inbound("notice", values={"response": response, "values": {}, "purpose": "reply"}),
        f"handoff:{handoff.id if handoff else conversation.version}:{state}",
        now=now,
        unit=conversation.unit,
        conversation_id=conversation.id,
    )
    show(uow, conversation)


def show(uow: UnitOfWork, conversation: Conversation) -> None:
    """Write what has changed, and let the open pages know after the commit."""
    uow.session.flush()
    wake_after_commit(
        uow.session, "live", {"unit": conversation.unit, "conversation": str(conversation.id)}
    )
