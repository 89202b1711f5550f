"""Which vacancies may be one position, and which were made one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, Id, Sealed, UnitCode


class VacancyPrint(Base):
    """By which numbers a vacancy's text is found by its near copies, and until which of its changes it was compared."""

    __tablename__ = "vacancy_prints"

    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id", ondelete="CASCADE"), primary_key=True)
    unit: Mapped[UnitCode]
    keys: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    compared_at: Mapped[datetime | None] = mapped_column(comment="the vacancy's updated_at when it was compared")

    __table_args__ = (Index("ix_vacancy_prints_keys", "keys", postgresql_using="gin"),)


class VacancyPair(Base):
    """Two vacancies of a unit that may be one position. state: open, or different (said by a person, remembered).

    first_id < second_id. reasons: of `rules.REASONS`.
    """

    __tablename__ = "vacancy_pairs"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    first_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id", ondelete="CASCADE"))
    second_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id", ondelete="CASCADE"), index=True)
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    strength: Mapped[int] = mapped_column(server_default="0", comment="0 to 100")
    state: Mapped[str] = mapped_column(server_default="open")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    found_at: Mapped[datetime]

    __table_args__ = (
        Index("uq_vacancy_pairs_first_id_second_id", "first_id", "second_id", unique=True),
        CheckConstraint("first_id < second_id", name="order"),
        CheckConstraint("state IN ('open', 'different')", name="state"),
        Index("ix_vacancy_pairs_open", "unit", "strength", "id", postgresql_where=text("state = 'open'")),
    )


class VacancyMerge(Base):
    """Two vacancies of one unit that a person made one: what hung on the other hangs on the kept one from then on.

    The other stays, closed, and leads there (`vacancies.merged_into_id`). undo_sealed: what `undoing` needs, as JSON;
    empty once the time to undo is over. people: of whom it holds something (who had applied to both, or stood on both
    shortlists), so that an erasure finds it.
    """

    __tablename__ = "vacancy_merges"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id"), index=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id"))
    merged_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    merged_at: Mapped[datetime]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]
    people: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    undo_sealed: Mapped[str | None] = mapped_column(Sealed("vacancy_merges.undo"), deferred=True)

    __table_args__ = (
        Index("uq_vacancy_merges_other_id", "other_id", unique=True, postgresql_where=text("undone_at IS NULL")),
        CheckConstraint("kept_id <> other_id", name="two"),
    )
