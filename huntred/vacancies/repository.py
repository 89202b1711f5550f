"""Queries over vacancies. What a session may see is PostgreSQL's work (row-level security)."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session, selectinload

from huntred.access.models import User
from huntred.companies.models import Company, Contact
from huntred.geography import distance_km
from huntred.pages import Page, read_cursor, write_cursor
from huntred.search import narrowing
from huntred.units.models import Division
from huntred.vacancies.models import Vacancy
from huntred.vacancies.types import VacancyFilter

_KM_PER_DEGREE = 111.2


def get(session: Session, vacancy_id: UUID, *, lock: bool = False) -> Vacancy | None:
    query = select(Vacancy).where(Vacancy.id == vacancy_id)
    if lock:
        query = query.with_for_update(of=Vacancy)
    return session.scalars(query).one_or_none()


def hold_key(session: Session, vacancy: Vacancy) -> None:
    """Take the lock that a reference to it takes, before what it says is believed."""
    session.refresh(vacancy, with_for_update={"read": True, "key_share": True, "of": Vacancy})


UNIT_OWNED = ("company_id", "contact_id", "division_id", "consultant_id")


def is_of_unit(session: Session, name: str, wanted: UUID, unit: str) -> bool:
    """Whether what a vacancy's field (one of UNIT_OWNED) names belongs to the unit; a user: may be seen by who asks."""
    queries: dict[str, Select[Any]] = {
        "company_id": select(Company.id).where(Company.id == wanted, Company.unit == unit),
        "contact_id": select(Contact.id).where(Contact.id == wanted, Contact.unit == unit),
        "division_id": select(Division.id).where(Division.id == wanted, Division.unit == unit),
        "consultant_id": select(User.id).where(User.id == wanted),
    }
    return session.scalar(queries[name]) is not None


def company_name(session: Session, company_id: UUID) -> str:
    """Return a company's name; empty where there is none of this id."""
    return session.scalar(select(Company.name).where(Company.id == company_id)) or ""


def by_number(session: Session, number: int) -> Vacancy | None:
    return session.scalars(select(Vacancy).where(Vacancy.number == number)).one_or_none()


def by_ids(session: Session, ids: list[UUID]) -> dict[UUID, Vacancy]:
    return {vacancy.id: vacancy for vacancy in session.scalars(select(Vacancy).where(Vacancy.id.in_(ids)))}


def with_questions(session: Session, ids: Sequence[UUID]) -> None:
    """Read the questions of vacancies that are at hand in one query, not one of each."""
    session.scalars(select(Vacancy).where(Vacancy.id.in_(ids)).options(selectinload(Vacancy.questions))).all()


def search(session: Session, wanted: VacancyFilter, cursor: str, limit: int) -> Page[Vacancy]:
    """Newest first. Each word of the text must stand in the vacancy, whatever its accents and case."""
    query = matching(session, wanted).order_by(Vacancy.created_at.desc(), Vacancy.id.desc()).limit(limit + 1)
    after = read_cursor(cursor)
    if after is not None:
        query = query.where(tuple_(Vacancy.created_at, Vacancy.id) < after)
    rows = list(session.scalars(query))
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(shown, write_cursor(shown[-1].created_at, shown[-1].id) if more else "")


def matching(session: Session, wanted: VacancyFilter) -> Select[Vacancy]:
    """Return what a filter leaves, in no order."""
    found = narrowing.condition(session, "vacancy", Vacancy.id, Vacancy.search_text, wanted.text)
    return select(Vacancy).where(*_conditions(wanted), *([] if found is None else [found]))


def _conditions(wanted: VacancyFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.company_id and wanted.named_only:
        conditions.append(~Vacancy.confidential)
    for column, value in (
        (Vacancy.state, wanted.state),
        (Vacancy.city, wanted.city),
        (Vacancy.region, wanted.region),
        (Vacancy.company_id, wanted.company_id),
        (Vacancy.division_id, wanted.division_id),
        (Vacancy.consultant_id, wanted.consultant_id),
    ):
        if value:
            conditions.append(column == value)
    return conditions


def nearby(
    session: Session, latitude: float, longitude: float, *, limit: int, radius_km: float,
    left_out: Collection[UUID], permit: str,
) -> list[tuple[Vacancy, float]]:  # fmt: skip
    """Open vacancies with a place within the radius, nearest first."""
    # A square of degrees narrows in SQL; the circle is drawn here.
    height = radius_km / _KM_PER_DEGREE
    width = height / max(math.cos(math.radians(latitude)), 0.01)
    query = select(Vacancy).where(
        Vacancy.state == "open",
        Vacancy.modality != "remote",
        Vacancy.latitude.between(latitude - height, latitude + height),
        Vacancy.longitude.between(longitude - width, longitude + width),
    )
    measured = [
        (vacancy, distance_km(latitude, longitude, vacancy.latitude or 0.0, vacancy.longitude or 0.0))
        for vacancy in session.scalars(query)
        if vacancy.id not in left_out and (not permit or not vacancy.permits or permit in vacancy.permits)
    ]
    within = [pair for pair in measured if pair[1] <= radius_km]
    return sorted(within, key=lambda pair: (pair[1], pair[0].number))[:limit]
