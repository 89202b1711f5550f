"""Mentors of a unit and the sessions that people ask them for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class Mentor(Base):
    """Somebody from outside who gives time; no user of ours.

    fields: codes of huntred/fields.yml. availability: {"0": ["17:00", "19:00"], …}, by weekday (0 is Monday), in
    their time zone. weekly_capacity: sessions in one week of theirs.
    """

    __tablename__ = "mentors"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    name: Mapped[str]
    email: Mapped[str]
    about: Mapped[str] = mapped_column(server_default="", comment="shown to who looks for a mentor")
    fields: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    availability: Mapped[dict[str, list[str]]] = mapped_column(JSONB, server_default="{}")
    timezone: Mapped[str] = mapped_column(server_default="America/Mexico_City")
    weekly_capacity: Mapped[int] = mapped_column(server_default="1")
    session_minutes: Mapped[int] = mapped_column(server_default="45")
    meeting_place: Mapped[str] = mapped_column(server_default="", comment="an address or the link of a video room")
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("weekly_capacity BETWEEN 1 AND 40", name="weekly_capacity"),
        CheckConstraint("session_minutes BETWEEN 15 AND 180", name="session_minutes"),
    )


class MentorSession(Base):
    """state: asked → accepted → done | missed; or declined, expired (unanswered in time), cancelled.

    outcome: what came of it, in a few words of the mentor's or the team's.
    """

    __tablename__ = "mentor_sessions"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    mentor_id: Mapped[UUID] = mapped_column(ForeignKey("mentors.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    field: Mapped[str] = mapped_column(server_default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="asked")
    asked_at: Mapped[datetime]
    answer_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(server_default="", comment="person, mentor, consultant")
    reason: Mapped[str] = mapped_column(server_default="")
    outcome: Mapped[str] = mapped_column(server_default="")
    outcome_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(server_default="0", comment="of the calendar file (RFC 5545)")

    mentor: Mapped[Mentor] = relationship(lazy="joined", innerjoin=True)

    # ex_mentor_sessions_mentor and …_person (migration 0020): nobody is twice at a time, asked or accepted.
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint(
            "state IN ('asked', 'accepted', 'declined', 'expired', 'cancelled', 'done', 'missed')", name="state"
        ),
        Index("ix_mentor_sessions_unit_starts_at", "unit", "starts_at"),
    )
