"""Vacancies from the address of a job page: asked for by a person, fetched by the worker, checked by the person.

What was read waits in the same preview as a file's rows; nothing becomes a vacancy before somebody saves it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Engine, or_, select, update

from contract.ids import new_id
from huntred.db.session import Scope
from huntred.db.unit_of_work import UnitOfWork, unit_of_work
from huntred.importing.addresses import check_page_url
from huntred.importing.adverts import as_rows, told
from huntred.importing.errors import PageUnreadable
from huntred.importing.models import ImportJob
from huntred.importing.ports import AdvertReader, HostBusy, Pages
from huntred.importing.postings import read_postings

PAGE = "page"
_LEASE = timedelta(minutes=1)
# A site that is being read by another is asked again after this.
_BUSY = timedelta(seconds=2)


@dataclass(frozen=True)
class _Claimed:
    id: UUID
    token: UUID
    url: str


def ask(uow: UnitOfWork, url: str, *, user_id: UUID, now: datetime, inside: Collection[str] = ()) -> ImportJob:
    """Ask for a page to be read; the same page that still waits for the same person is not asked for twice.

    Raises FieldInvalid.
    """
    url = check_page_url(url, inside)
    waiting = uow.session.scalar(
        select(ImportJob).where(
            ImportJob.unit == uow.unit, ImportJob.kind == PAGE, ImportJob.page_url == url,
            ImportJob.user_id == user_id, ImportJob.state.in_(("asked", "fetching")),
        )
    )  # fmt: skip
    if waiting is not None:
        return waiting
    job = ImportJob(
        id=new_id(), unit=uow.unit, kind=PAGE, user_id=user_id, file_name=(urlsplit(url).hostname or "")[:200],
        page_url=url, heads=[], mapping={}, state="asked", touched_at=now, created_at=now,
    )  # fmt: skip
    uow.session.add(job)
    uow.session.flush()
    return job


def fetch_next(
    engine: Engine, unit: str, pages: Pages, reader: AdvertReader, clock: Callable[[], datetime]
) -> bool:
    """Read the page that has waited longest in this unit, or say that none waits. What fails is marked and raised."""
    scope = Scope(units=(unit,))
    with unit_of_work(engine, scope) as uow:
        claimed = _claim(uow, now=clock())
    if claimed is None:
        return False

    def note(**values: Any) -> None:
        with unit_of_work(engine, scope) as uow:
            _note(uow, claimed, values, now=clock())

    try:
        page = pages.fetch(claimed.url)
        read = [told(posting, reader) for posting in read_postings(page.html, page.url, clock().date())]
    except HostBusy:
        note(state="asked", token=None)
    except PageUnreadable as error:
        note(state="unread", problem=error.problem)
    except Exception:
        note(state="unread", problem="failed")
        raise
    else:
        note(state="preview", **as_rows(read))
    return True


def _claim(uow: UnitOfWork, *, now: datetime) -> _Claimed | None:
    fresh = (ImportJob.touched_at == ImportJob.created_at) | (ImportJob.touched_at < now - _BUSY)
    job = uow.session.scalar(
        select(ImportJob)
        .where(
            ImportJob.unit == uow.unit, ImportJob.kind == PAGE,
            or_(
                (ImportJob.state == "asked") & fresh,
                (ImportJob.state == "fetching") & (ImportJob.touched_at < now - _LEASE),
            ),
        )
        .order_by(ImportJob.touched_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    if job is None:
        return None
    job.state, job.token, job.touched_at = "fetching", new_id(), now
    uow.session.flush()
    return _Claimed(job.id, job.token, job.page_url)


def _note(uow: UnitOfWork, claimed: _Claimed, values: Mapping[str, Any], *, now: datetime) -> None:
    """Only who holds it says what came of it."""
    uow.session.execute(
        update(ImportJob)
        .where(ImportJob.id == claimed.id, ImportJob.token == claimed.token, ImportJob.state == "fetching")
        .values(touched_at=now, **values)
    )
