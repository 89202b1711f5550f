"""What the pages of conversations read besides the area's own repository."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from huntred.access.models import User
from huntred.applications.models import Application
from huntred.conversations.models import (
    Chat,
    ChatMessage,
    Conversation,
    ConversationNote,
    Handoff,
    InboxRow,
    NoteMention,
)
from huntred.interviews.models import Interview, InterviewSlot
from huntred.people.models import UnitProfile
from huntred.people.service import full_name


def names(session: Session, conversations: Sequence[Conversation]) -> dict[UUID, str]:
    """Conversation id → the name that the person told the unit, where one was told."""
    keys = [(item.person_id, item.unit) for item in conversations if item.person_id]
    if not keys:
        return {}
    found: dict[tuple[UUID | None, str], str] = {
        (profile.person_id, profile.unit): full_name(profile)
        for profile in session.scalars(
            select(UnitProfile).where(tuple_(UnitProfile.person_id, UnitProfile.unit).in_(keys))
        )
    }
    return {item.id: found.get((item.person_id, item.unit), "") for item in conversations}


def user_names(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.name, User.email).where(User.id.in_(wanted)))
    return {user_id: name or email for user_id, name, email in rows}


def chat(session: Session, conversation: Conversation) -> Chat | None:
    return session.get(Chat, conversation.chat_id)


def profile(session: Session, conversation: Conversation) -> UnitProfile | None:
    if conversation.person_id is None:
        return None
    return session.scalar(
        select(UnitProfile).where(
            UnitProfile.person_id == conversation.person_id, UnitProfile.unit == conversation.unit
        )
    )


def open_handoff(session: Session, conversation_id: UUID) -> Handoff | None:
    return session.scalar(
        select(Handoff).where(
            Handoff.conversation_id == conversation_id, Handoff.state.in_(("queued", "with_person"))
        )
    )


def handoffs(session: Session, conversation_id: UUID) -> list[Handoff]:
    return list(
        session.scalars(
            select(Handoff)
            .where(Handoff.conversation_id == conversation_id)
            .order_by(Handoff.requested_at.desc())
            .limit(5)
        )
    )


def waiting_replies(session: Session, conversation_id: UUID) -> list[InboxRow]:
    """Replies of consultants that stand in the lane and are not said yet."""
    return list(
        session.scalars(
            select(InboxRow)
            .where(
                InboxRow.conversation_id == conversation_id,
                InboxRow.kind == "consultant",
                InboxRow.state == "waiting",
            )
            .order_by(InboxRow.id)
        )
    )


def interviews_ahead(session: Session, conversation: Conversation, now: datetime) -> list[Interview]:
    """The person's booked interviews in this unit, the next one first."""
    if conversation.person_id is None:
        return []
    query = (
        select(Interview)
        .join(Application, Application.id == Interview.application_id)
        .join(InterviewSlot, InterviewSlot.id == Interview.slot_id)
        .where(
            Application.person_id == conversation.person_id,
            Application.unit == conversation.unit,
            Interview.state == "booked",
            InterviewSlot.starts_at >= now,
        )
        .options(joinedload(Interview.application).joinedload(Application.vacancy))
        .order_by(InterviewSlot.starts_at)
        .limit(3)
    )
    return list(session.scalars(query))


def mood(session: Session, conversation_id: UUID) -> int:
    """How the last three messages of the person that were not neutral sound together: -2 to 2, 0 where none is."""
    latest = session.scalars(
        select(ChatMessage.sentiment)
        .where(ChatMessage.conversation_id == conversation_id, ChatMessage.sentiment != 0)
        .order_by(ChatMessage.at.desc())
        .limit(3)
    ).all()
    told = [one for one in latest if one is not None]
    return round(sum(told) / len(told)) if told else 0


def person_key(session: Session, conversation: Conversation) -> str:
    """Changes whenever what stands beside the chat has changed."""
    updated = session.scalar(
        select(func.max(UnitProfile.updated_at)).where(
            UnitProfile.person_id == conversation.person_id, UnitProfile.unit == conversation.unit
        )
    )
    moved = session.execute(
        select(func.count(), func.max(Application.moved_at)).where(
            Application.person_id == conversation.person_id, Application.unit == conversation.unit
        )
    ).one()
    known = (mood(session, conversation.id), conversation.handling, conversation.opted_out, updated, *moved)
    return "|".join(str(one) for one in known)


def person_names(session: Session, ids: set[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Person id → a profile of theirs that this scope sees, and the name in it."""
    if not ids:
        return {}
    profiles = session.scalars(select(UnitProfile).where(UnitProfile.person_id.in_(ids)))
    return {profile.person_id: (profile.id, full_name(profile)) for profile in profiles}


@dataclass(frozen=True)
class Mention:
    """Somebody named the signed-in user in a note."""

    mention: NoteMention
    note: ConversationNote
    conversation: Conversation


def open_mentions(session: Session, user_id: UUID) -> list[Mention]:
    """Where the user was named and has not ticked it off, the latest first."""
    rows = session.execute(
        select(NoteMention, ConversationNote, Conversation)
        .join(ConversationNote, ConversationNote.id == NoteMention.note_id)
        .join(Conversation, Conversation.id == NoteMention.conversation_id)
        .where(NoteMention.user_id == user_id, NoteMention.seen_at.is_(None))
        .order_by(NoteMention.at.desc())
        .limit(20)
    ).all()
    return [Mention(*row) for row in rows]


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for a person. name: empty where nobody told one."""

    handoff_id: UUID
    conversation_id: UUID
    name: str


def waiting(session: Session) -> list[Waiting]:
    """Who waits for a person, the longest first, as the announcement on every page tells it."""
    rows = session.execute(
        select(Handoff, Conversation, Chat.user_name)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .join(Chat, Chat.id == Conversation.chat_id)
        .where(Handoff.state == "queued", Conversation.handling == "queued")
        .order_by(Handoff.requested_at)
        .limit(50)
    ).all()
    told = names(session, [conversation for _, conversation, _ in rows])
    return [
        Waiting(handoff.id, conversation.id, told.get(conversation.id) or user_name)
        for handoff, conversation, user_name in rows
    ]
