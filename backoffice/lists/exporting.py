"""Large exports, written by the worker in the scope of who asked: their grants as they are then, not as they were.

The file lies in MEDIA_DIR/exports under the export's id until it expires; only its owner's request finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from backoffice.lists import exchange
from backoffice.lists.catalogue import LISTS
from backoffice.lists.writing import write
from backoffice.wording import words
from huntred.access import rules
from huntred.access.models import User
from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.lists import service

_FINDING = Scope(login=True)
_FOLDER = "exports"


def path_of(media_dir: Path, export_id: UUID) -> Path:
    """Where an export's file lies. The dot keeps it out of backups (`runtime/backup/taking.py`): it lives for a day."""
    return media_dir.resolve() / _FOLDER / f".{export_id}"


def write_next(engine: Engine, media_dir: Path, clock: Callable[[], datetime]) -> bool:
    """Write the export that has waited longest; false where none waits. What fails is marked so, and raised."""
    with unit_of_work(engine, _FINDING) as uow:
        export = service.claim_export(uow, now=clock())
        if export is None:
            return False
        user = uow.session.get(User, export.user_id)
        scope = rules.scope_of(user) if user else Scope()
        # Nobody gets more than their grants give by now, nor more than what they looked at.
        units = tuple(unit for unit in export.units if scope.all_units or unit in scope.units)
        scope = replace(scope, units=units)
        export_id, filters, created_at = export.id, dict(export.filters), export.created_at
        declared, columns = LISTS[export.list_name], LISTS[export.list_name].columns_of(export.columns)
        file_format, language = export.format, user.language if user else ""
        mapping = dict(export.told)

    def told(done: int, total: int | None = None, state: str = "writing") -> None:
        with unit_of_work(engine, _FINDING) as uow:
            service.note_progress(uow, export_id, done, now=clock(), total=total, state=state)

    path = path_of(media_dir, export_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{export_id}.new")
    try:
        with unit_of_work(engine, scope) as uow:
            told(0, declared.count(uow.session, filters, created_at))
            batches = declared.rows(uow.session, filters, created_at)
            if mapping:
                done = exchange.write(draft, declared.name, mapping, batches, told)
            else:
                done = write(draft, file_format, columns, batches, words(language), declared.name, told)
        draft.rename(path)
        told(done, done, "done")
    except BaseException:
        draft.unlink(missing_ok=True)
        told(0, state="failed")
        raise
    return True


def forget_expired(engine: Engine, media_dir: Path, *, now: datetime) -> None:
    """Remove what has expired, rows and files."""
    with unit_of_work(engine, _FINDING) as uow:
        gone = service.forget_expired(uow, now=now)
    for export_id in gone:
        path_of(media_dir, export_id).unlink(missing_ok=True)
