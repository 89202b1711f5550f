"""Reads what a ranker weighs: columns by name, so that nothing else of a profile is even loaded."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from huntred.matching.models import ProfileVector
from huntred.matching.ports import CandidateFeatures, RequirementFeatures, VacancyFeatures
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy, VacancyRequirement
from huntred.vacancies.rules import monthly

_VACANCY_COLUMNS = (
    Vacancy.id, Vacancy.title, Vacancy.description, Vacancy.city, Vacancy.region, Vacancy.latitude, Vacancy.longitude,
    Vacancy.modality, Vacancy.min_experience_years, Vacancy.salary_min, Vacancy.salary_max, Vacancy.salary_currency,
    Vacancy.salary_period, Vacancy.permits, Vacancy.schedule, Vacancy.seniority, Vacancy.kind,
)  # fmt: skip
_PROFILE_COLUMNS = (
    UnitProfile.id, UnitProfile.headline, UnitProfile.experience_text, UnitProfile.skills,
    UnitProfile.experience_years, UnitProfile.salary_amount, UnitProfile.salary_currency, UnitProfile.city,
    UnitProfile.state, UnitProfile.latitude, UnitProfile.longitude,
)  # fmt: skip


def says_of_work() -> ColumnElement[bool]:
    """Profiles that say anything of work: the others are not ranked for any vacancy."""
    return (UnitProfile.headline != "") | (func.cardinality(UnitProfile.skills) > 0)


def open_vacancies(
    session: Session, unit: str, among: Sequence[UUID] | None = None, *, most: int | None = None, kind: str = ""
) -> list[tuple[VacancyFeatures, list[str]]]:
    """Open vacancies of the unit, newest first, each with the work permits that it accepts (none: all).

    among: these only, all of them where none are given. most: the newest so many. kind: of this kind only.
    """
    query = _vacancies().where(Vacancy.unit == unit, Vacancy.state == "open")
    if kind:
        query = query.where(Vacancy.kind == kind)
    if among is not None:
        query = query.where(Vacancy.id.in_(among))
    rows = session.execute(query.order_by(Vacancy.published_at.desc(), Vacancy.number.desc()).limit(most))
    return [(_vacancy(row), row.permits) for row in rows]


def more_open_than(session: Session, unit: str, number: int, *, kind: str = "") -> bool:
    """Say whether more vacancies of the unit are open than that, without counting all of them."""
    query = select(Vacancy.id).where(Vacancy.unit == unit, Vacancy.state == "open")
    if kind:
        query = query.where(Vacancy.kind == kind)
    return session.scalar(query.offset(number).limit(1)) is not None


def vacancy(session: Session, vacancy_id: UUID) -> tuple[VacancyFeatures, str, list[str]] | None:
    """A vacancy with its unit and the permits that it accepts."""
    row = session.execute(_vacancies().add_columns(Vacancy.unit).where(Vacancy.id == vacancy_id)).one_or_none()
    return None if row is None else (_vacancy(row), row.unit, row.permits)


def candidate(session: Session, unit: str, person_id: UUID) -> tuple[CandidateFeatures, str] | None:
    """What the person told this unit, with the work permit beside it."""
    query = select(*_PROFILE_COLUMNS, UnitProfile.work_permit).where(
        UnitProfile.unit == unit, UnitProfile.person_id == person_id
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (_candidate(row), row.work_permit)


def candidates_named(
    session: Session, unit: str, ids: Sequence[UUID], model: str = ""
) -> tuple[list[tuple[UUID, CandidateFeatures]], list[bytes]]:
    """These profiles of the unit, whatever they say; and what that ranker's model keeps of their phrases."""
    return _read(session, _profiles(unit, model).where(UnitProfile.id.in_(ids)))


def candidates(
    session: Session, unit: str, permits: Sequence[str], *, among: Sequence[UUID] | None = None, model: str = "",
    most: int | None = None,
) -> tuple[list[tuple[UUID, CandidateFeatures]], list[bytes]]:  # fmt: skip
    """Profiles of the unit that say anything about work, and whose permit the vacancy accepts or nobody knows.

    among: these only. most: so many of those that changed last. With them what the ranker's model keeps of their
    phrases, where a model is named.
    """
    query = _profiles(unit, model).where(says_of_work())
    if among is not None:
        query = query.where(UnitProfile.id.in_(among))
    if permits:
        query = query.where(UnitProfile.work_permit.in_(["", *permits]))
    return _read(session, query.order_by(UnitProfile.updated_at.desc()).limit(most))


def more_people_than(session: Session, unit: str, number: int) -> bool:
    """Say whether more profiles of the unit say anything of work than that, without counting all of them."""
    query = select(UnitProfile.id).where(UnitProfile.unit == unit, says_of_work()).offset(number).limit(1)
    return session.scalar(query) is not None


def _profiles(unit: str, model: str) -> Any:
    # Without a model no row is joined: there is none of that name.
    kept = (ProfileVector.profile_id == UnitProfile.id) & (ProfileVector.model == model)
    query: Any = select(*_PROFILE_COLUMNS, ProfileVector.phrases)
    return query.outerjoin(ProfileVector, kept).where(UnitProfile.unit == unit)


def _read(session: Session, query: Any) -> tuple[list[tuple[UUID, CandidateFeatures]], list[bytes]]:
    rows = session.execute(query).all()
    return [(row.id, _candidate(row)) for row in rows], [bytes(row.phrases) for row in rows if row.phrases]


def profiles(session: Session, ids: list[UUID]) -> dict[UUID, UnitProfile]:
    return {row.id: row for row in session.scalars(select(UnitProfile).where(UnitProfile.id.in_(ids)))}


def _vacancies() -> Any:
    # One row a vacancy: its requirements come as one JSON value, in their order.
    wanted = (
        select(
            func.json_agg(
                func.json_build_array(
                    VacancyRequirement.name, VacancyRequirement.kind, VacancyRequirement.importance,
                    VacancyRequirement.min_years,
                )
            ).label("requirements")
        )
        .where(VacancyRequirement.vacancy_id == Vacancy.id)
        .correlate(Vacancy)
        .scalar_subquery()
    )  # fmt: skip
    return select(*_VACANCY_COLUMNS, wanted.label("requirements"))


def _vacancy(row: Any) -> VacancyFeatures:
    return VacancyFeatures(
        id=row.id,
        title=row.title,
        description=row.description,
        schedule=row.schedule,
        seniority=row.seniority,
        requirements=tuple(
            RequirementFeatures(name, kind, importance, None if years is None else Decimal(str(years)))
            for name, kind, importance, years in row.requirements or ()
        ),
        city=row.city,
        region=row.region,
        latitude=row.latitude,
        longitude=row.longitude,
        remote=row.modality == "remote",
        min_experience_years=row.min_experience_years,
        salary_min=monthly(row.salary_min, row.salary_period),
        salary_max=monthly(row.salary_max, row.salary_period),
        salary_currency=row.salary_currency,
        kind=row.kind,
    )


def _candidate(row: Any) -> CandidateFeatures:
    return CandidateFeatures(
        title=row.headline,
        background=row.experience_text,
        skills=tuple(row.skills),
        experience_years=row.experience_years,
        salary_monthly=row.salary_amount,
        salary_currency=row.salary_currency,
        city=row.city,
        region=row.state,
        latitude=row.latitude,
        longitude=row.longitude,
    )
