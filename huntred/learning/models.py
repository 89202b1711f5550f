"""The steps of people's learning plans; the steps of one person in one unit are their plan."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class LearningStep(Base):
    """state: open ⇄ done. source: matching or consultant.

    skill_key: the skill, folded; a skill stands once in a plan. wish: the work for which it was proposed. asked_by of
    looked_at vacancies asked for it; vacancies: the numbers of some. note: where to learn it, the team's words.
    """

    __tablename__ = "learning_steps"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    ord: Mapped[int]
    skill: Mapped[str]
    skill_key: Mapped[str]
    wish: Mapped[str] = mapped_column(server_default="")
    asked_by: Mapped[int] = mapped_column(server_default="0")
    looked_at: Mapped[int] = mapped_column(server_default="0")
    vacancies: Mapped[list[int]] = mapped_column(JSONB, server_default="[]")
    note: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str] = mapped_column(server_default="matching")
    state: Mapped[str] = mapped_column(server_default="open")
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(server_default="", comment="person, consultant")
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("unit", "person_id", "skill_key"),
        CheckConstraint("state IN ('open', 'done')", name="state"),
        CheckConstraint("source IN ('matching', 'consultant')", name="source"),
    )
