"""What the pages of candidates read besides the area's own search."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from huntred.applications.models import Application
from huntred.conversations.models import ChatMessage, Conversation
from huntred.interviews.models import Interview, InterviewSlot
from huntred.people.models import UnitProfile

_SHOWN_MESSAGES = 40


def application_counts(session: Session, profile_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(Application.profile_id, func.count(Application.id))
        .where(Application.profile_id.in_(profile_ids))
        .group_by(Application.profile_id)
    )
    return {row[0]: row[1] for row in rows}


def applications(session: Session, profile: UnitProfile) -> list[Application]:
    return list(
        session.scalars(
            select(Application)
            .where(Application.profile_id == profile.id)
            .options(joinedload(Application.vacancy))
            .order_by(Application.created_at.desc())
        )
    )


def interviews(session: Session, profile: UnitProfile) -> list[Interview]:
    return list(
        session.scalars(
            select(Interview)
            .join(Application, Interview.application_id == Application.id)
            .join(InterviewSlot, Interview.slot_id == InterviewSlot.id)
            .where(Application.profile_id == profile.id)
            .options(joinedload(Interview.application).joinedload(Application.vacancy))
            .order_by(InterviewSlot.starts_at.desc())
            .limit(20)
        )
    )


def conversations(session: Session, profile: UnitProfile) -> list[Conversation]:
    return list(
        session.scalars(
            select(Conversation)
            .where(Conversation.person_id == profile.person_id, Conversation.unit == profile.unit)
            .order_by(Conversation.last_message_at.desc().nulls_last())
        )
    )


def latest_messages(session: Session, profile: UnitProfile) -> list[ChatMessage]:
    """The end of what was said with this unit, oldest first."""
    found = session.scalars(
        select(ChatMessage)
        .join(Conversation, ChatMessage.conversation_id == Conversation.id)
        .where(Conversation.person_id == profile.person_id, Conversation.unit == profile.unit)
        .order_by(ChatMessage.at.desc(), ChatMessage.id.desc())
        .limit(_SHOWN_MESSAGES)
    ).all()
    return list(reversed(found))


def has_curp(session: Session, profile_id: UUID) -> bool:
    """Whether a CURP is kept; the page says only that, never which."""
    return bool(session.scalar(select(UnitProfile.curp_hash.is_not(None)).where(UnitProfile.id == profile_id)))
