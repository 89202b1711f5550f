"""A file of vacancies: its preview with every fault, the kept mapping, and all of it at once or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from contract.ids import new_id
from contract.text import normalise
from huntred.alike.errors import NotLive
from huntred.alike.finding import LIVE
from huntred.companies import service as companies
from huntred.companies.models import Company
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.importing.alike import SKIP, UPDATE
from huntred.importing.errors import ImportOver, RowsFaulty
from huntred.importing.files import read_table
from huntred.importing.forms import changed_form, new_form
from huntred.importing.models import ImportJob, ImportMapping
from huntred.importing.rules import FIELDS, Fault, ReadRow, guess, read_rows
from huntred.vacancies import service as vacancies

VACANCIES = "vacancies"
# More than this is written by the worker, with its progress on the page.
AT_ONCE = 100
KEPT_HOURS = 24
MAIL_DAYS = 30
_LEASE = timedelta(minutes=2)
_TOLD_EVERY = 25

Told = Callable[[int], None]


@dataclass(frozen=True)
class Preview:
    """rows: all that were read. new_companies: by name."""

    rows: list[ReadRow]
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
    return take(uow, file_name, heads, rows, user_id=user_id, now=now)


def take(
    uow: UnitOfWork, file_name: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, user_id: UUID | None,
    now: datetime, mail_id: UUID | None = None,
) -> ImportJob:  # fmt: skip
    """Take a table that was read. mail_id: of the mail with which it came, which nobody of ours uploaded."""
    job = ImportJob(
        id=new_id(), unit=uow.unit, kind=VACANCIES, user_id=user_id, mail_id=mail_id, file_name=file_name[:200],
        heads=list(heads),
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
    return Preview(rows, [name for key, name in named.items() if key not in known])


def start(
    uow: UnitOfWork, job_id: UUID, *, skip_faulty: bool, now: datetime, choices: Mapping[str, str] | None = None
) -> ImportJob:
    """Import it: at once where it is small, else by the worker. All rows or none.

    choices: what to do with rows that look like a vacancy that is there (`alike.settle`); without one they are new.

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
    job.choices = dict(choices or {})
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
    """Erase what files held a day after they came, and mails after a month; that they were imported stays."""
    result = uow.session.execute(
        update(ImportJob)
        .where(
            ImportJob.unit == uow.unit, ImportJob.rows_sealed.is_not(None),
            ImportJob.created_at
            < case(
                (ImportJob.mail_id.is_(None), now - timedelta(hours=KEPT_HOURS)), else_=now - timedelta(days=MAIL_DAYS)
            ),
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
    made = changed = left_out = 0
    for row in _rows(job):
        if row.faults:
            continue
        choice, _, target = job.choices.get(str(row.row), "").partition(":")
        if choice == SKIP:
            left_out += 1
            continue
        if choice == UPDATE:
            _change(uow, UUID(target), row, now=now)
            changed += 1
            continue
        key = normalise(row.values["company"])
        if key not in known:
            known[key] = companies.create(uow, companies.CompanyForm(row.values["company"]), now=now).id
        try:
            vacancies.create(uow, new_form(row.values, known[key]), now=now)
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
        finished.values(
            state="done", made=made, changed=changed, left_out=left_out, rows_done=made + changed, touched_at=now,
            rows_sealed=None,
        )
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise ImportOver(str(job.id))


def _change(uow: UnitOfWork, vacancy_id: UUID, row: ReadRow, *, now: datetime) -> None:
    """Write a row over the vacancy that it looks like. Raises NotFound, NotLive, FieldInvalid."""
    vacancies.hold(uow, vacancy_id)
    vacancy = vacancies.get(uow, vacancy_id)
    if vacancy.unit != uow.unit:
        raise NotFound("vacancy")
    if vacancy.state not in LIVE:
        raise NotLive(f"vacancy {vacancy.number} ended while row {row.row} waited")
    try:
        vacancies.update(uow, vacancy_id, changed_form(vacancies.written(vacancy), row.values), now=now)
    except FieldInvalid as error:
        error.add_note(f"row {row.row}")
        raise


def _companies(uow: UnitOfWork, unit: str) -> dict[str, UUID]:
    rows = uow.session.execute(select(Company.name, Company.id).where(Company.unit == unit).order_by(Company.id.desc()))
    return {normalise(row.name): row.id for row in rows}
