"""The write-ahead log on its way to the store.

PostgreSQL's archive_command copies each finished segment into a spool folder beside the data, durably, and may then
reuse it; the backup process brings the spool to the store. A segment leaves the spool only when the store has it, so
an unreachable store costs disk, never log.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from runtime.backup.store import Store

# A segment is archived after so many seconds even if it is not full: what a lost disk costs at most, and the poll.
ARCHIVE_TIMEOUT_SECONDS = 30
_DRAFT = ".new"


def archive_settings(spool: Path) -> dict[str, str]:
    """What PostgreSQL is started with where the log is kept."""
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = shlex.quote(str(spool)).replace("%", "%%")
    # Copied, made durable, then renamed: a segment in the spool is whole. One that is there already is the same one.
    command = (
        f'test -f {folder}/%f || {{ cp "%p" {folder}/%f{_DRAFT} && sync {folder}/%f{_DRAFT} '
        f"&& mv {folder}/%f{_DRAFT} {folder}/%f && sync {folder}; }}"
    )
    return {
        "archive_mode": "on",
        "archive_command": command,
        "archive_timeout": str(ARCHIVE_TIMEOUT_SECONDS),
        "wal_level": "replica",
    }


def ship(store: Store, spool: Path) -> int:
    """Bring what waits in the spool to the store, the oldest first; return how many segments went."""
    shipped = 0
    for path in sorted(spool.iterdir()):
        if path.suffix == _DRAFT:
            continue
        store.put(f"wal/{path.name}", path)
        path.unlink()
        shipped += 1
    return shipped
