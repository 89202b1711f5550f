"""Queries over applications and stages."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from huntred.applications.models import Application, Stage
from huntred.people.models import UnitProfile


def get(session: Session, application_id: UUID, *, lock: bool = False) -> Application | None:
    query = select(Application).where(Application.id == application_id)
    if lock:
        # What was read before the lock may be old by now.
        query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def by_number(session: Session, number: int) -> Application | None:
    return session.scalars(select(Application).where(Application.number == number)).one_or_none()


def of_vacancy_and_person(session: Session, vacancy_id: UUID, person_id: UUID) -> Application | None:
    query = select(Application).where(Application.vacancy_id == vacancy_id, Application.person_id == person_id)
    return session.scalars(
        query.with_for_update(of=Application).execution_options(populate_existing=True)
    ).one_or_none()


def of_people(session: Session, unit: str, person_ids: list[UUID]) -> list[Application]:
    """Newest first, with their vacancies."""
    query = (
        select(Application)
        .where(Application.unit == unit, Application.person_id.in_(person_ids))
        .options(joinedload(Application.vacancy))
        .order_by(Application.created_at.desc(), Application.number.desc())
    )
    return list(session.scalars(query))


def people_of_email(session: Session, unit: str, email: str) -> list[UUID]:
    query = select(UnitProfile.person_id).where(UnitProfile.unit == unit, UnitProfile.email == email)
    return list(session.scalars(query))


def applied_vacancies(session: Session, unit: str, person_id: UUID) -> set[UUID]:
    """Vacancies that the person has an application for which was not withdrawn."""
    query = (
        select(Application.vacancy_id)
        .join(Stage, Stage.id == Application.stage_id)
        .where(Application.unit == unit, Application.person_id == person_id, Stage.kind != "withdrawn")
    )
    return set(session.scalars(query))


def stages(session: Session, unit: str) -> list[Stage]:
    return list(session.scalars(select(Stage).where(Stage.unit == unit).order_by(Stage.ord)))


def stage(session: Session, stage_id: UUID) -> Stage | None:
    return session.scalars(select(Stage).where(Stage.id == stage_id)).one_or_none()


def divisions_of_person(session: Session, unit: str, person_id: UUID | None) -> set[UUID]:
    """The divisions of the vacancies that somebody applied to in a unit."""
    if person_id is None:
        return set()
    query = select(Application.division_id).where(
        Application.unit == unit, Application.person_id == person_id, Application.division_id.is_not(None)
    )
    return {found for found in session.scalars(query) if found is not None}


def latest_of_person(session: Session, unit: str, person_id: UUID | None) -> list[Application]:
    """What somebody applied to in a unit, newest first, with vacancy and stage."""
    if person_id is None:
        return []
    query = (
        select(Application)
        .where(Application.unit == unit, Application.person_id == person_id)
        .options(joinedload(Application.vacancy), joinedload(Application.stage))
        .order_by(Application.created_at.desc(), Application.number.desc())
        .limit(10)
    )
    return list(session.scalars(query))
