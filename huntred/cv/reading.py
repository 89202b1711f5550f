"""The worker's part: take one CV under a lease, have it read outside of any transaction, write down what came of it.

A worker that dies loses nothing: its lease ends and another takes the CV up. The same content, read by the same reader,
is read once for a person.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select, update

from contract.ids import new_id
from huntred.cv.errors import CvReaderBusy, CvRefused
from huntred.cv.models import CvFile
from huntred.cv.ports import Cv, CvReader
from huntred.cv.wire import encoded
from huntred.db.session import Scope
from huntred.db.unit_of_work import UnitOfWork, unit_of_work

# Longer than the reader's own bounds (30 s of wall clock, 60 s for its start).
_LEASE = timedelta(minutes=3)
_MOST_TRIES = 5
_MEXICO = ZoneInfo("America/Mexico_City")


@dataclass(frozen=True)
class Claimed:
    id: UUID
    token: UUID
    stored_name: str


def read_next(engine: Engine, unit: str, reader: CvReader, folder: Path, clock: Callable[[], datetime]) -> bool:
    """Read the CV of a unit that waits longest; return False where none waits. folder: MEDIA_DIR."""
    with unit_of_work(engine, Scope(units=(unit,))) as uow:
        claimed = claim(uow, reader.version, now=clock())
    if claimed is None:
        return False
    if claimed.stored_name:
        outcome = _read(claimed, reader, folder, clock().astimezone(_MEXICO).date())
        with unit_of_work(engine, Scope(units=(unit,))) as uow:
            settle(uow, claimed, outcome, reader.version, now=clock())
    return True


def claim(uow: UnitOfWork, reader_version: str, *, now: datetime) -> Claimed | None:
    """Take one for the length of the lease. stored_name is empty where there was nothing to be read any more."""
    cv = uow.session.scalar(
        select(CvFile)
        .where(CvFile.unit == uow.unit, CvFile.state == "waiting", CvFile.due <= now)
        .order_by(CvFile.due, CvFile.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if cv is None:
        return None
    cv.token, cv.due, cv.attempts = new_id(), now + _LEASE, cv.attempts + 1
    if cv.attempts > _MOST_TRIES:
        # Each try ended a worker, or the reader never came up: it is told so, and may be sent again.
        _end(cv, "failed", CvReaderBusy.code, now)
    elif (twin := _twin(uow, cv, reader_version)) is not None:
        cv.content_sealed, cv.reader_version = twin.content_sealed, twin.reader_version
        _end(cv, "read", "", now)
        if twin.answer == "right":
            cv.answer, cv.answered_at = "known", now
        _replace_older(uow, cv, now)
    else:
        return Claimed(cv.id, cv.token, cv.stored_name)
    return Claimed(cv.id, new_id(), "")


def settle(uow: UnitOfWork, claimed: Claimed, outcome: Cv | str, reader_version: str, *, now: datetime) -> bool:
    """Write down the CV, or the code of why there is none; False where the lease was lost meanwhile."""
    cv = uow.session.scalar(
        select(CvFile).where(CvFile.id == claimed.id, CvFile.token == claimed.token).with_for_update()
    )
    if cv is None:
        return False
    if outcome == CvReaderBusy.code:
        cv.due, cv.token = now + timedelta(seconds=10 * 2**cv.attempts), None
        return True
    cv.reader_version = reader_version
    if isinstance(outcome, str):
        cv.content_sealed = None
        _end(cv, "refused", outcome, now)
        return True
    cv.content_sealed = json.dumps(encoded(outcome), ensure_ascii=False, separators=(",", ":"))
    _end(cv, "read", "", now)
    _replace_older(uow, cv, now)
    return True


def _read(claimed: Claimed, reader: CvReader, folder: Path, today: date) -> Cv | str:
    try:
        return reader.read((folder / claimed.stored_name).read_bytes(), today=today)
    except (CvRefused, CvReaderBusy) as error:
        return error.code
    except OSError:
        # Another machine's disk is late, or it is gone: the tries end.
        return CvReaderBusy.code


def _end(cv: CvFile, state: str, error_code: str, now: datetime) -> None:
    cv.state, cv.error_code, cv.read_at, cv.token = state, error_code, now, None


def _twin(uow: UnitOfWork, cv: CvFile, reader_version: str) -> CvFile | None:
    return uow.session.scalar(
        select(CvFile)
        .where(
            CvFile.unit == uow.unit, CvFile.person_id == cv.person_id, CvFile.sha256 == cv.sha256,
            CvFile.reader_version == reader_version, CvFile.state == "read", CvFile.id != cv.id,
        )
        .order_by(CvFile.read_at.desc())
        .limit(1)
    )  # fmt: skip


def _replace_older(uow: UnitOfWork, cv: CvFile, now: datetime) -> None:
    """An earlier one that was never answered is asked about no more."""
    uow.session.flush()
    uow.session.execute(
        update(CvFile)
        .where(
            CvFile.unit == uow.unit, CvFile.person_id == cv.person_id, CvFile.id != cv.id, CvFile.state == "read",
            CvFile.answer == "", CvFile.created_at < cv.created_at,
        )
        .values(answer="replaced", answered_at=now)
    )  # fmt: skip
