"""Interview slots and the interviews booked into them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.applications.models import Application
from huntred.db.base import Base, CreatedAt, Id, UnitCode


class Room(Base):
    """Where interviews in person take place, and only one at a time."""

    __tablename__ = "rooms"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(server_default="true")
    generated: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("unit", "name"),)


class InterviewSlot(Base):
    """A time of one interviewer. vacancy_id none: for any vacancy of the unit. modality: in_person | video.

    capacity: how many come at once; booked: how many are expected, counted by a trigger. series_id: made together.
    timezone: of the place; empty: the unit's.
    """

    __tablename__ = "interview_slots"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"))
    vacancy_id: Mapped[UUID | None] = mapped_column(ForeignKey("vacancies.id"), index=True)
    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    modality: Mapped[str] = mapped_column(server_default="in_person")
    address: Mapped[str] = mapped_column(server_default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    video_url: Mapped[str] = mapped_column(server_default="")
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("rooms.id"), index=True)
    series_id: Mapped[UUID | None] = mapped_column(index=True)
    capacity: Mapped[int] = mapped_column(server_default="1")
    booked: Mapped[int] = mapped_column(server_default="0")
    timezone: Mapped[str] = mapped_column(server_default="")
    cancelled_at: Mapped[datetime | None]
    generated: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[CreatedAt]

    room: Mapped[Room | None] = relationship(lazy="joined")

    # ex_interview_slots_interviewer and …_room (migration 0014): no two that overlap are both booked.
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("capacity BETWEEN 1 AND 100", name="capacity"),
        CheckConstraint("booked BETWEEN 0 AND capacity", name="booked"),
        CheckConstraint("modality IN ('in_person', 'video')", name="modality"),
        Index("ix_interview_slots_unit_starts_at", "unit", "starts_at"),
        Index(
            "ix_interview_slots_division_id_starts_at", "division_id", "starts_at",
            postgresql_where=text("division_id IS NOT NULL"),
        ),
    )  # fmt: skip


class Interview(Base):
    """state: booked → attended | missed, or cancelled.

    interviewer_answer: pending, confirmed, declined, handed_over.
    """

    __tablename__ = "interviews"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"), index=True)
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("interview_slots.id"), index=True)
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
        # An application has one interview ahead: the database says so too.
        # The live stream asks for each unit's latest.
        Index("ix_interviews_unit_booked_at", "unit", "booked_at"),
        Index("uq_interviews_application_id", "application_id", unique=True, postgresql_where=text("state = 'booked'")),
    )


class InterviewProposal(Base):
    """Another time for an interview, which the candidate is asked about: until the answer both times are held.

    state: waiting → accepted | declined | withdrawn (by us, or overtaken) | expired. slot_made: for this alone.
    """

    __tablename__ = "interview_proposals"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"), index=True)
    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interviews.id"))
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("interview_slots.id"), index=True)
    slot_made: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(server_default="waiting")
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    slot: Mapped[InterviewSlot] = relationship(lazy="joined")

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'accepted', 'declined', 'withdrawn', 'expired')", name="state"),
        Index(
            "uq_interview_proposals_interview_id", "interview_id", unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip
