"""A restore: base backup, log up to a point in time, files, and the erasures played again."""

from __future__ import annotations

import contextlib
import json
import shlex
import shutil
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from runtime.backup import sealing
from runtime.backup.store import Store, StoreError, sha256_of
from runtime.backup.taking import SECRETS, TIME_FORMAT, Manifest, Say, bases
from runtime.embedded import EmbeddedPostgres, hand_over
from runtime.installation import Installation

_RECOVERY_SECONDS = 3600


class RestoreRefused(Exception):
    """Nothing was restored and nothing was changed; one line that says what to do."""


@dataclass(frozen=True)
class Restored:
    """What came back. aside: where the data that stood there before lies now."""

    base: str
    segments: int
    media: int
    erased_again: int
    aside: Path | None


def restore(
    store: Store,
    installation: Installation,
    *,
    until: datetime | None,
    force: bool,
    now: datetime,
    passphrase: str,
    say: Say,
) -> Restored:
    """Put the embedded database and the media back, as they were at `until` or as late as the log goes.

    The caller holds the installation's lock. What is there already is kept aside under another name, never removed.
    Raises RestoreRefused, StoreError, EmbeddedError.
    """
    postgres = installation.var / "postgres"
    data = postgres / "data"
    if data.exists() and not force:
        raise RestoreRefused(f"{data} holds a database: FORCE=1 puts it aside and restores, or use an empty var/")
    name = _chosen(bases(store), until, store.place)
    manifest = Manifest.from_json(store.read(f"bases/{name}/manifest.json"))
    _bring_secrets(store, installation, passphrase)
    building = postgres / "data.restored"
    shutil.rmtree(building, ignore_errors=True)
    log_folder = postgres / "wal-restored"
    shutil.rmtree(log_folder, ignore_errors=True)
    try:
        say(f"bringing the base backup {name} …")
        _unpack(store, name, manifest, building, postgres)
        segments = _bring_log(store, manifest, log_folder)
        say(f"{segments} segments of the log are there")
        aside = _put_aside(data, now)
        for folder in (building, log_folder):
            hand_over(folder)
        building.rename(data)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        shutil.rmtree(log_folder, ignore_errors=True)
        raise
    say("playing the log …")
    with _recovered(installation, log_folder, until) as url:
        say("playing the erasures again …")
        erased = _erase_again(store, url)
    shutil.rmtree(log_folder, ignore_errors=True)
    media = _bring_media(store, Path(installation.values["MEDIA_DIR"]))
    return Restored(name, segments, media, erased, aside)


def _chosen(names: list[str], until: datetime | None, place: str) -> str:
    if not names:
        raise RestoreRefused(f"{place} holds no whole backup: make backup TO={place} writes one")
    fitting = [name for name in names if until is None or name <= until.strftime(TIME_FORMAT)]
    if not fitting:
        raise RestoreRefused(f"the oldest backup there is of {names[0]}, after the time that was asked for")
    return fitting[-1]


def _bring_secrets(store: Store, installation: Installation, passphrase: str) -> None:
    """A database comes back with its passwords and keys: those of this folder, or those of the backup."""
    path = installation.var / "secrets.env"
    if not path.exists():
        if not passphrase:
            raise RestoreRefused(
                f"{path} is missing: put your copy of it there, or set BACKUP_PASSPHRASE where the backup has it"
            )
        try:
            content = sealing.open_sealed(store.read(SECRETS), passphrase)
        except (sealing.WrongPassphrase, StoreError) as error:
            raise RestoreRefused(str(error)) from None
        path.touch(mode=0o600)
        path.write_bytes(content)
    installation.load()
    installation.recall_ports()


def _unpack(store: Store, name: str, manifest: Manifest, building: Path, scratch: Path) -> None:
    building.mkdir(parents=True, mode=0o700)
    for file, expected in manifest.files.items():
        draft = scratch / f"restoring-{file}"
        try:
            if store.get(f"bases/{name}/{file}", draft) != expected:
                raise RestoreRefused(f"{file} of the backup {name} is damaged: choose another one with TIME=")
            if file.endswith(".tar.gz"):
                target = building / "pg_wal" if file.startswith("pg_wal") else building
                with tarfile.open(draft) as tar:
                    tar.extractall(target, filter=_as_ours)  # noqa: S202  # our own, by its checksum
        finally:
            draft.unlink(missing_ok=True)


def _as_ours(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo | None:
    """The server has another user id inside its user namespace than outside: what comes back belongs to us."""
    found = tarfile.tar_filter(member, path)
    ours: dict[str, Any] = dict.fromkeys(("uid", "gid", "uname", "gname"))
    return found.replace(**ours, deep=False)


def _bring_log(store: Store, manifest: Manifest, folder: Path) -> int:
    folder.mkdir(parents=True, mode=0o700)
    brought = 0
    for key in store.keys("wal/"):
        segment = key.removeprefix("wal/")
        if segment.endswith(".history") or segment[8:24] >= manifest.wal_from[8:24]:
            store.get(key, folder / segment)
            brought += 1
    return brought


def _put_aside(data: Path, now: datetime) -> Path | None:
    if not data.exists():
        return None
    aside = data.with_name(f"data.before-{now.strftime(TIME_FORMAT)}")
    data.rename(aside)
    return aside


@contextlib.contextmanager
def _recovered(installation: Installation, log_folder: Path, until: datetime | None) -> Iterator[str]:
    """Run the server until it has played the log, and yield its address; afterwards it is ended again."""
    (installation.var / "postgres/data/recovery.signal").touch(mode=0o600)
    folder = shlex.quote(str(log_folder)).replace("%", "%%")
    settings = {"restore_command": f'cp {folder}/%f "%p"', "recovery_target_timeline": "latest"}
    if until is not None:
        settings |= {"recovery_target_time": until.isoformat(), "recovery_target_action": "promote"}
    server = EmbeddedPostgres(
        installation.var / "postgres", password=installation.values["DATABASE_PASSWORD_ADMIN"],
        log=installation.log_of("restore"), settings=settings,
    )  # fmt: skip
    installation.make_folders()
    server.start()
    try:
        deadline = time.monotonic() + _RECOVERY_SECONDS
        while True:
            with psycopg.connect(server.url(), autocommit=True) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
            if row == (False,):
                break
            if time.monotonic() > deadline:
                raise RestoreRefused("the log was not played within an hour; see var/log/restore.log")
            time.sleep(0.2)
        yield server.url("huntred")
    finally:
        server.stop()


def _erase_again(store: Store, url: str) -> int:
    """Whoever was erased after the backup is erased again; an erasure that the database knows does nothing."""
    from runtime.erasing import erase_again

    entries = [json.loads(store.read(key)) for key in store.keys("erasures/")]
    return erase_again(url, entries)


def _bring_media(store: Store, media: Path) -> int:
    brought = 0
    for key in store.keys("media/"):
        path = media / key.removeprefix("media/")
        if path.exists() and sha256_of(path) == path.name:
            continue
        draft = path.with_name(f".{path.name}.new")
        if store.get(key, draft) != path.name:
            draft.unlink()
            continue
        draft.replace(path)
        brought += 1
    return brought


def describe(store: Store) -> list[str]:
    """What one may restore, a line each."""
    last = max((key.removeprefix("wal/") for key in store.keys("wal/")), default="none")
    kind = "store" if urlsplit(store.place).scheme else "folder"
    return [*(f"base backup {name}" for name in bases(store)), f"last segment of the log: {last} ({kind})"]
