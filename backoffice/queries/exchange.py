"""What the pages of the exchange with other systems show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from huntred.applications import repository as applications
from huntred.applications.models import Stage
from huntred.db.unit_of_work import UnitOfWork
from huntred.exchange import service
from huntred.exchange.models import PeopleImport
from huntred.exchange.places import Places
from huntred.exchange.reading import ReadPerson
from huntred.vacancies.models import Vacancy

_MOST_VACANCIES = 500
_SAMPLES = 3
_SAMPLED_ROWS = 20


@dataclass(frozen=True)
class Column:
    """A column of a file. field: what it is taken for, or none. samples: some of its values."""

    number: int
    head: str
    field: str
    samples: Sequence[str]


@dataclass(frozen=True)
class FaultLine:
    """A cell that cannot be read. value: what it says; empty where its row was not kept or says nothing."""

    row: int
    head: str
    field: str
    problem: str
    value: str


def vacancies_to_apply(session: Session, unit: str = "") -> Sequence[Row[UUID, int, str, str]]:
    """Those that may have applications, the newest first: id, number, title, unit."""
    query = select(Vacancy.id, Vacancy.number, Vacancy.title, Vacancy.unit).where(Vacancy.state != "draft")
    if unit:
        query = query.where(Vacancy.unit == unit)
    return session.execute(query.order_by(Vacancy.created_at.desc()).limit(_MOST_VACANCIES)).all()


def stages_of(uow: UnitOfWork) -> list[Stage]:
    return applications.stages(uow.session, uow.unit)


def columns_of(uow: UnitOfWork, found: PeopleImport) -> list[Column]:
    """The columns of the file that have a head, with what is in their first rows."""
    samples: list[list[str]] = [[] for _ in found.heads]
    for _, cells in service.rows_of(uow, found.id, limit=_SAMPLED_ROWS):
        for place, cell in enumerate(cells):
            text = " ".join(cell.split())[:60]
            if text and text not in samples[place] and len(samples[place]) < _SAMPLES:
                samples[place].append(text)
    fields = {head: field for field, head in found.told["columns"].items()}
    return [
        Column(number, head, fields.get(head, ""), samples[number])
        for number, head in enumerate(found.heads)
        if head
    ]


def chosen_values(
    uow: UnitOfWork, found: PeopleImport, values: Mapping[str, Sequence[tuple[str, int]]]
) -> dict[str, dict[str, str]]:
    """What their words mean here, as was said or as their names tell: field → theirs → ours. values: as they stand."""
    places = Places(uow, {})
    said = found.told["values"]
    chosen: dict[str, dict[str, str]] = {}
    for field, counted in values.items():
        chosen[field] = {}
        for theirs, _ in counted:
            ours = said.get(field, {}).get(theirs, "")
            if not ours and field == "vacancy":
                vacancy = places.guessed_vacancy(theirs)
                ours = str(vacancy) if vacancy else ""
            elif not ours and field == "stage":
                stage = places.guessed_stage(theirs)
                ours = str(stage.id) if stage else ""
            chosen[field][theirs] = ours
    return chosen


def faults_of(uow: UnitOfWork, found: PeopleImport, limit: int) -> list[FaultLine]:
    place = {head: at for at, head in reversed(list(enumerate(found.heads)))}
    lines = []
    for row in service.seen_rows(uow, found.id, faulty=True, limit=limit):
        for fault in row.faults:
            head = found.told["columns"].get(fault["field"], "")
            value = row.cells[place[head]] if head in place and row.cells else ""
            lines.append(FaultLine(row.row, head, fault["field"], fault["problem"], " ".join(value.split())[:80]))
    return lines


def first_rows(
    uow: UnitOfWork, found: PeopleImport, limit: int, *, now: datetime
) -> list[tuple[service.SeenRow, ReadPerson]]:
    rows = service.seen_rows(uow, found.id, faulty=False, limit=limit)
    return [(row, service.read_cells(found, row.cells, now=now)) for row in rows]
