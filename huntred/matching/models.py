"""The vectors by which vacancies and people are found before they are ranked, and what a unit weighs when it ranks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, Id, UnitCode
from huntred.db.halfvec import Halfvec


class VacancyVector(Base):
    """What a vacancy is about, as one model says it. Two models stand side by side while one replaces the other."""

    __tablename__ = "vacancy_vectors"

    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True, comment="the embedder's name, with its revision")
    unit: Mapped[UnitCode]
    content_hash: Mapped[str] = mapped_column(comment="of the title, the requirements and the description")
    vector: Mapped[Any] = mapped_column(Halfvec)
    words: Mapped[bytes] = mapped_column(server_default="", comment="stems as numbers, see lexemes.py")
    encoded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (Index("ix_vacancy_vectors_unit_model_encoded_at", "unit", "model", "encoded_at"),)


class ProfileVector(Base):
    """What a person told one unit of their work, as one model says it; it goes when the person is erased."""

    __tablename__ = "profile_vectors"

    profile_id: Mapped[UUID] = mapped_column(ForeignKey("unit_profiles.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True, comment="the embedder's name, with its revision")
    unit: Mapped[UnitCode]
    content_hash: Mapped[str] = mapped_column(comment="of the work, the skills and the experience that were encoded")
    vector: Mapped[Any] = mapped_column(Halfvec)
    words: Mapped[bytes] = mapped_column(server_default="", comment="stems as numbers, see lexemes.py")
    phrases: Mapped[bytes] = mapped_column(
        server_default="", comment="what the ranker keeps of each phrase, so that it need not read it again"
    )
    encoded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (Index("ix_profile_vectors_unit_model_encoded_at", "unit", "model", "encoded_at"),)


class RankingWeights(Base):
    """A unit's own weights, by `combining.FEATURES`; a unit without a row has those of `weights.yml`."""

    __tablename__ = "ranking_weights"

    unit: Mapped[str] = mapped_column(ForeignKey("units.code"), primary_key=True)
    weights: Mapped[dict[str, float]] = mapped_column(JSONB)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[datetime]


class RankingVersion(Base):
    """Weights that a unit has, had or might have, with what was measured of those that were learned.

    state: insufficient (too few decisions to learn from), lost (no better on what was held out), offered (better; waits
    for a super administrator), outdated (of other weights than today's), in_force, former, taken_back.
    figures: of `ports.Learned`, as JSON; empty where somebody wrote the weights.
    """

    __tablename__ = "ranking_versions"

    id: Mapped[Id]
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"))
    origin: Mapped[str] = mapped_column(comment="written, learned, factory")
    state: Mapped[str]
    weights: Mapped[dict[str, float]] = mapped_column(JSONB)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    in_force_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("origin IN ('written', 'learned', 'factory')", name="origin"),
        CheckConstraint(
            "state IN ('insufficient', 'lost', 'offered', 'outdated', 'in_force', 'former', 'taken_back')",
            name="state",
        ),
        Index("ix_ranking_versions_unit_made_at", "unit", "made_at", "id"),
        Index("uq_ranking_versions_in_force", "unit", unique=True, postgresql_where=text("state = 'in_force'")),
        Index("uq_ranking_versions_offered", "unit", unique=True, postgresql_where=text("state = 'offered'")),
    )
