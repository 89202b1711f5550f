"""People from another recruiting system: sent, looked at by the worker, and written once the program says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from backoffice import work
from backoffice.api import access
from backoffice.api.operations import Made, operation
from backoffice.api.values import Given, Line, Name, Text2000, Time, Told
from huntred.exchange import service
from huntred.exchange.models import PeopleImport
from huntred.exchange.suggesting import FIELDS

_MOST_FAULTS = 100
Declaration = Annotated[str, StringConstraints(min_length=20, max_length=2000, pattern=r"^[^\x00]*\S[^\x00]*$")]
State = Literal["columns", "checking", "preview", "writing", "done", "undoing", "undone", "expired", "failed"]


class NewPeopleImport(Given):
    """people: as the other system has them; a value is named by its path ("emails.0.value").

    declaration: why you may hand these data to us (LFPDPPP); it is kept with the program and the time, and nobody is
    written to before they agree. columns: our field → their path; without it, what was kept for these paths, else what
    their names suggest. values: field (vacancy, stage, source) → theirs → ours (ids of vacancies and stages, "-" for a
    vacancy whose applications stay out). vacancy_id: all apply to it. unit: needed where the token sees several.
    """

    people: list[dict[str, Any]] = Field(min_length=1, max_length=5_000)
    declaration: Declaration
    file_name: Line = "API"
    system: Line = ""
    columns: dict[str, Text2000] | None = Field(None, max_length=len(FIELDS))
    values: dict[Literal["vacancy", "stage", "source"], dict[str, Line]] | None = None
    dates: Literal["dmy", "mdy"] | None = None
    keep_as: Line = ""
    vacancy_id: UUID | None = Field(None, strict=False)
    unit: Name | None = None


class ImportFault(Told):
    """row: 2 is the first one that was sent, as a spreadsheet counts."""

    row: int
    field: str
    problem: str


class PeopleImportTold(Told):
    """preview: start it now. new, known, repeated, faulty: rows as they were looked at; faults: of the first hundred.

    made, updated, unchanged, skipped: what became of them.
    """

    id: UUID
    unit: str
    file_name: str
    system: str
    state: State
    columns: dict[str, str]
    rows: int
    rows_done: int
    new: int
    known: int
    repeated: int
    faulty: int
    made: int
    updated: int
    unchanged: int
    skipped: int
    faults: list[ImportFault]
    created_at: Time
    finished_at: Time | None


@operation(
    "POST", "/api/v1/people-imports", "people:write", body=NewPeopleImport, answer=PeopleImportTold, status=201
)
def create_people_import(body: NewPeopleImport) -> Made:
    uow = work.work_of(access.unit_of_new(body.unit))
    declared = service.Declared(body.declaration, client_id=access.caller().client_id)
    found = service.upload(
        uow, body.file_name or "API", json.dumps(body.people).encode(), declared, now=work.now(), system=body.system,
        vacancy_id=body.vacancy_id,
    )  # fmt: skip
    told = found.told
    columns = told["columns"] if body.columns is None else body.columns
    values: Mapping[str, Mapping[str, str]] = told["values"] if body.values is None else {**body.values}
    dates = body.dates or told["dates"]
    service.choose(uow, found.id, columns, values, dates, now=work.now(), keep_as=body.keep_as)
    return Made(_told(found), ("api.get_people_import", {"id": found.id}))


@operation("GET", "/api/v1/people-imports/<uuid:id>", "people:read", answer=PeopleImportTold)
def get_people_import(id: UUID) -> PeopleImportTold:
    return _told(service.get(work.current_work(), id))


@operation("POST", "/api/v1/people-imports/<uuid:id>/start", "people:write", answer=PeopleImportTold)
def start_people_import(id: UUID) -> PeopleImportTold:
    found = service.get(work.current_work(), id)
    return _told(service.start(work.work_of(found.unit), id, now=work.now()))


def _told(found: PeopleImport) -> PeopleImportTold:
    uow = work.current_work()
    counts = service.counts(uow, found.id)
    faults = [
        ImportFault(row=row.row, field=fault["field"], problem=fault["problem"])
        for row in service.seen_rows(uow, found.id, faulty=True, limit=_MOST_FAULTS)
        for fault in row.faults
    ]
    return PeopleImportTold(
        id=found.id, unit=found.unit, file_name=found.file_name, system=found.system, state=found.state,  # type: ignore[arg-type]
        columns=found.told["columns"], rows=found.rows_total, rows_done=found.rows_done,
        **{name: counts.verdicts.get(name, 0) for name in ("new", "known", "repeated", "faulty")},
        **{name: counts.outcomes.get(name, 0) for name in ("made", "updated", "unchanged", "skipped")},
        faults=faults, created_at=found.created_at, finished_at=found.finished_at,
    )  # fmt: skip
