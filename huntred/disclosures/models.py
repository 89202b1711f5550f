"""What each side of a confidential search said about showing its name."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, Id, UnitCode


class DisclosureAgreement(Base):
    """A ledger: added to, never changed; the latest of a side counts.

    version: of the words that were agreed to (rules.TERMS_VERSION). source: chat, link, or consultant, who wrote
    down what the client said. evidence: where it came from, ids only.
    """

    __tablename__ = "disclosure_agreements"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    side: Mapped[str]
    granted: Mapped[bool]
    version: Mapped[str]
    source: Mapped[str]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("side IN ('candidate', 'client')", name="side"),
        CheckConstraint("source IN ('chat', 'link', 'consultant')", name="source"),
        Index("ix_disclosure_agreements_vacancy_id_person_id_side_at", "vacancy_id", "person_id", "side", "at"),
    )
