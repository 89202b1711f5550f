"""What a board reads: its columns a page at a time, by key; how many stand in each; what was moved last.

A board is a set of vacancies of one unit. The cards of its columns are taken from each vacancy's part of the index and
merged, so that a table of millions costs no more than the cards that are shown.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Uuid,
    and_,
    any_,
    column,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session, aliased, joinedload, lazyload, load_only

from backoffice.queries.board_filter import BoardFilter, aged, came_by, conditions
from huntred.access.models import User
from huntred.applications.models import Application, ApplicationMove, Stage
from huntred.applications.rules import ENDED_KINDS
from huntred.db.lanes import first
from huntred.errors import FieldInvalid
from huntred.pages import Page, read_cursor, write_cursor
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


def cards(
    session: Session,
    vacancy_ids: Sequence[UUID],
    columns: Sequence[tuple[Stage, int]],
    wanted: BoardFilter,
    cursor: str = "",
    *,
    now: datetime,
) -> dict[UUID, Page[Application]]:
    """By stage, a page of so many: who waits longest first, or the best affinity; where it has ended, the latest first.

    cursor: of the only column. All are read together: to plan each for itself takes longer than to read it. The order
    by chance is made from a page by affinity (`backoffice/outlook.py`): no index knows it.
    """
    found: dict[UUID, list[UUID]] = {stage.id: [] for stage, _ in columns}
    for ended in (False, True):
        alike = [one for one in columns if (one[0].kind in ENDED_KINDS) is ended]
        for stage_id, application_id in _found(session, vacancy_ids, alike, wanted, cursor, now):
            found[stage_id].append(application_id)
    lengths = {stage.id: limit for stage, limit in columns}
    shown = {stage_id: ids[: lengths[stage_id]] for stage_id, ids in found.items()}
    rows = session.scalars(
        select(Application)
        .where(Application.id == any_(literal([one for ids in shown.values() for one in ids], ARRAY(Uuid))))
        .options(
            joinedload(Application.profile),
            joinedload(Application.vacancy).options(
                load_only(Vacancy.title, Vacancy.unit), lazyload(Vacancy.company), lazyload(Vacancy.requirements)
            ),
        )
    )
    by_id = {row.id: row for row in rows}
    pages = {}
    for stage, limit in columns:
        items = [by_id[one] for one in shown[stage.id] if one in by_id]
        more = items and len(found[stage.id]) > limit
        pages[stage.id] = Page(items, _cursor_after(items[-1], _by_score(stage, wanted)) if more else "")
    return pages


def _found(
    session: Session,
    vacancy_ids: Sequence[UUID],
    columns: Sequence[tuple[Stage, int]],
    wanted: BoardFilter,
    cursor: str,
    now: datetime,
) -> list[Any]:
    """The stage and the id of the cards of columns that are in the same order, one more than is asked for of each."""
    if wanted.age:
        columns = [one for one in columns if came_by(one[0], wanted, now) is not None]
    if not columns or not vacancy_ids:
        return []
    ids = literal(list(vacancy_ids), ARRAY(Uuid))
    one = func.unnest(ids).table_valued(column("id", Uuid), name="one").render_derived()
    asked = (
        func.unnest(
            literal([stage.id for stage, _ in columns], ARRAY(Uuid)),
            literal([limit + 1 for _, limit in columns], ARRAY(Integer)),
            literal([came_by(stage, wanted, now) for stage, _ in columns], ARRAY(DateTime(timezone=True))),
        )
        .table_valued(
            column("id", Uuid), column("most", Integer), column("came_by", DateTime(timezone=True)), name="asked"
        )
        .render_derived()
    )
    part = (
        select(Application.id, Application.moved_at, Application.score)
        .where(Application.vacancy_id == one.c.id, Application.stage_id == asked.c.id, *conditions(wanted))
        .correlate(one, asked)
    )
    if wanted.age:
        part = part.where(Application.moved_at <= asked.c.came_by)
    any_stage = columns[0][0]
    by_score = _by_score(any_stage, wanted)
    after = _after_score(cursor) if by_score else _after_moved(cursor, any_stage)
    if after is not None:
        part = part.where(after)
    longest = max(limit for _, limit in columns) + 1
    card = part.order_by(*_order(any_stage, by_score, Application)).limit(longest).lateral("card")
    place = func.row_number().over(partition_by=asked.c.id, order_by=_order(any_stage, by_score, card.c))
    merged = (
        select(asked.c.id.label("stage_id"), asked.c.most, card.c.id, place.label("place"))
        .select_from(one)
        .join(asked, true())
        .join(card, true())
        .subquery()
    )
    query = select(merged.c.stage_id, merged.c.id).where(merged.c.place <= merged.c.most)
    return list(session.execute(query.order_by(merged.c.stage_id, merged.c.place)))


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


def _by_score(stage: Stage, wanted: BoardFilter) -> bool:
    return wanted.order != "wait" and stage.kind not in ENDED_KINDS


def _order(stage: Stage, by_score: bool, of: Any) -> list[ColumnElement[Any]]:
    if by_score:
        return [of.score.desc().nulls_last(), of.id]
    if stage.kind in ENDED_KINDS:
        return [of.moved_at.desc(), of.id.desc()]
    return [of.moved_at, of.id]


def _after_moved(cursor: str, stage: Stage) -> ColumnElement[bool] | None:
    after = read_cursor(cursor)
    if after is None:
        return None
    key = tuple_(Application.moved_at, Application.id)
    return key < after if stage.kind in ENDED_KINDS else key > after


def _cursor_after(last: Application, by_score: bool) -> str:
    if not by_score:
        return write_cursor(last.moved_at, last.id)
    value = None if last.score is None else str(last.score)
    return base64.urlsafe_b64encode(json.dumps([value, str(last.id)]).encode()).decode()


def _after_score(cursor: str) -> ColumnElement[bool] | None:
    if not cursor:
        return None
    try:
        value, raw_id = json.loads(base64.urlsafe_b64decode(cursor))
        row_id, score = UUID(raw_id), None if value is None else Decimal(value)
    except (ValueError, TypeError, AttributeError, InvalidOperation, binascii.Error):
        raise FieldInvalid("cursor", "not_a_cursor") from None
    if score is None:
        return and_(Application.score.is_(None), Application.id > row_id)
    return or_(
        Application.score < score,
        Application.score.is_(None),
        and_(Application.score == score, Application.id > row_id),
    )
