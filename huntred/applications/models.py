"""Applications and the history of their stages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.db.base import Base, CreatedAt, Id, UnitCode
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy


class Stage(Base):
    """A column of a unit's board. kind is typed: new, screening, interview, offer, hired, rejected, withdrawn."""

    __tablename__ = "stages"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    kind: Mapped[str]
    name: Mapped[str]
    ord: Mapped[int]

    __table_args__ = (UniqueConstraint("unit", "name"),)


class Application(Base):
    """One person for one vacancy; applying again after a withdrawal reopens the same row."""

    __tablename__ = "applications"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(Identity(always=True, start=5001), unique=True)
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"), index=True)
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
    moved_at: Mapped[CreatedAt]
    created_at: Mapped[CreatedAt]

    vacancy: Mapped[Vacancy] = relationship(lazy="select")
    profile: Mapped[UnitProfile] = relationship(lazy="select")
    stage: Mapped[Stage] = relationship(lazy="joined")
    moves: Mapped[list[ApplicationMove]] = relationship(order_by="ApplicationMove.at", lazy="select")

    __table_args__ = (
        UniqueConstraint("vacancy_id", "person_id"),
        Index("ix_applications_unit_created_at", "unit", "created_at"),
        Index("ix_applications_vacancy_id_stage_id", "vacancy_id", "stage_id"),
    )


class ApplicationMove(Base):
    """from (none at first), to, who (none: the system or the person), why, when."""

    __tablename__ = "application_moves"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    from_stage_id: Mapped[UUID | None] = mapped_column(ForeignKey("stages.id"))
    to_stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]

    __table_args__ = (Index("ix_application_moves_unit_at", "unit", "at"),)
