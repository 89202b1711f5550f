"""What the pages of conversations read besides the area's own repository."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from huntred.access.models import User
from huntred.conversations.models import Chat, Conversation, Handoff, InboxRow
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


def totals(session: Session) -> dict[str, int]:
    """handling → how many."""
    rows = session.execute(select(Conversation.handling, func.count()).group_by(Conversation.handling))
    return {row[0]: row[1] for row in rows}


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


def person_names(session: Session, ids: set[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Person id → a profile of theirs that this scope sees, and the name in it."""
    if not ids:
        return {}
    profiles = session.scalars(select(UnitProfile).where(UnitProfile.person_id.in_(ids)))
    return {profile.person_id: (profile.id, full_name(profile)) for profile in profiles}
