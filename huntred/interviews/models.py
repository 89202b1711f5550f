"""Interview slots and the interviews booked into them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.applications.models import Application
from huntred.db.base import Base, CreatedAt, Id, UnitCode


class InterviewSlot(Base):
    """A time of one interviewer. vacancy_id none: for any vacancy of the unit. modality: in_person | video."""

    __tablename__ = "interview_slots"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"), index=True)
    vacancy_id: Mapped[UUID | None] = mapped_column(ForeignKey("vacancies.id"), index=True)
    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    modality: Mapped[str] = mapped_column(server_default="in_person")
    address: Mapped[str] = mapped_column(server_default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    video_url: Mapped[str] = mapped_column(server_default="")
    cancelled_at: Mapped[datetime | None]
    generated: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("modality IN ('in_person', 'video')", name="modality"),
        Index("ix_interview_slots_unit_starts_at", "unit", "starts_at"),
    )


class Interview(Base):
    """state: booked → attended | missed, or cancelled.

    interviewer_answer: pending, confirmed, declined, handed_over.
    """

    __tablename__ = "interviews"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"), index=True)
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("interview_slots.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(server_default="booked")
    interviewer_answer: Mapped[str] = mapped_column(server_default="pending")
    attendance_confirmed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str] = mapped_column(server_default="", comment="candidate, interviewer, consultant")
    reason: Mapped[str] = mapped_column(server_default="")
    sequence: Mapped[int] = mapped_column(server_default="0", comment="of the calendar file (RFC 5545)")
    generated: Mapped[bool] = mapped_column(server_default="false")
    booked_at: Mapped[datetime]

    slot: Mapped[InterviewSlot] = relationship(lazy="joined")
    application: Mapped[Application] = relationship(lazy="select")

    __table_args__ = (
        CheckConstraint("state IN ('booked', 'attended', 'missed', 'cancelled')", name="state"),
        # A slot is never booked twice, and an application has one interview ahead: the database says so too.
        Index("uq_interviews_slot_id", "slot_id", unique=True, postgresql_where=text("state <> 'cancelled'")),
        Index("uq_interviews_application_id", "application_id", unique=True, postgresql_where=text("state = 'booked'")),
    )
