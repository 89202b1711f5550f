"""The cards of a board's columns, a page at a time, by key.

A board is a set of vacancies of one unit. The cards are taken from each vacancy's part of the index and merged, so that
a table of millions costs no more than the cards that are shown.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
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
from sqlalchemy.orm import Session, joinedload, lazyload, load_only

from backoffice.queries.board_filter import BoardFilter, came_by, conditions
from huntred.applications.models import Application, Stage
from huntred.applications.rules import ENDED_KINDS
from huntred.errors import FieldInvalid
from huntred.pages import Page, read_cursor, write_cursor
from huntred.vacancies.models import Vacancy


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
    of_board = func.unnest(ids).table_valued(column("id", Uuid), name="of_board").render_derived()
    asked = _asked(columns, wanted, now)
    part = (
        select(Application.id, Application.moved_at, Application.score)
        .where(Application.vacancy_id == of_board.c.id, Application.stage_id == asked.c.id, *conditions(wanted))
        .correlate(of_board, asked)
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
        .select_from(of_board)
        .join(asked, true())
        .join(card, true())
        .subquery()
    )
    query = select(merged.c.stage_id, merged.c.id).where(merged.c.place <= merged.c.most)
    return list(session.execute(query.order_by(merged.c.stage_id, merged.c.place)))


def _asked(columns: Sequence[tuple[Stage, int]], wanted: BoardFilter, now: datetime) -> Any:
    """The columns as a table. most: cards, one more than is asked for; came_by: when, to have stood so long."""
    return (
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
