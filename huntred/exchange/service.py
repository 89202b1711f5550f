"""People from another system's file: uploaded, its columns said, looked at, written, and taken back.

What a request does stands here; the worker's share (looking at rows, writing, taking back) in working.py.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, null, select, update
from sqlalchemy.orm import undefer

from contract.ids import new_id
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.exchange import known, mappings
from huntred.exchange.errors import ExchangeOver, NothingToImport
from huntred.exchange.models import ImportedRow, PeopleImport
from huntred.exchange.places import NOT_IMPORTED, Places
from huntred.exchange.reading import ReadPerson, read_person
from huntred.exchange.suggesting import DATE_ORDERS, FIELDS, fingerprint, never_read, suggest, systems
from huntred.importing.files import Bounds, read_table
from huntred.vacancies.models import Vacancy

BOUNDS = Bounds(bytes=20 * 1024 * 1024, rows=50_000, columns=200)
UNDO_DAYS = 7
KEPT_HOURS = 24
# Of a column of stages, vacancies or sources so many values are asked about; more are read by their names.
MOST_VALUES = 60
MAPPED_VALUES = ("vacancy", "stage", "source")
_MEXICO = ZoneInfo("America/Mexico_City")
_AT_ONCE = 2_000
_LONGEST_VALUE = 300
_QUIET = {"synchronize_session": False}


@dataclass(frozen=True)
class Declared:
    """Who answers for having these data, and by which words. One of user_id and client_id."""

    words: str
    user_id: UUID | None = None
    client_id: UUID | None = None


@dataclass(frozen=True)
class Counts:
    """Rows by what they are and what became of them."""

    verdicts: Mapping[str, int]
    outcomes: Mapping[str, int]
    applications: Mapping[str, int]
    undone: Mapping[str, int]


@dataclass(frozen=True)
class SeenRow:
    """A row with its cells, where they are still kept."""

    row: int
    cells: Sequence[str]
    faults: Sequence[Mapping[str, str]]
    verdict: str
    repeats_row: int | None


def upload(
    uow: UnitOfWork, file_name: str, content: bytes, declared: Declared, *, now: datetime, system: str = "",
    vacancy_id: UUID | None = None,
) -> PeopleImport:  # fmt: skip
    """Take a file, and suggest which column is which; nothing of it is a person yet.

    vacancy_id: all of them apply to it; who sees only divisions must name one. Raises FileTooLarge, FileUnreadable,
    FileEmpty, FieldInvalid, NotFound.
    """
    if not declared.words.strip():
        raise FieldInvalid("declaration", "missing")
    division_id = _division(uow, vacancy_id)
    heads, rows = read_table(content, BOUNDS)
    heads = _told_apart(heads)
    if system and system not in systems():
        raise FieldInvalid("system", "unknown")
    again = mappings.of_heads(uow, mappings.PEOPLE, fingerprint(heads))
    told = dict(again.told) if again else suggest(heads, rows, system)
    found = PeopleImport(
        id=new_id(), unit=uow.unit, division_id=division_id, vacancy_id=vacancy_id, user_id=declared.user_id,
        client_id=declared.client_id, file_name=file_name[:200], system=system or told["system"], heads=heads,
        told=told, declaration=declared.words.strip(), declared_at=now, state="columns", created_at=now, touched_at=now,
    )  # fmt: skip
    uow.session.add(found)
    uow.session.flush()
    filled = [(number, row) for number, row in enumerate(rows, 2) if any(row)]
    for at in range(0, len(filled), _AT_ONCE):
        uow.session.execute(
            insert(ImportedRow),
            [
                {"import_id": found.id, "row": number, "unit": uow.unit, "cells_sealed": _sealed(row)}
                for number, row in filled[at : at + _AT_ONCE]
            ],
        )
    found.rows_total = len(filled)
    uow.session.flush()
    return found


def get(uow: UnitOfWork, import_id: UUID, *, lock: bool = False) -> PeopleImport:
    """Raises NotFound."""
    query = select(PeopleImport).where(PeopleImport.id == import_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = uow.session.scalar(query)
    if found is None:
        raise NotFound("import")
    return found


def recent(uow: UnitOfWork, *, limit: int = 20) -> list[PeopleImport]:
    return list(uow.session.scalars(select(PeopleImport).order_by(PeopleImport.created_at.desc()).limit(limit)))


def values_of(uow: UnitOfWork, found: PeopleImport) -> dict[str, list[tuple[str, int]]]:
    """What stands in the columns of vacancies, stages and sources: value and how often, the most frequent first."""
    columns = {field: found.told["columns"].get(field, "") for field in MAPPED_VALUES}
    if found.vacancy_id:
        columns["vacancy"] = ""
    places = {field: found.heads.index(head) for field, head in columns.items() if head in found.heads}
    counters: dict[str, Counter[str]] = {field: Counter() for field in places}
    for _, cells in rows_of(uow, found.id) if places else ():
        for field, place in places.items():
            value = " ".join(cells[place].split())[:_LONGEST_VALUE]
            if value:
                counters[field][value] += 1
    return {field: counter.most_common(MOST_VALUES) for field, counter in counters.items()}


def choose(
    uow: UnitOfWork, import_id: UUID, columns: Mapping[str, str], values: Mapping[str, Mapping[str, str]], dates: str,
    *, now: datetime, keep_as: str = "", user_id: UUID | None = None,
) -> PeopleImport:  # fmt: skip
    """Say which column is which field (field → head) and what their words mean here, and have the rows looked at.

    keep_as: the name under which the unit keeps it. Raises NotFound, ExchangeOver, FieldInvalid.
    """
    found = get(uow, import_id, lock=True)
    if found.state not in {"columns", "preview"}:
        raise ExchangeOver(str(import_id))
    never = never_read(found.heads)
    chosen = {
        field: columns[field]
        for field in FIELDS
        if columns.get(field) in found.heads and columns[field] not in never
        and not (field == "vacancy" and found.vacancy_id)
    }  # fmt: skip
    if not {"first_name", "full_name"} & set(chosen):
        raise FieldInvalid("first_name", "missing")
    if len(set(chosen.values())) < len(chosen):
        raise FieldInvalid("columns", "twice")
    said = {
        field: {theirs: ours for theirs, ours in values.get(field, {}).items() if ours} for field in MAPPED_VALUES
    }
    _check_values(uow, said)
    told = {
        "columns": chosen, "values": said, "dates": dates if dates in DATE_ORDERS else DATE_ORDERS[0],
        "system": found.system,
    }  # fmt: skip
    if keep_as.strip():
        mappings.keep(
            uow, mappings.IN, mappings.PEOPLE, keep_as, told, user_id=user_id, now=now,
            fingerprint=fingerprint(found.heads),
        )  # fmt: skip
    found.told = told
    uow.session.execute(
        update(ImportedRow)
        .where(ImportedRow.import_id == found.id)
        .values(verdict="", faults=[], keys=[], repeats_row=null(), person_id=null()),
        execution_options=_QUIET,
    )
    found.state, found.rows_done, found.touched_at = "checking", 0, now
    uow.session.flush()
    return found


def start(uow: UnitOfWork, import_id: UUID, *, now: datetime) -> PeopleImport:
    """Have the rows without faults written. Raises NotFound, ExchangeOver, NothingToImport."""
    found = get(uow, import_id, lock=True)
    if found.state != "preview":
        raise ExchangeOver(str(import_id))
    good = uow.session.scalar(
        select(func.count()).where(ImportedRow.import_id == found.id, ImportedRow.verdict != "faulty")
    )
    if not good:
        raise NothingToImport(str(import_id))
    uow.session.execute(
        update(ImportedRow)
        .where(ImportedRow.import_id == found.id, ImportedRow.verdict == "faulty")
        .values(outcome="skipped"),
        execution_options=_QUIET,
    )
    found.state, found.rows_done, found.rows_total, found.touched_at = "writing", 0, good, now
    uow.session.flush()
    return found


def go_on(uow: UnitOfWork, import_id: UUID, *, now: datetime) -> PeopleImport:
    """Take up again what stopped; what is written already stays as it is. Raises NotFound, ExchangeOver."""
    found = get(uow, import_id, lock=True)
    if found.state != "failed":
        raise ExchangeOver(str(import_id))
    found.state, found.failed_in, found.touched_at = found.failed_in, "", now
    uow.session.flush()
    return found


def undo(uow: UnitOfWork, import_id: UUID, *, user_id: UUID | None, now: datetime) -> PeopleImport:
    """Have it taken back, person by person; whoever was touched since stays. Raises NotFound, ExchangeOver."""
    found = get(uow, import_id, lock=True)
    if not may_undo(found, now=now):
        raise ExchangeOver(str(import_id))
    found.state, found.rows_done, found.touched_at, found.undone_by = "undoing", 0, now, user_id
    uow.session.flush()
    return found


def may_undo(found: PeopleImport, *, now: datetime) -> bool:
    finished = found.finished_at
    return found.state == "done" and finished is not None and now < finished + timedelta(days=UNDO_DAYS)


def counts(uow: UnitOfWork, import_id: UUID) -> Counts:
    rows = uow.session.execute(
        select(
            ImportedRow.verdict, ImportedRow.outcome, ImportedRow.application_outcome, ImportedRow.undone, func.count()
        )
        .where(ImportedRow.import_id == import_id)
        .group_by(
            ImportedRow.verdict, ImportedRow.outcome, ImportedRow.application_outcome, ImportedRow.undone
        )
    ).all()
    counted: list[Counter[str]] = [Counter(), Counter(), Counter(), Counter()]
    for *told, number in rows:
        for counter, value in zip(counted, told, strict=True):
            counter[value] += number
    return Counts(*counted)


def rows_of(uow: UnitOfWork, import_id: UUID, limit: int | None = None) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each row whose cells are still kept, or of the first ones."""
    query = (
        select(ImportedRow.row, ImportedRow.cells_sealed)
        .where(ImportedRow.import_id == import_id, ImportedRow.cells_sealed.is_not(None))
        .order_by(ImportedRow.row)
        .limit(limit)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in uow.session.execute(query):
        yield row.row, json.loads(row.cells_sealed)


def seen_rows(uow: UnitOfWork, import_id: UUID, *, faulty: bool, limit: int | None) -> list[SeenRow]:
    """Rows as they are previewed: those with faults, or the first ones without."""
    query = (
        select(ImportedRow)
        .options(undefer(ImportedRow.cells_sealed))
        .where(
            ImportedRow.import_id == import_id, ImportedRow.cells_sealed.is_not(None),
            ImportedRow.verdict == "faulty" if faulty else ImportedRow.verdict.not_in(("", "faulty")),
        )
        .order_by(ImportedRow.row)
        .limit(limit)
    )  # fmt: skip
    return [
        SeenRow(row.row, json.loads(row.cells_sealed or "[]"), row.faults, row.verdict, row.repeats_row)
        for row in uow.session.scalars(query)
    ]


def read_cells(found: PeopleImport, cells: Sequence[str], *, now: datetime) -> ReadPerson:
    """Read a row as the import says."""
    told = found.told
    today = now.astimezone(_MEXICO).date()
    read = read_person(found.heads, cells, told["columns"], told["dates"], today=today)
    known.hashes(read)
    read.source = told["values"].get("source", {}).get(read.source, read.source)
    return read


def forget_old(uow: UnitOfWork, *, now: datetime) -> None:
    """Erase what files held a day after they came, and what undoes an import once it may not be undone."""
    day_old = select(PeopleImport.id).where(
        PeopleImport.unit == uow.unit, PeopleImport.created_at < now - timedelta(hours=KEPT_HOURS),
        PeopleImport.state.in_(("columns", "preview", "done", "undone", "failed")),
    )  # fmt: skip
    week_old = select(PeopleImport.id).where(
        PeopleImport.unit == uow.unit, PeopleImport.finished_at < now - timedelta(days=UNDO_DAYS)
    )
    for whose, values in (
        (day_old, {"cells_sealed": null()}),
        (week_old, {"before_sealed": null(), "keys": []}),
    ):
        uow.session.execute(
            update(ImportedRow).where(ImportedRow.unit == uow.unit, ImportedRow.import_id.in_(whose)).values(**values),
            execution_options=_QUIET,
        )
    # What was never started is of no use without its rows.
    stale = select(PeopleImport.id).where(
        PeopleImport.id.in_(day_old), PeopleImport.state.in_(("columns", "preview"))
    )
    uow.session.execute(delete(ImportedRow).where(ImportedRow.import_id.in_(stale)), execution_options=_QUIET)
    uow.session.execute(
        update(PeopleImport).where(PeopleImport.id.in_(stale)).values(state="expired"), execution_options=_QUIET
    )


def _division(uow: UnitOfWork, vacancy_id: UUID | None) -> UUID | None:
    vacancy = uow.session.get(Vacancy, vacancy_id) if vacancy_id else None
    if vacancy_id and (vacancy is None or vacancy.unit != uow.unit or vacancy.state == "draft"):
        raise NotFound(f"vacancy {vacancy_id}")
    if not uow.scope.divisions:
        return None
    if vacancy is None or vacancy.division_id is None:
        raise FieldInvalid("vacancy", "missing")
    return vacancy.division_id


def _check_values(uow: UnitOfWork, said: Mapping[str, Mapping[str, str]]) -> None:
    """What is said of their words names what is here."""
    places = Places(uow, {})
    for ours in said["vacancy"].values():
        if ours != NOT_IMPORTED and not places.has_vacancy(ours):
            raise FieldInvalid("vacancy", "unknown")
    for ours in said["stage"].values():
        if not places.has_stage(ours):
            raise FieldInvalid("stage", "unknown")
    for ours in said["source"].values():
        if len(ours) > 120:
            raise FieldInvalid("source", "too_long")


def _told_apart(heads: Sequence[str]) -> list[str]:
    """Heads that stand twice are numbered, so that each column can be named; one without a head gets none."""
    seen: Counter[str] = Counter()
    named = []
    for head in heads:
        seen[head] += 1
        named.append(f"{head} ({seen[head]})" if head and seen[head] > 1 else head)
    return named


def _sealed(row: Sequence[str]) -> str:
    return json.dumps(row, ensure_ascii=False)
