"""What the pages of vacancies read besides the service's own search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session, joinedload

from huntred.access.models import AuditEntry, Grant, User
from huntred.applications.models import Application, ApplicationMove, Stage
from huntred.companies.models import Company, Contact
from huntred.db.lanes import first
from huntred.shortlists.models import ShortlistEntry
from huntred.units.models import Division


def application_counts(session: Session, vacancy_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(Application.vacancy_id, func.count(Application.id))
        .where(Application.vacancy_id.in_(vacancy_ids))
        .group_by(Application.vacancy_id)
    )
    return {row[0]: row[1] for row in rows}


# One look into the index (unit, city, …) a town, however many vacancies it has.
_CITIES = text("""
WITH RECURSIVE town(unit, city) AS (
  SELECT u, (SELECT min(city) FROM vacancies WHERE unit = u AND city > '') FROM unnest(CAST(:units AS text[])) u
  UNION ALL
  SELECT unit, (SELECT min(v.city) FROM vacancies v WHERE v.unit = town.unit AND v.city > town.city)
  FROM town WHERE city IS NOT NULL
) SELECT DISTINCT city FROM town WHERE city IS NOT NULL ORDER BY city LIMIT 300
""")


def cities(session: Session) -> list[str]:
    """The towns of the vacancies that this scope sees."""
    return list(session.scalars(_CITIES, {"units": list(session.info["scope"].units)}))


def companies(session: Session, unit: str | None = None) -> list[Row[tuple[UUID, str]]]:
    """Ids and names, to choose from."""
    lanes = (Company.unit, (unit,) if unit else session.info["scope"].units)
    query = first(select(Company), Company.name, Company.id, lanes, None, 1000, descending=False)
    return list(session.execute(query.with_only_columns(Company.id, Company.name, maintain_column_froms=True)))


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


@dataclass(frozen=True)
class Step:
    """One stage of a vacancy's funnel. now: who stands there; reached: who ever did."""

    stage: Stage
    now: int
    reached: int


def funnel(session: Session, vacancy_id: UUID) -> list[Step]:
    """The stages that anybody reached, in the board's order."""
    applied = select(Application.id, Application.stage_id).where(Application.vacancy_id == vacancy_id).subquery()
    standing = select(applied.c.id, applied.c.stage_id)
    moved = select(applied.c.id, ApplicationMove.to_stage_id).join(
        ApplicationMove, ApplicationMove.application_id == applied.c.id
    )
    reached = standing.union(moved).subquery()
    counted = {
        row[0]: row[1]
        for row in session.execute(select(reached.c.stage_id, func.count()).group_by(reached.c.stage_id))
    }
    now = {
        row[0]: row[1]
        for row in session.execute(select(applied.c.stage_id, func.count()).group_by(applied.c.stage_id))
    }
    stages = session.scalars(select(Stage).where(Stage.id.in_(counted)).order_by(Stage.ord))
    return [Step(stage, now.get(stage.id, 0), counted[stage.id]) for stage in stages]


def history_of(session: Session, vacancy_id: UUID) -> list[AuditEntry]:
    """What was done to the vacancy by whom, newest first."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.object_id == str(vacancy_id), AuditEntry.object_type.in_(("vacancies", "request")))
        .order_by(AuditEntry.id.desc())
        .limit(200)
    )
    return list(session.scalars(query))


def on_shortlist(session: Session, vacancy_id: UUID) -> set[UUID]:
    """The profiles on the vacancy's shortlist."""
    return set(session.scalars(select(ShortlistEntry.profile_id).where(ShortlistEntry.vacancy_id == vacancy_id)))


def applied(session: Session, vacancy_id: UUID) -> dict[UUID, UUID]:
    """Who applied: profile → application."""
    rows = session.execute(
        select(Application.profile_id, Application.id).where(Application.vacancy_id == vacancy_id)
    )
    return {row[0]: row[1] for row in rows}


def answers_of(session: Session, vacancy_id: UUID, profile_id: UUID) -> list[dict[str, Any]]:
    """What somebody answered in the chat when applying: question, answer, passed; empty where they did not apply."""
    query = select(Application.answers).where(
        Application.vacancy_id == vacancy_id, Application.profile_id == profile_id
    )
    return session.scalar(query) or []
