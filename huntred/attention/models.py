"""What was raised about open vacancies: told once, and set aside by whom and why; the figures are read anew."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class VacancyAlert(Base):
    """One kind of alert of one vacancy, from when the facts began to say it until they no longer do.

    key, level: of rules.py, as last seen. dismissed_key, dismissed_level: as somebody set it aside.
    """

    __tablename__ = "vacancy_alerts"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(server_default="")
    level: Mapped[int] = mapped_column(server_default="1")
    raised_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    told_to: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    dismissed_at: Mapped[datetime | None]
    dismissed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    dismissed_reason: Mapped[str] = mapped_column(server_default="")
    dismissed_key: Mapped[str] = mapped_column(server_default="")
    dismissed_level: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (
        Index(
            "uq_vacancy_alerts_vacancy_id_kind", "vacancy_id", "kind", unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_vacancy_alerts_open", "unit", "raised_at", postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip
