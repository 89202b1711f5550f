"""Queries over applications and stages."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from huntred.applications.models import Application, ApplicationMerge, ApplicationMove, RejectReason, Stage
from huntred.people.models import UnitProfile


def _locking(query: Select[Application]) -> Select[Application]:
    """Lock the rows, with what was read before the lock read anew.

    The stage is read by a query of its own: a joined one would still be the stage of before the wait, which no longer
    fits, and so none at all (PostgreSQL looks again at the locked row alone).
    """
    return (
        query.options(selectinload(Application.stage))
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    )


def get(session: Session, application_id: UUID, *, lock: bool = False) -> Application | None:
    """Return it; of one that was folded into another, that one."""
    query = select(Application).where(Application.id == application_id)
    found = session.scalars(_locking(query) if lock else query).one_or_none()
    if found is None:
        into = session.scalar(select(ApplicationMerge.into_id).where(ApplicationMerge.id == application_id))
        return get(session, into, lock=lock) if into else None
    return found


def by_ids(session: Session, application_ids: list[UUID], *, lock: bool = False) -> dict[UUID, Application]:
    """Those that this scope sees, with vacancy and profile; locked in one order, whoever asks."""
    query = select(Application).where(Application.id.in_(application_ids)).order_by(Application.id)
    query = query.options(selectinload(Application.vacancy), selectinload(Application.profile))
    query = _locking(query) if lock else query
    return {application.id: application for application in session.scalars(query)}


def count_in_stage(session: Session, stage_id: UUID, vacancy_ids: list[UUID]) -> dict[UUID, int]:
    query = (
        select(Application.vacancy_id, func.count(Application.id))
        .where(Application.vacancy_id.in_(vacancy_ids), Application.stage_id == stage_id)
        .group_by(Application.vacancy_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def moves_of_batch(session: Session, unit: str, batch_id: UUID, user_id: UUID) -> list[ApplicationMove]:
    """What this user moved together and nobody took back."""
    undoing = aliased(ApplicationMove)
    query = select(ApplicationMove).where(
        ApplicationMove.unit == unit,
        ApplicationMove.batch_id == batch_id,
        ApplicationMove.user_id == user_id,
        ~select(undoing.id).where(undoing.undoes_id == ApplicationMove.id).exists(),
    )
    return list(session.scalars(query.order_by(ApplicationMove.application_id)))


def by_number(session: Session, number: int) -> Application | None:
    found = session.scalars(select(Application).where(Application.number == number)).one_or_none()
    if found is None:
        into = session.scalar(select(ApplicationMerge.into_id).where(ApplicationMerge.number == number))
        return get(session, into) if into else None
    return found


def of_vacancy_and_person(session: Session, vacancy_id: UUID, person_id: UUID) -> Application | None:
    query = select(Application).where(Application.vacancy_id == vacancy_id, Application.person_id == person_id)
    return session.scalars(_locking(query)).one_or_none()


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


def reject_reasons(session: Session, unit: str, *, only_active: bool = True) -> list[RejectReason]:
    query = select(RejectReason).where(RejectReason.unit == unit).order_by(RejectReason.ord)
    return list(session.scalars(query.where(RejectReason.active) if only_active else query))


def reject_reason(session: Session, reason_id: UUID) -> RejectReason | None:
    return session.scalars(select(RejectReason).where(RejectReason.id == reason_id)).one_or_none()


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
