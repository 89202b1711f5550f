"""The unit's own cases that have ended. What was generated for a demonstration is never among them."""

from __future__ import annotations

import math
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, lazyload, load_only

from contract.text import normalise
from huntred.applications.models import Application, Stage
from huntred.applications.rules import ENDED_KINDS
from huntred.people.models import UnitProfile
from huntred.predictions.rules import MOST_CASES
from huntred.predictions.types import Case, Traits
from huntred.vacancies.models import Vacancy
from huntred.vacancies.rules import monthly

_LEAST_LETTERS = 3
# So that a difference of ten years, of a factor e in pay, of five openings is as much as can be.
_YEARS, _OPENINGS = 10.0, 5.0
_ENDED_STATES = ("filled", "closed")


def vacancy_cases(session: Session, unit: str) -> tuple[Case, ...]:
    """Vacancies that were filled or closed, the latest first."""
    rows = session.scalars(
        select(Vacancy)
        .where(
            Vacancy.unit == unit,
            Vacancy.state.in_(_ENDED_STATES),
            # As `ix_vacancies_ended` has it: PostgreSQL does not see that IS FALSE says the same, and without
            # "not null" it begins with all that ended nobody knows when.
            ~Vacancy.generated,
            Vacancy.closed_at.is_not(None),
            Vacancy.published_at.is_not(None),
            Vacancy.closed_at > Vacancy.published_at,
        )
        .options(lazyload(Vacancy.company), lazyload(Vacancy.requirements))
        .order_by(Vacancy.closed_at.desc(), Vacancy.id)
        .limit(MOST_CASES)
    )
    return tuple(
        Case(
            row.id, row.number, row.title, row.published_at, row.closed_at, row.state == "filled", vacancy_traits(row)
        )
        for row in rows
        if row.published_at is not None and row.closed_at is not None
    )


def application_cases(session: Session, unit: str) -> tuple[Case, ...]:
    """Applications that ended, in a hire or not, the latest first."""
    rows = session.scalars(
        select(Application)
        .join(Stage, Application.stage_id == Stage.id)
        .join(Vacancy, Application.vacancy_id == Vacancy.id)
        .join(UnitProfile, Application.profile_id == UnitProfile.id)
        .where(
            Application.unit == unit,
            Stage.kind.in_(ENDED_KINDS),
            Application.generated.is_(False),
            Vacancy.generated.is_(False),
            UnitProfile.generated.is_(False),
            Application.moved_at > Application.created_at,
        )
        # The joins that are there, once: each table that row-level security guards costs planning.
        .options(
            contains_eager(Application.stage),
            contains_eager(Application.profile).load_only(UnitProfile.experience_years, UnitProfile.salary_amount),
            contains_eager(Application.vacancy).options(
                load_only(
                    Vacancy.title, Vacancy.min_experience_years, Vacancy.salary_min, Vacancy.salary_max,
                    Vacancy.salary_period,
                ),
                lazyload(Vacancy.company),
                lazyload(Vacancy.requirements),
            ),
        )
        .order_by(Application.moved_at.desc(), Application.id)
        .limit(MOST_CASES)
    )  # fmt: skip
    return tuple(
        Case(
            row.id, row.number, row.vacancy.title, row.created_at, row.moved_at, row.stage.kind == "hired",
            application_traits(row),
        )
        for row in rows
    )  # fmt: skip


def vacancy_traits(vacancy: Vacancy) -> Traits:
    """Work, place and pay: what is written of it before anybody applies."""
    pay = monthly(vacancy.salary_max or vacancy.salary_min, vacancy.salary_period)
    years = vacancy.min_experience_years
    words = {word for word in normalise(vacancy.title).split() if len(word) >= _LEAST_LETTERS}
    kinds = {
        f"{name}:{normalise(value)}"
        for name, value in (
            ("modality", vacancy.modality), ("seniority", vacancy.seniority), ("region", vacancy.region),
            ("city", vacancy.city),
        )
        if value
    }  # fmt: skip
    return Traits(
        (
            None if pay is None or pay <= 0 else math.log(float(pay)),
            None if years is None else float(years) / _YEARS,
            min(vacancy.openings, 10) / _OPENINGS,
        ),
        frozenset(words | kinds),
    )


def application_traits(application: Application) -> Traits:
    """What was known when it came, about the work alone."""
    vacancy, profile = application.vacancy, application.profile
    return work_traits(
        application.score, application.knocked_out, profile.experience_years, profile.salary_amount,
        vacancy.min_experience_years, vacancy.salary_max or vacancy.salary_min, vacancy.salary_period,
    )  # fmt: skip


def work_traits(
    score: Decimal | None, knocked_out: bool, has_years: Decimal | None, wanted: Decimal | None,
    asked_years: Decimal | None, pay: Decimal | None, pay_period: str,
) -> Traits:  # fmt: skip
    """Affinity, questions, experience and pay beside what is asked.

    Who the person is, where they come from or live, is no part of it (LFT art. 133).
    """
    offered = monthly(pay, pay_period)
    return Traits(
        (
            # The affinities of one vacancy lie close together: a fifth is as much as can be.
            None if score is None else float(score) * 5,
            0.0 if knocked_out else 1.0,
            _years_beyond(has_years, asked_years),
            None if not wanted or not offered else math.log(float(wanted) / float(offered)),
        )
    )


def _years_beyond(has: Decimal | None, asked: Decimal | None) -> float | None:
    return None if has is None else float(has - (asked or Decimal(0))) / _YEARS
