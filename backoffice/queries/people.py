"""What the pages of candidates read besides the area's own search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload

from huntred.applications.models import Application
from huntred.conversations.models import Conversation
from huntred.cv.models import CvFile
from huntred.interviews.models import Interview, InterviewSlot
from huntred.people.models import Consent, UnitProfile
from huntred.privacy.models import Erasure


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


def profile_of(session: Session, unit: str, person_id: UUID) -> UnitProfile | None:
    return session.scalar(select(UnitProfile).where(UnitProfile.unit == unit, UnitProfile.person_id == person_id))


def cvs(session: Session, profile: UnitProfile) -> list[CvFile]:
    return list(
        session.scalars(
            select(CvFile)
            .where(CvFile.person_id == profile.person_id, CvFile.unit == profile.unit)
            .order_by(CvFile.created_at.desc())
            .limit(10)
        )
    )


def consents(session: Session, profile: UnitProfile) -> list[Consent]:
    """What counts today: the latest of each purpose and channel, latest first."""
    latest = (
        select(Consent)
        .where(Consent.person_id == profile.person_id, Consent.unit == profile.unit)
        .ext(distinct_on(Consent.purpose, Consent.channel))
        .order_by(Consent.purpose, Consent.channel, Consent.at.desc(), Consent.id.desc())
    )
    return sorted(session.scalars(latest), key=lambda consent: consent.at, reverse=True)


def erased_at(session: Session, profile: UnitProfile) -> datetime | None:
    return session.scalar(
        select(func.max(Erasure.erased_at)).where(Erasure.person_id == profile.person_id, Erasure.unit == profile.unit)
    )


def has_curp(session: Session, profile_id: UUID) -> bool:
    """Whether a CURP is kept; the page says only that, never which."""
    return bool(session.scalar(select(UnitProfile.curp_hash.is_not(None)).where(UnitProfile.id == profile_id)))
