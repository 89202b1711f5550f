"""Vacancies, what they require and what they ask before an application."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.companies.models import Company, Contact
from huntred.db.base import Base, CreatedAt, Id, UnitCode


class Vacancy(Base):
    """state: draft → open ⇄ paused → closed | filled. Salaries are gross, a period's amounts.

    merged_into_id: of one that was closed since it was the same position as this other one (huntred/alike).
    """

    __tablename__ = "vacancies"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(Identity(always=True, start=1001), unique=True)
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id"))
    consultant_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="draft")
    confidential: Mapped[bool] = mapped_column(server_default="false", comment="the company is not named")
    openings: Mapped[int] = mapped_column(server_default="1")
    modality: Mapped[str] = mapped_column(server_default="on_site", comment="on_site, hybrid, remote")
    schedule: Mapped[str] = mapped_column(server_default="")
    benefits: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
    region: Mapped[str] = mapped_column(server_default="", comment="the Mexican state")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    seniority: Mapped[str] = mapped_column(
        server_default="", comment="entry, junior, mid, senior, manager, director, c_level"
    )
    min_experience_years: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    salary_min: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    salary_max: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    salary_currency: Mapped[str] = mapped_column(server_default="MXN")
    salary_period: Mapped[str] = mapped_column(
        server_default="month", comment="hour, day, week, fortnight, month, year"
    )
    permits: Mapped[list[str]] = mapped_column(
        JSONB, server_default="[]", comment="work permits that are accepted; empty: all"
    )
    kind: Mapped[str] = mapped_column(server_default="job", comment="job, internship")
    internship_weeks: Mapped[int | None]
    internship_hours: Mapped[int | None] = mapped_column(comment="a week")
    university_agreement: Mapped[bool] = mapped_column(
        server_default="false", comment="an internship: the university must have an agreement"
    )
    study_fields: Mapped[list[str]] = mapped_column(
        JSONB, server_default="[]", comment="an internship: codes of huntred/fields.yml; empty: all"
    )
    unpaid: Mapped[bool] = mapped_column(server_default="false", comment="an internship that says so")
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("vacancies.id"))
    search_text: Mapped[str] = mapped_column(server_default="")
    generated: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]

    company: Mapped[Company] = relationship(lazy="joined")
    contact: Mapped[Contact | None] = relationship(lazy="select")
    requirements: Mapped[list[VacancyRequirement]] = relationship(
        order_by="VacancyRequirement.ord", cascade="all, delete-orphan", lazy="selectin"
    )
    questions: Mapped[list[VacancyQuestion]] = relationship(
        order_by="VacancyQuestion.ord", cascade="all, delete-orphan", lazy="select"
    )

    __table_args__ = (
        CheckConstraint("state IN ('draft', 'open', 'paused', 'closed', 'filled')", name="state"),
        CheckConstraint("kind IN ('job', 'internship')", name="kind"),
        CheckConstraint("salary_min IS NULL OR salary_max IS NULL OR salary_min <= salary_max", name="salary"),
        Index("ix_vacancies_unit_state_published_at", "unit", "state", "published_at"),
        # What changed since a process read the vacancies last (huntred/matching/nearest.py).
        Index("ix_vacancies_unit_updated_at", "unit", "updated_at"),
        Index("ix_vacancies_consultant_id_state", "consultant_id", "state"),
        Index("ix_vacancies_merged_into_id", "merged_into_id", postgresql_where=text("merged_into_id IS NOT NULL")),
        # The list, newest first: whole, of a state, of a town; of a division.
        Index("ix_vacancies_unit_created_at", "unit", "created_at", "id"),
        Index("ix_vacancies_unit_state_created_at", "unit", "state", "created_at", "id"),
        Index("ix_vacancies_unit_city_created_at", "unit", "city", "created_at", "id"),
        Index(
            "ix_vacancies_division_id_created_at", "division_id", "created_at", "id",
            postgresql_where=text("division_id IS NOT NULL"),
        ),
        Index(
            "ix_vacancies_division_id_state_created_at", "division_id", "state", "created_at", "id",
            postgresql_where=text("division_id IS NOT NULL"),
        ),
        # What predictions and comparisons begin with: the unit's own that ended, the latest first.
        Index(
            "ix_vacancies_ended", "unit", "closed_at",
            postgresql_where=text("state IN ('filled', 'closed') AND NOT generated"),
        ),
        # Counted too, as row-level security has it.
        Index(
            "ix_vacancies_open", "unit", "city", postgresql_include=["division_id"],
            postgresql_where=text("state = 'open'"),
        ),
    )  # fmt: skip


class VacancyRequirement(Base):
    """kind: skill | language | certification | education | other. importance: must | nice."""

    __tablename__ = "vacancy_requirements"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id", ondelete="CASCADE"), index=True)
    ord: Mapped[int]
    kind: Mapped[str] = mapped_column(server_default="skill")
    name: Mapped[str]
    importance: Mapped[str] = mapped_column(server_default="must")
    min_years: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))


class VacancyQuestion(Base):
    """A knock-out question. kind: yes_no (expected {"answer": true}) or number (expected {"min": 2})."""

    __tablename__ = "vacancy_questions"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("vacancies.id", ondelete="CASCADE"), index=True)
    ord: Mapped[int]
    kind: Mapped[str] = mapped_column(server_default="yes_no")
    text: Mapped[str]
    expected: Mapped[dict[str, Any]] = mapped_column(JSONB)
