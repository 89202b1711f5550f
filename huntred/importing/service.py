"""A file of vacancies: its preview with every fault, the kept mapping, and all of it at once or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from contract.ids import new_id
from contract.text import normalise
from huntred.companies import service as companies
from huntred.companies.models import Company
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.importing.errors import ImportOver, RowsFaulty
from huntred.importing.files import read_table
from huntred.importing.models import ImportJob, ImportMapping
from huntred.importing.rules import FIELDS, Fault, ReadRow, guess, read_rows
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy
from huntred.vacancies.types import RequirementForm, VacancyForm

VACANCIES = "vacancies"
# More than this is written by the worker, with its progress on the page.
AT_ONCE = 100
KEPT_HOURS = 24
_LEASE = timedelta(minutes=2)
_TOLD_EVERY = 25

Told = Callable[[int], None]


@dataclass(frozen=True)
class Preview:
    """rows: all that were read. alike: row → number of a vacancy that looks the same. new_companies: by name."""

    rows: list[ReadRow]
    alike: Mapping[int, int]
    new_companies: Sequence[str]

    @property
    def faults(self) -> list[Fault]:
        return [fault for row in self.rows for fault in row.faults]

    @property
    def good(self) -> int:
        return sum(not row.faults for row in self.rows)


def upload(uow: UnitOfWork, file_name: str, content: bytes, *, user_id: UUID, now: datetime) -> ImportJob:
    """Take a file; nothing of it is written yet. Raises FileTooLarge, FileUnreadable, FileEmpty."""
    heads, rows = read_table(content)
    job = ImportJob(
        id=new_id(), unit=uow.unit, kind=VACANCIES, user_id=user_id, file_name=file_name[:200], heads=heads,
        rows_sealed=json.dumps(rows, ensure_ascii=False), mapping=guess(heads, kept_mapping(uow)),
        rows_total=sum(any(row) for row in rows), state="preview", touched_at=now, created_at=now,
    )  # fmt: skip
    uow.session.add(job)
    uow.session.flush()
    return job


def get(uow: UnitOfWork, job_id: UUID, *, lock: bool = False) -> ImportJob:
    """Raises NotFound."""
    query = select(ImportJob).where(ImportJob.id == job_id).options(undefer(ImportJob.rows_sealed))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    job = uow.session.scalar(query)
    if job is None:
        raise NotFound("import")
    return job


def recent(uow: UnitOfWork, *, limit: int = 20) -> list[ImportJob]:
    return list(uow.session.scalars(select(ImportJob).order_by(ImportJob.created_at.desc()).limit(limit)))


def kept_mapping(uow: UnitOfWork) -> dict[str, str]:
    """Return how this unit's columns are called, as was said last."""
    row = uow.session.scalar(
        select(ImportMapping).where(ImportMapping.unit == uow.unit, ImportMapping.kind == VACANCIES)
    )
    return dict(row.columns) if row else {}


def choose_columns(
    uow: UnitOfWork, job_id: UUID, mapping: Mapping[str, str], *, user_id: UUID, now: datetime
) -> ImportJob:
    """Say which column is which (field → head), and keep it for the unit. Raises NotFound, ImportOver."""
    job = get(uow, job_id, lock=True)
    if job.state != "preview" or job.kind != VACANCIES:
        raise ImportOver(str(job_id))
    chosen = {field: head for field, head in mapping.items() if field in FIELDS and head in job.heads}
    job.mapping = chosen
    # What another file calls differently is not forgotten by this one.
    columns = kept_mapping(uow) | chosen
    row = insert(ImportMapping).values(
        id=new_id(), unit=job.unit, kind=VACANCIES, columns=columns, updated_by=user_id, updated_at=now
    )
    uow.session.execute(
        row.on_conflict_do_update(
            index_elements=["unit", "kind"],
            set_={"columns": row.excluded.columns, "updated_by": user_id, "updated_at": now},
        )
    )
    uow.session.flush()
    return job


def preview(uow: UnitOfWork, job: ImportJob) -> Preview:
    """Read the file as it would be written, with every fault by row and column. Raises ImportOver."""
    rows = _rows(job)
    known = _companies(uow, job.unit)
    named = {normalise(row.values["company"]): row.values["company"] for row in rows if not row.faults}
    return Preview(rows, _alike(uow, job.unit, rows), [name for key, name in named.items() if key not in known])


def start(uow: UnitOfWork, job_id: UUID, *, skip_faulty: bool, now: datetime) -> ImportJob:
    """Import it: at once where it is small, else by the worker. All rows or none.

    Raises NotFound, ImportOver, RowsFaulty.
    """
    job = get(uow, job_id, lock=True)
    if job.state != "preview":
        raise ImportOver(str(job_id))
    rows = _rows(job)
    good = sum(not row.faults for row in rows)
    if good == 0 or (good < len(rows) and not skip_faulty):
        raise RowsFaulty(f"{len(rows) - good} of {len(rows)}")
    job.skip_faulty, job.rows_total, job.touched_at = skip_faulty, good, now
    job.state = "waiting"
    if good <= AT_ONCE:
        _write(uow, job, now=now)
    uow.session.flush()
    return job


def claim(uow: UnitOfWork, *, now: datetime) -> tuple[UUID, UUID] | None:
    """Take the import that has waited longest in this unit; return its id and the token that holds it."""
    job = uow.session.scalar(
        select(ImportJob)
        .where(
            ImportJob.unit == uow.unit,
            or_(
                ImportJob.state == "waiting",
                (ImportJob.state == "writing") & (ImportJob.touched_at < now - _LEASE),
            ),
        )
        .order_by(ImportJob.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    if job is None:
        return None
    job.state, job.token, job.touched_at, job.rows_done = "writing", new_id(), now, 0
    uow.session.flush()
    return job.id, job.token


def write_claimed(uow: UnitOfWork, job_id: UUID, token: UUID, told: Told, *, now: datetime) -> bool:
    """Write all of a claimed import in this one transaction; false where another holds it by now."""
    job = get(uow, job_id)
    if job.token != token or job.state != "writing":
        return False
    _write(uow, job, now=now, told=told, token=token)
    return True


def note_progress(uow: UnitOfWork, job_id: UUID, token: UUID, done: int, *, now: datetime, state: str = "") -> None:
    """Say how far it is, in a transaction of its own; only who holds it says so."""
    values: dict[str, Any] = {"rows_done": done, "touched_at": now} | ({"state": state} if state else {})
    uow.session.execute(
        update(ImportJob)
        .where(ImportJob.id == job_id, ImportJob.token == token, ImportJob.state == "writing")
        .values(**values)
    )


def forget_rows(uow: UnitOfWork, *, now: datetime) -> int:
    """Erase what files held a day after they came; that they were imported stays."""
    result = uow.session.execute(
        update(ImportJob)
        .where(
            ImportJob.unit == uow.unit, ImportJob.rows_sealed.is_not(None),
            ImportJob.created_at < now - timedelta(hours=KEPT_HOURS),
            ImportJob.state.in_(("preview", "done", "failed")),
        )
        .values(rows_sealed=None)
    )  # fmt: skip
    return int(result.rowcount)  # type: ignore[attr-defined]


def _rows(job: ImportJob) -> list[ReadRow]:
    if job.rows_sealed is None:
        raise ImportOver(str(job.id))
    return read_rows(job.heads, json.loads(job.rows_sealed), job.mapping)


def _write(
    uow: UnitOfWork, job: ImportJob, *, now: datetime, told: Told | None = None, token: UUID | None = None
) -> None:
    known = _companies(uow, job.unit)
    made = 0
    for row in _rows(job):
        if row.faults:
            continue
        key = normalise(row.values["company"])
        if key not in known:
            known[key] = companies.create(uow, companies.CompanyForm(row.values["company"]), now=now).id
        try:
            vacancies.create(uow, _form(row.values, known[key]), now=now)
        except FieldInvalid as error:
            error.add_note(f"row {row.row}")
            raise
        made += 1
        if told is not None and made % _TOLD_EVERY == 0:
            told(made)
    finished = update(ImportJob).where(ImportJob.id == job.id)
    if token is not None:
        # Whoever lost it to another writes nothing: the whole transaction goes.
        finished = finished.where(ImportJob.token == token, ImportJob.state == "writing")
    result = uow.session.execute(
        finished.values(state="done", made=made, rows_done=made, touched_at=now, rows_sealed=None)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise ImportOver(str(job.id))


def _form(values: Mapping[str, Any], company_id: UUID) -> VacancyForm:
    plain = {
        name: values[name]
        for name in (
            "title", "description", "city", "region", "address", "modality", "openings", "salary_min", "salary_max",
            "salary_period", "salary_currency", "seniority", "min_experience_years", "schedule", "benefits",
        )
        if name in values
    }  # fmt: skip
    requirements = (
        *(RequirementForm(name, "skill", "must") for name in values.get("must", ())),
        *(RequirementForm(name, "language", "must") for name in values.get("languages", ())),
        *(RequirementForm(name, "skill", "nice") for name in values.get("nice", ())),
    )
    return VacancyForm(company_id=company_id, requirements=requirements, **plain)


def _companies(uow: UnitOfWork, unit: str) -> dict[str, UUID]:
    rows = uow.session.execute(select(Company.name, Company.id).where(Company.unit == unit).order_by(Company.id.desc()))
    return {normalise(row.name): row.id for row in rows}


def _alike(uow: UnitOfWork, unit: str, rows: Sequence[ReadRow]) -> dict[int, int]:
    """Rows that look like a vacancy that is there and not ended: same title, company and city."""
    known = _companies(uow, unit)
    named = {known.get(normalise(row.values["company"])) for row in rows if not row.faults}
    there = uow.session.execute(
        select(Vacancy.number, Vacancy.title, Vacancy.city, Company.name)
        .join(Company, Company.id == Vacancy.company_id)
        .where(
            Vacancy.unit == unit, Vacancy.state.in_(("draft", "open", "paused")),
            Vacancy.company_id.in_([company_id for company_id in named if company_id is not None]),
        )
    ).all()  # fmt: skip
    by_key = {_key(row.title, row.name, row.city): row.number for row in there}
    found = {}
    for row in rows:
        if not row.faults:
            number = by_key.get(_key(row.values["title"], row.values["company"], row.values.get("city", "")))
            if number is not None:
                found[row.row] = number
    return found


def _key(title: str, company: str, city: str) -> tuple[str, str, str]:
    return normalise(title), normalise(company), normalise(city)
