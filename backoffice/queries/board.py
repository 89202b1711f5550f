"""What a board reads around its cards: whose boards there are, how many stand in each column, what was moved last.

The cards themselves: board_cards.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased, lazyload, load_only

from backoffice.queries.board_filter import BoardFilter, aged, conditions
from huntred.access.models import User
from huntred.applications.models import Application, ApplicationMove, Stage
from huntred.db.lanes import first
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy

WORKING = ("open", "paused")
UNDO_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True)
class StageCount:
    """total: of all vacancies of the board. over: how many of its vacancies stand at their limit or over it."""

    total: int
    over: int


@dataclass(frozen=True)
class LastBatch:
    """What the user moved last and may still take back. name: of the only person, where there is only one."""

    batch_id: UUID
    unit: str
    at: datetime
    stage_name: str
    count: int
    profile: UnitProfile | None


def vacancy_ids_of(session: Session, consultant_id: UUID, unit: str) -> list[UUID]:
    """The vacancies that the consultant works on now."""
    return list(
        session.scalars(
            select(Vacancy.id)
            .where(Vacancy.consultant_id == consultant_id, Vacancy.unit == unit, Vacancy.state.in_(WORKING))
            .order_by(Vacancy.id)
        )
    )


def vacancies(session: Session, unit: str, limit: int = 300) -> list[Vacancy]:
    """For the choice of a board: those of the unit that are worked on, newest first."""
    query = select(Vacancy).where(Vacancy.unit == unit)
    divisions = session.info["scope"].divisions
    if divisions:
        query = query.where(Vacancy.division_id.in_(divisions))
    query = first(query, Vacancy.created_at, Vacancy.id, (Vacancy.state, WORKING), None, limit).options(
        load_only(Vacancy.title, Vacancy.number, Vacancy.unit, Vacancy.city),
        lazyload(Vacancy.company), lazyload(Vacancy.requirements),
    )  # fmt: skip
    return list(session.scalars(query))


def consultants(session: Session, unit: str) -> list[User]:
    """Who has vacancies of the unit to work on."""
    # A value and no join: one look into the index a user, however many vacancies there are.
    working = (
        select(Vacancy.consultant_id)
        .where(Vacancy.consultant_id == User.id, Vacancy.unit == unit, Vacancy.state.in_(WORKING))
        .limit(1)
        .scalar_subquery()
    )
    return list(session.scalars(select(User).where(working.is_not(None)).order_by(User.name)))


def user(session: Session, user_id: UUID) -> User | None:
    return session.scalars(select(User).where(User.id == user_id)).one_or_none()


def counts(
    session: Session, vacancy_ids: Sequence[UUID], stages: Sequence[Stage], wanted: BoardFilter, *, now: datetime
) -> dict[UUID, StageCount]:
    """How many stand in each stage, as filtered; the limits look at all of them."""
    if not vacancy_ids:
        return {}
    query = (
        select(Application.stage_id, Application.vacancy_id, func.count(Application.id))
        .where(Application.vacancy_id.in_(vacancy_ids))
        .group_by(Application.stage_id, Application.vacancy_id)
    )
    whole = session.execute(query).all()
    shown = whole
    if wanted.narrows:
        by_age = or_(*(and_(Application.stage_id == stage.id, aged(stage, wanted, now)) for stage in stages))
        shown = session.execute(query.where(by_age, *conditions(wanted))).all()
    limits = {stage.id: stage.wip_limit for stage in stages}
    found: dict[UUID, StageCount] = {}
    for stage in stages:
        limit = limits[stage.id]
        found[stage.id] = StageCount(
            sum(number for stage_id, _, number in shown if stage_id == stage.id),
            sum(1 for stage_id, _, number in whole if stage_id == stage.id and limit is not None and number >= limit),
        )
    return found


def stamp(session: Session, vacancy_ids: Sequence[UUID]) -> str:
    """Changes whenever an application of the board came or moved."""
    rows = session.execute(
        select(Application.stage_id, func.count(), func.max(Application.moved_at))
        .where(Application.vacancy_id.in_(vacancy_ids))
        .group_by(Application.stage_id)
        .order_by(Application.stage_id)
    ).all()
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()[:16]


def last_batch(session: Session, user_id: UUID, *, now: datetime) -> LastBatch | None:
    """What the user moved last, where it is not long ago and was not taken back."""
    row = session.execute(
        select(ApplicationMove.batch_id, ApplicationMove.unit, ApplicationMove.at, Stage.name)
        .join(Stage, Stage.id == ApplicationMove.to_stage_id)
        .where(
            ApplicationMove.user_id == user_id,
            ApplicationMove.batch_id.is_not(None),
            ApplicationMove.at > now - UNDO_WITHIN,
        )
        .order_by(ApplicationMove.at.desc(), ApplicationMove.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    undoing = aliased(ApplicationMove)
    members = session.scalars(
        select(ApplicationMove.application_id).where(
            ApplicationMove.batch_id == row.batch_id,
            ~select(undoing.id).where(undoing.undoes_id == ApplicationMove.id).exists(),
        )
    ).all()
    if not members:
        return None
    profile = None
    if len(members) == 1:
        profile = session.scalar(
            select(UnitProfile).join(Application, Application.profile_id == UnitProfile.id)
            .where(Application.id == members[0])
        )  # fmt: skip
    return LastBatch(row.batch_id, row.unit, row.at, row.name, len(members), profile)


def latest_move(session: Session, application_id: UUID) -> tuple[str, datetime] | None:
    """Who moved it last (empty: nobody by hand) and when."""
    row = session.execute(
        select(User.name, ApplicationMove.at)
        .select_from(ApplicationMove)
        .outerjoin(User, User.id == ApplicationMove.user_id)
        .where(ApplicationMove.application_id == application_id)
        .order_by(ApplicationMove.at.desc(), ApplicationMove.version.desc())
        .limit(1)
    ).one_or_none()
    return (row.name or "", row.at) if row else None
