"""Removes the files of MEDIA_DIR that no row names any more: what was erased is gone from the disk too.

The same content is stored once for all units, so a file stays while any unit still has it. A fresh one is left
alone: its row may just be on its way.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from huntred.db.unit_of_work import UnitOfWork

_LEFT_ALONE = timedelta(days=1)
_HASH_LENGTH = 64


def sweep(uow: UnitOfWork, folder: Path, *, now: datetime) -> int:
    """Return how many files were removed. Needs no scope: the database answers yes or no for a name, nothing more."""
    removed = 0
    for path in sorted(folder.glob("??/*")) if folder.is_dir() else ():
        name = f"{path.parent.name}/{path.name}"
        if len(path.name) != _HASH_LENGTH or path.stat().st_mtime > (now - _LEFT_ALONE).timestamp():
            continue
        if not uow.session.scalar(text("SELECT app_file_in_use(:name)"), {"name": name}):
            path.unlink(missing_ok=True)
            removed += 1
    return removed
