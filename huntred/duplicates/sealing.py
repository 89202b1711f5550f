"""What takes a merge back, of people or of vacancies (`huntred/alike`): sealed into the merge's row for 30 days.

model, of each function: the table of the merges, `PersonMerge` or `VacancyMerge`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import undefer

from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates.rules import UNDO_DAYS

_QUIET = {"synchronize_session": False}
M = TypeVar("M")


def seal(uow: UnitOfWork, model: Any, merge_id: UUID, told: Mapping[str, Any], **values: Any) -> None:
    """Write what takes the merge back into its row. told: as JSON holds it. values: of other columns.

    As a statement: the audit has the merge already, and no word of what it took.
    """
    uow.session.execute(
        update(model)
        .where(model.id == merge_id)
        .values(undo_sealed=json.dumps(told, ensure_ascii=False), **values),
        execution_options=_QUIET,
    )


def read(merge: Any) -> dict[str, Any]:
    """Return what was sealed, of a merge that was loaded with it; empty where it is erased."""
    told: dict[str, Any] = json.loads(merge.undo_sealed or "{}")
    return told


def undoable_until(uow: UnitOfWork, merge: Any, *, now: datetime) -> datetime | None:
    """Until when a merge can be taken back; none where it cannot any more."""
    model = type(merge)
    ends: datetime = merge.merged_at + timedelta(days=UNDO_DAYS)
    there = uow.session.scalar(select(model.id).where(model.id == merge.id, model.undo_sealed.is_not(None)))
    return ends if there is not None and merge.undone_at is None and now < ends else None


def locked(uow: UnitOfWork, model: type[M], merge_id: UUID, *, now: datetime) -> M | None:
    """Return the merge, locked and with what takes it back; none where it cannot be taken back any more."""
    of: Any = model
    merge = uow.session.scalars(
        select(of).where(of.id == merge_id).options(undefer(of.undo_sealed))
        .with_for_update().execution_options(populate_existing=True)
    ).one()  # fmt: skip
    if merge.undone_at is not None or not merge.undo_sealed or now >= merge.merged_at + timedelta(days=UNDO_DAYS):
        return None
    found: M = merge
    return found


def erase(uow: UnitOfWork, model: Any, which: ColumnElement[bool], **values: Any) -> int:
    """Erase what takes these merges of the unit back, with other columns; return of how many."""
    result = uow.session.execute(
        update(model)
        .where(model.unit == uow.unit, model.undo_sealed.is_not(None), which)
        .values(undo_sealed=None, **values),
        execution_options=_QUIET,
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def over(model: Any, *, now: datetime) -> ColumnElement[bool]:
    """The merges whose time to be taken back has ended."""
    ended: ColumnElement[bool] = model.merged_at <= now - timedelta(days=UNDO_DAYS)
    return ended
