"""The backup process: `python -m runtime.backup`, run by the supervisor where BACKUP_TO is set.

Ships the log every few seconds, erasures and media each minute, a base backup each day. What went well last stands
in var/run/backup.json, for make check and the supervisor.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from contract.settings import EXIT_MISCONFIGURED
from runtime.backup.shipping import ship
from runtime.backup.state import BackupState
from runtime.backup.store import Store, StoreError
from runtime.backup.taking import (
    TIME_FORMAT,
    BackupFailed,
    bases,
    forget_old,
    keep_erasures,
    keep_media,
    keep_secrets,
    take_base,
)
from runtime.installation import Installation

_SHIP_SECONDS = 5.0
_BESIDE_SECONDS = 60.0
_BASE_EVERY = timedelta(hours=24)


def run(installation: Installation, store: Store, stopped: threading.Event) -> None:
    """Work until told to stop; a store or database that is away is waited out, and said once a minute."""
    state = BackupState(installation.run / "backup.json")
    admin, huntred = installation.values["ADMIN_DATABASE_URL"], installation.admin_database_url
    spool, media = installation.wal_spool, Path(installation.values["MEDIA_DIR"])
    keep = int(installation.values.get("BACKUP_KEEP") or 7)
    passphrase = installation.values.get("BACKUP_PASSPHRASE", "")
    beside_at, said_at = 0.0, 0.0
    while not stopped.is_set():
        try:
            if ship(store, spool):
                state.note(shipped_at=datetime.now(UTC))
            if time.monotonic() >= beside_at:
                keep_erasures(store, huntred)
                keep_media(store, media)
                names = bases(store)
                if not names or _age(names[-1]) > _BASE_EVERY:
                    name = take_base(store, admin, installation.var / "run", now=datetime.now(UTC), say=print)
                    keep_secrets(store, installation.var / "secrets.env", passphrase)
                    forget_old(store, keep=keep)
                    state.note(base=name)
                beside_at = time.monotonic() + _BESIDE_SECONDS
            state.note(well_at=datetime.now(UTC), error="")
        except (StoreError, BackupFailed, psycopg.Error, OSError) as error:
            words = str(error).strip().splitlines()[0]
            state.note(error=words)
            if time.monotonic() - said_at > 60:
                print(f"backup: {words}", file=sys.stderr, flush=True)
                said_at = time.monotonic()
        stopped.wait(_SHIP_SECONDS)


def _age(name: str) -> timedelta:
    return datetime.now(UTC) - datetime.strptime(name, TIME_FORMAT).replace(tzinfo=UTC)


def main() -> int:
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    installation = Installation(var=Path(os.environ["BACKUP_VAR"]))
    installation.load()
    installation.recall_ports()
    try:
        store = Store.open(installation.values["BACKUP_TO"], installation.values)
    except StoreError as error:
        print(f"backup: {error}", file=sys.stderr)
        return EXIT_MISCONFIGURED
    run(installation, store, stopped)
    return 0


if __name__ == "__main__":
    sys.exit(main())
