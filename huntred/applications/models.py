"""Applications and the history of their stages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.db.base import Base, CreatedAt, Id, UnitCode
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy


class Stage(Base):
    """A column of a unit's board. kind is typed: new, screening, interview, offer, hired, rejected, withdrawn.

    wip_limit: how many of one vacancy may stand here at once. ageing_days: a card is due from then on, late from twice.
    """

    __tablename__ = "stages"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    kind: Mapped[str]
    name: Mapped[str]
    ord: Mapped[int]
    wip_limit: Mapped[int | None]
    ageing_days: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("unit", "name"),
        CheckConstraint("wip_limit > 0", name="wip_limit"),
        CheckConstraint("ageing_days > 0", name="ageing_days"),
    )


class RejectReason(Base):
    """Why somebody does not continue, in the unit's words. message: the draft of what the person is told, or empty."""

    __tablename__ = "reject_reasons"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    name: Mapped[str]
    message: Mapped[str] = mapped_column(server_default="")
    ord: Mapped[int]
    active: Mapped[bool] = mapped_column(server_default="true")

    __table_args__ = (UniqueConstraint("unit", "name"),)


class Application(Base):
    """One person for one vacancy; applying again after a withdrawal reopens the same row.

    version: grows with every move, so that who moves it says which one they saw.
    """

    __tablename__ = "applications"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(Identity(always=True, start=5001), unique=True)
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"))
    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("unit_profiles.id"), index=True)
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id"))
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 4), comment="0 to 1, as ranked when applying")
    answers: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default="[]", comment="question, answer, passed"
    )
    knocked_out: Mapped[bool] = mapped_column(server_default="false")
    source: Mapped[str] = mapped_column(server_default="chat")
    generated: Mapped[bool] = mapped_column(server_default="false")
    version: Mapped[int] = mapped_column(server_default="0")
    moved_at: Mapped[CreatedAt]
    created_at: Mapped[CreatedAt]

    vacancy: Mapped[Vacancy] = relationship(lazy="select")
    profile: Mapped[UnitProfile] = relationship(lazy="select")
    stage: Mapped[Stage] = relationship(lazy="joined")
    moves: Mapped[list[ApplicationMove]] = relationship(order_by="ApplicationMove.at", lazy="select")

    __table_args__ = (
        UniqueConstraint("vacancy_id", "person_id"),
        # The list, newest first: whole (and counted, as row-level security has it), of a division, of a kind's stages.
        Index("ix_applications_unit_created_at", "unit", "created_at", "id", postgresql_include=["division_id"]),
        Index("ix_applications_division_id_created_at", "division_id", "created_at", "id"),
        Index("ix_applications_stage_id_created_at", "stage_id", "created_at", "id"),
        # Whether a division has somebody, as the policy of conversations asks of each.
        Index(
            "ix_applications_person_id_division_id", "person_id", "division_id",
            postgresql_where=text("division_id IS NOT NULL"),
        ),
        # A column of a board, whose row-level security is answered from the index too.
        Index(
            "ix_applications_board", "vacancy_id", "stage_id", "moved_at", "id",
            postgresql_include=["unit", "division_id"],
        ),
        # The live stream asks for each unit's latest move.
        Index("ix_applications_unit_moved_at", "unit", "moved_at", postgresql_include=["division_id"]),
    )


class ApplicationMove(Base):
    """from (none at first), to, who (none: the system or the person), why, when.

    version: the application's after it. batch_id: what was moved together by one person, and may be undone together.
    undoes_id: the move that this one takes back.
    """

    __tablename__ = "application_moves"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    from_stage_id: Mapped[UUID | None] = mapped_column(ForeignKey("stages.id"))
    to_stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(server_default="")
    reject_reason_id: Mapped[UUID | None] = mapped_column(ForeignKey("reject_reasons.id"))
    version: Mapped[int] = mapped_column(server_default="0")
    batch_id: Mapped[UUID | None]
    undoes_id: Mapped[UUID | None] = mapped_column(ForeignKey("application_moves.id"), unique=True)
    at: Mapped[datetime]

    __table_args__ = (
        Index("ix_application_moves_unit_at", "unit", "at"),
        Index(
            "ix_application_moves_division_id_at", "division_id", "at", postgresql_where=text("division_id IS NOT NULL")
        ),
        Index("ix_application_moves_batch_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
        Index("ix_application_moves_user_id_at", "user_id", "at", postgresql_where=text("batch_id IS NOT NULL")),
    )


class ApplicationMerge(Base):
    """An application that was folded into another one to the same vacancy: its id and number still lead there.

    merge_id or vacancy_merge_id: of the two people, or of the two vacancies, that became one.
    """

    __tablename__ = "application_merges"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    unit: Mapped[UnitCode]
    into_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    merge_id: Mapped[UUID | None] = mapped_column(ForeignKey("person_merges.id"), index=True)
    vacancy_merge_id: Mapped[UUID | None] = mapped_column(ForeignKey("vacancy_merges.id"), index=True)
