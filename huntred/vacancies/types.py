"""What goes into the vacancies service and comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class RequirementForm:
    name: str
    kind: str = "skill"
    importance: str = "must"
    min_years: Decimal | None = None


@dataclass(frozen=True)
class QuestionForm:
    """expected: {"answer": true} of a yes_no, {"min": 2} and/or {"max": 9} of a number."""

    text: str
    kind: str = "yes_no"
    expected: Mapping[str, Any] = field(default_factory=lambda: {"answer": True})


@dataclass(frozen=True)
class VacancyForm:
    """All that a consultant may write about a vacancy; `update` replaces all of it."""

    title: str
    company_id: UUID
    description: str = ""
    division_id: UUID | None = None
    contact_id: UUID | None = None
    consultant_id: UUID | None = None
    confidential: bool = False
    openings: int = 1
    modality: str = "on_site"
    schedule: str = ""
    benefits: str = ""
    address: str = ""
    city: str = ""
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None
    seniority: str = ""
    min_experience_years: Decimal | None = None
    salary_min: Decimal | None = None
    salary_max: Decimal | None = None
    salary_currency: str = "MXN"
    salary_period: str = "month"
    permits: tuple[str, ...] = ()
    requirements: tuple[RequirementForm, ...] = ()
    questions: tuple[QuestionForm, ...] = ()
    kind: str = "job"
    internship_weeks: int | None = None
    internship_hours: int | None = None
    university_agreement: bool = False
    study_fields: tuple[str, ...] = ()
    unpaid: bool = False


@dataclass(frozen=True)
class VacancyFilter:
    """Every field narrows; what is empty does not. state: `open` unless told, empty for all.

    named_only: a company leads only to the vacancies that name it.
    """

    text: str = ""
    city: str = ""
    region: str = ""
    state: str = "open"
    company_id: UUID | None = None
    division_id: UUID | None = None
    consultant_id: UUID | None = None
    named_only: bool = False
