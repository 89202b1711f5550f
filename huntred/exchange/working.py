"""The worker's share of an import: rows are looked at, written and taken back in batches, each in one transaction.

A batch holds its import's row locked: who dies in it leaves nothing half done, and the next one goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import undefer

from huntred.db.session import Scope
from huntred.db.unit_of_work import UnitOfWork, unit_of_work
from huntred.exchange import known, service, undoing, writing
from huntred.exchange.models import ImportedRow, PeopleImport
from huntred.exchange.places import Places, UnknownPlace
from huntred.exchange.reading import Fault, ReadPerson

LOOKED_AT_ONCE = 200
WRITTEN_AT_ONCE = 50
_WORK = ("checking", "writing", "undoing")


def work_next(engine: Engine, unit: str, clock: Callable[[], datetime]) -> bool:
    """Do a batch of what has waited longest in this unit; false: nothing waits. What fails is marked and raised."""
    scope = Scope(units=(unit,))
    at: UUID | None = None
    try:
        with unit_of_work(engine, scope) as uow:
            found = _claim(uow)
            if found is None:
                return False
            at = found.id
            _STEPS[found.state](uow, found, clock())
    except OperationalError:
        # The database was away, or two waited for each other: the batch is done again, and nobody need know.
        raise
    except Exception:
        if at is not None:
            with unit_of_work(engine, scope) as uow:
                _fail(uow, at, now=clock())
        raise
    return True


def _claim(uow: UnitOfWork) -> PeopleImport | None:
    return uow.session.scalar(
        select(PeopleImport)
        .where(PeopleImport.unit == uow.unit, PeopleImport.state.in_(_WORK))
        .order_by(PeopleImport.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _fail(uow: UnitOfWork, import_id: UUID, *, now: datetime) -> None:
    found = uow.session.get_one(PeopleImport, import_id, with_for_update=True)
    if found.state in _WORK:
        found.failed_in, found.state, found.touched_at = found.state, "failed", now


def _rows(uow: UnitOfWork, found: PeopleImport, limit: int, *conditions: Any) -> list[ImportedRow]:
    query = (
        select(ImportedRow)
        .options(undefer(ImportedRow.cells_sealed), undefer(ImportedRow.before_sealed))
        .where(ImportedRow.import_id == found.id, *conditions)
        .limit(limit)
    )
    return list(uow.session.scalars(query.order_by(ImportedRow.row)))


def _check(uow: UnitOfWork, found: PeopleImport, now: datetime) -> None:
    rows = _rows(uow, found, LOOKED_AT_ONCE, ImportedRow.verdict == "")
    places = Places(uow, found.told["values"])
    seen: dict[str, int] = {}
    for row in rows:
        read = _read(found, row, now)
        _look_for_place(found, places, read)
        profile = None if read.faults else known.find(uow, found.system, read)
        if profile is not None and found.division_id and not known.of_division(uow, profile, found.division_id):
            read.faults.append(Fault("email", "of_another_team"))
        row.faults = [vars(fault) for fault in read.faults]
        if read.faults:
            row.verdict = "faulty"
            continue
        row.keys = known.keys(read)
        row.repeats_row = min((seen[key] for key in row.keys if key in seen), default=None) or _earlier(uow, row)
        row.verdict = "repeated" if row.repeats_row else "known" if profile is not None else "new"
        row.person_id = profile.person_id if profile is not None else None
        for key in row.keys:
            seen.setdefault(key, row.row)
    uow.session.flush()
    _advance(uow, found, rows, LOOKED_AT_ONCE, "preview", now)


def _write(uow: UnitOfWork, found: PeopleImport, now: datetime) -> None:
    # Two imports of one unit take turns: neither may make the other's person once more.
    uow.session.execute(func.pg_advisory_xact_lock(func.hashtextextended(f"people-import:{uow.unit}", 0)).select())
    rows = _rows(uow, found, WRITTEN_AT_ONCE, ImportedRow.outcome == "", ImportedRow.verdict != "faulty")
    places = Places(uow, found.told["values"])
    for row in rows:
        writing.write(uow, found, row, _read(found, row, now), places, now=now)
    uow.session.flush()
    _advance(uow, found, rows, WRITTEN_AT_ONCE, "done", now)


def _undo(uow: UnitOfWork, found: PeopleImport, now: datetime) -> None:
    # The last row first: of two of one person the later one changed what the earlier one made.
    query = (
        select(ImportedRow)
        .options(undefer(ImportedRow.before_sealed))
        .where(ImportedRow.import_id == found.id, ImportedRow.outcome.in_(("made", "updated", "unchanged")))
        .where(ImportedRow.undone == "")
        .order_by(ImportedRow.row.desc())
        .limit(WRITTEN_AT_ONCE)
    )
    rows = list(uow.session.scalars(query))
    for row in rows:
        undoing.take_back(uow, found, row, now=now)
    uow.session.flush()
    _advance(uow, found, rows, WRITTEN_AT_ONCE, "undone", now)


def _advance(
    uow: UnitOfWork, found: PeopleImport, rows: list[ImportedRow], batch: int, then: str, now: datetime
) -> None:
    found.rows_done += len(rows)
    found.touched_at = now
    if len(rows) < batch:
        found.state = then
        if then == "done":
            found.finished_at = now
    uow.session.flush()


def _read(found: PeopleImport, row: ImportedRow, now: datetime) -> ReadPerson:
    """One whose cells are gone has that as its fault."""
    if row.cells_sealed is None:
        return ReadPerson(faults=[Fault("first_name", "gone")])
    return service.read_cells(found, json.loads(row.cells_sealed), now=now)


def _look_for_place(found: PeopleImport, places: Places, read: ReadPerson) -> None:
    try:
        if found.vacancy_id or (read.vacancy and places.vacancy_of(read.vacancy)):
            places.stage_of(read.stage)
    except UnknownPlace as error:
        read.faults.append(Fault(error.field, "unknown_place"))


def _earlier(uow: UnitOfWork, row: ImportedRow) -> int | None:
    if not row.keys:
        return None
    return uow.session.scalar(
        select(func.min(ImportedRow.row)).where(
            ImportedRow.import_id == row.import_id, ImportedRow.row < row.row, ImportedRow.keys.overlap(row.keys)
        )
    )


_STEPS: dict[str, Callable[[UnitOfWork, PeopleImport, datetime], None]] = {
    "checking": _check, "writing": _write, "undoing": _undo,
}  # fmt: skip
