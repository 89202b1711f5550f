"""make backup, make restore, make upgrade."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from rich.console import Console

from runtime import child
from runtime import status as operator
from runtime.backup import restoring
from runtime.backup.shipping import archive_settings, ship
from runtime.backup.state import BackupState
from runtime.backup.store import Store, StoreError
from runtime.backup.taking import BackupFailed, Say, keep_erasures, keep_media, keep_secrets, take_base
from runtime.embedded import EmbeddedError, EmbeddedPostgres
from runtime.installation import Installation, InstallationError, read_env_file
from runtime.log_files import last_words
from runtime.up import AlreadyRunning, only_one

_STEPS = ("migrate", "seed", "train")


def backup(installation: Installation, to: str, say: Say) -> int:
    """Take one now, of a platform that runs or rests. Returns the exit status."""
    try:
        _prepare(installation)
        store = _store(installation, to)
        with _database(installation):
            name = _take(installation, store, say)
    except (StoreError, BackupFailed, EmbeddedError, InstallationError, psycopg.Error) as error:
        return _fail("backup", error)
    say(f"the backup {name} is in {store.place}")
    return 0


def restore(installation: Installation, source: str, until: str, force: bool, say: Say) -> int:
    """Bring one back into a platform that rests. Returns the exit status."""
    try:
        moment = _moment(until)
        installation.make_folders()
        with only_one(installation):
            # Read without making secrets: a fresh folder gets those of the backup.
            installation.values = {**read_env_file(installation.root / ".env"), **installation.environment}
            store = _store(installation, source)
            done = restoring.restore(
                store, installation, until=moment, force=force, now=datetime.now(UTC),
                passphrase=installation.values.get("BACKUP_PASSPHRASE", ""), say=say,
            )  # fmt: skip
    except AlreadyRunning:
        return _fail("restore", "this installation runs: make down first")
    except (StoreError, restoring.RestoreRefused, EmbeddedError, InstallationError, psycopg.Error, OSError) as error:
        return _fail("restore", error)
    say(f"restored {done.base} and {done.segments} segments of the log; {done.media} files; "
        f"{done.erased_again} people erased again")  # fmt: skip
    if done.aside:
        say(f"what stood there before is in {done.aside}: remove it once all is well")
    say("make up starts it")
    return 0


def upgrade(installation: Installation, to: str, say: Say) -> int:
    """Back up, end what runs, migrate, seed and train by the new code; undo where a step fails."""
    try:
        _prepare(installation)
        store = _store(installation, to or installation.values.get("BACKUP_TO") or str(installation.var / "backups"))
        with _database(installation):
            name = _take(installation, store, say)
        say(f"the backup {name} is in {store.place}")
        if operator.down(installation, Console()):
            return 1
    except (StoreError, BackupFailed, EmbeddedError, InstallationError, psycopg.Error) as error:
        return _fail("upgrade", f"nothing was changed: {error}")
    failed = ""
    with _database(installation):
        for step in _STEPS:
            say(f"{step} …")
            failed = _step(installation, step)
            if failed:
                break
    if not failed:
        say("upgraded; make up starts the new version")
        return 0
    say(f"{failed}\nbringing the backup back …")
    code = restore(installation, store.place, "", True, say)
    end = "put the former version of the code back, then make up" if code == 0 else f"make restore FROM={store.place}"
    return _fail("upgrade", f"undone; {end}")


def _prepare(installation: Installation) -> None:
    if not (installation.var / "secrets.env").exists():
        raise InstallationError("this installation was never started: there is nothing to back up")
    installation.load()
    installation.recall_ports()
    if installation.outside_database:
        raise InstallationError(
            "DATABASE_URL or ADMIN_DATABASE_URL names a PostgreSQL of yours: back it up with its own tools "
            "(docs/operators.md)"
        )


def _store(installation: Installation, place: str) -> Store:
    chosen = place or installation.values.get("BACKUP_TO", "")
    if not chosen:
        raise InstallationError("no place for backups: give TO= (FROM= at a restore), or set BACKUP_TO")
    return Store.open(chosen, installation.values)


def _take(installation: Installation, store: Store, say: Say) -> str:
    admin, huntred = installation.values["ADMIN_DATABASE_URL"], installation.admin_database_url
    keep_erasures(store, huntred)
    name = take_base(store, admin, installation.run, now=datetime.now(UTC), say=say)
    files = keep_media(store, Path(installation.values["MEDIA_DIR"]))
    say(f"{files} new files")
    if not keep_secrets(store, installation.var / "secrets.env", installation.values.get("BACKUP_PASSPHRASE", "")):
        say("var/secrets.env is not in it: keep a copy elsewhere, or set BACKUP_PASSPHRASE to have it sealed in")
    BackupState(installation.run / "backup.json").note(base=name, well_at=datetime.now(UTC), error="")
    return name


@contextlib.contextmanager
def _database(installation: Installation) -> Iterator[None]:
    """The database that runs, or the embedded one started for as long as this takes."""
    if operator.running_pid(installation) is not None:
        yield
        return
    installation.make_folders()
    with only_one(installation):
        server = EmbeddedPostgres(
            installation.var / "postgres", password=installation.values["DATABASE_PASSWORD_ADMIN"],
            log=installation.log_of("postgres"),
            settings=archive_settings(installation.wal_spool) if installation.keeps_backups else None,
        )  # fmt: skip
        server.start()
        installation.values["POSTGRES_PORT"] = str(server.port)
        installation.settle_addresses()
        try:
            yield
        finally:
            server.stop()
            if installation.keeps_backups:
                ship(_store(installation, ""), installation.wal_spool)


def _step(installation: Installation, command: str) -> str:
    """Run one of our commands; return why it failed, or nothing."""
    log = installation.log_of(command)
    with log.open("ab") as out:
        process = child.spawn(
            [sys.executable, "-m", "runtime", command], env=installation.environment_of_command(),
            cwd=installation.root, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    code = process.wait()
    return f"{command} ended with status {code}: {last_words(log)}" if code else ""


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InstallationError(f"TIME={text} is no time: give it as 2026-11-22T21:00:00Z") from None
    if moment.tzinfo is None:
        raise InstallationError(f"TIME={text} names no zone: add Z, or -06:00 for Mexico City")
    return moment


def _fail(command: str, reason: object) -> int:
    print(f"make {command}: {str(reason).strip()}", file=sys.stderr)
    return 1
