"""What a person said of themselves so that the process can be looked at; nothing that ranks may know this table."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, Id, Sealed, UnitCode


class FairnessAnswer(Base):
    """One a person and unit. answers_sealed: JSON of `rules.Said`. given_at: of the last change of it.

    Row-level security shows it only inside `opening.opened`.
    """

    __tablename__ = "fairness_answers"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    answers_sealed: Mapped[str] = mapped_column(Sealed("fairness_answers.answers"), deferred=True)
    given_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("unit", "person_id"),)
