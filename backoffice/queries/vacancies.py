"""What the pages of vacancies read besides the service's own search."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from huntred.access.models import Grant, User
from huntred.applications.models import Application, Stage
from huntred.companies.models import Company, Contact
from huntred.units.models import Division
from huntred.vacancies.models import Vacancy


def application_counts(session: Session, vacancy_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(Application.vacancy_id, func.count(Application.id))
        .where(Application.vacancy_id.in_(vacancy_ids))
        .group_by(Application.vacancy_id)
    )
    return {row[0]: row[1] for row in rows}


def cities(session: Session) -> list[str]:
    return list(
        session.scalars(select(Vacancy.city).where(Vacancy.city != "").distinct().order_by(Vacancy.city).limit(300))
    )


def companies(session: Session, unit: str | None = None) -> list[Company]:
    query = select(Company).order_by(Company.name).limit(1000)
    return list(session.scalars(query.where(Company.unit == unit) if unit else query))


def contacts(session: Session, unit: str) -> list[Contact]:
    return list(session.scalars(select(Contact).where(Contact.unit == unit).order_by(Contact.name).limit(1000)))


def divisions(session: Session, unit: str, only: tuple[UUID, ...] = ()) -> list[Division]:
    found = session.scalars(select(Division).where(Division.unit == unit).order_by(Division.name)).all()
    return [division for division in found if not only or division.id in only]


def colleagues(session: Session, unit: str) -> list[User]:
    """Active users with a role in the unit."""
    return list(
        session.scalars(
            select(User)
            .where(User.active, User.id.in_(select(Grant.user_id).where(Grant.unit == unit)))
            .order_by(User.name)
        )
    )


def applications_of(session: Session, vacancy_id: UUID) -> list[Application]:
    return list(
        session.scalars(
            select(Application)
            .join(Stage, Application.stage_id == Stage.id)
            .where(Application.vacancy_id == vacancy_id)
            .options(joinedload(Application.profile))
            .order_by(Stage.ord, Application.score.desc().nulls_last(), Application.created_at)
            .limit(300)
        )
    )
