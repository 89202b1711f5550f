"""Taking a base backup, and keeping what lies beside the database: media, erasures, secrets."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from runtime.backup import sealing
from runtime.backup.store import Store, StoreError, sha256_of
from runtime.embedded import postgres_bin

TIME_FORMAT = "%Y%m%dT%H%M%SZ"
SECRETS = "secrets.sealed"
Say = Callable[[str], None]


class BackupFailed(Exception):
    """No backup was taken; one line that says why."""


@dataclass(frozen=True)
class Manifest:
    """What one base backup is. files: name → SHA-256 in hex. wal_from: the first segment that it needs."""

    taken_at: str
    postgres: str
    system_id: str
    wal_from: str
    files: dict[str, str]

    @staticmethod
    def from_json(content: bytes) -> Manifest:
        return Manifest(**json.loads(content))


def take_base(store: Store, admin_url: str, scratch: Path, *, now: datetime, say: Say) -> str:
    """Copy the running cluster into the store; return the backup's name. Nothing stands still meanwhile.

    It can be restored by itself; with the archived log, to any later point. Raises BackupFailed, StoreError.
    """
    name = now.strftime(TIME_FORMAT)
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="base-", dir=scratch) as drawn:
        folder = Path(drawn)
        with psycopg.connect(admin_url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT current_setting('server_version'), system_identifier::text FROM pg_control_system()"
            ).fetchone()
        assert row is not None
        say("copying the database …")
        _pg_basebackup(admin_url, folder)
        files = {path.name: sha256_of(path) for path in sorted(folder.iterdir())}
        for file in files:
            say(f"writing {file} …")
            store.put(f"bases/{name}/{file}", folder / file)
        manifest = Manifest(name, str(row[0]), str(row[1]), _first_segment(folder), files)
        # Last: a backup without it was cut short and is not offered for a restore.
        store.put(f"bases/{name}/manifest.json", json.dumps(asdict(manifest), indent=1).encode())
    return name


def bases(store: Store) -> list[str]:
    """The names of whole base backups, the oldest first."""
    return [key.split("/")[-2] for key in store.keys("bases/") if key.endswith("/manifest.json")]


def keep_media(store: Store, media: Path) -> int:
    """Copy the files that the store does not have; their names are their hashes. Returns how many."""
    kept = set(store.keys("media/"))
    new = [path for path in sorted(media.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    copied = 0
    for path in new:
        key = f"media/{path.relative_to(media).as_posix()}"
        if key not in kept:
            try:
                store.put(key, path)
            except StoreError:
                if path.exists():
                    raise
                continue  # erased in this moment
            copied += 1
    return copied


def keep_erasures(store: Store, admin_url: str) -> int:
    """Copy the erasure log, entry by entry; it must outlive the database that it is about. Returns how many."""
    kept = {key.rpartition("/")[2].removesuffix(".json") for key in store.keys("erasures/")}
    with psycopg.connect(admin_url, autocommit=True) as connection:
        rows = connection.execute("SELECT id::text, to_jsonb(e) FROM erasures e ORDER BY id").fetchall()
    new = [(str(row[0]), row[1]) for row in rows if str(row[0]) not in kept]
    for id_, entry in new:
        store.put(f"erasures/{id_}.json", json.dumps(entry).encode())
    return len(new)


def keep_secrets(store: Store, secrets_file: Path, passphrase: str) -> bool:
    """Seal the installation's secrets into the store; False, and nothing done, without a passphrase."""
    if not passphrase:
        return False
    store.put(SECRETS, sealing.seal(secrets_file.read_bytes(), passphrase))
    return True


def forget_old(store: Store, *, keep: int) -> int:
    """Remove all but the newest base backups, and the log that only the removed ones need. Returns how many."""
    names = bases(store)
    old, kept = names[:-keep], names[-keep:]
    for name in old:
        # The manifest first: what is half removed must not look whole.
        for key in sorted(store.keys(f"bases/{name}/"), key=lambda key: not key.endswith("/manifest.json")):
            store.delete(key)
    if old and kept:
        first = Manifest.from_json(store.read(f"bases/{kept[0]}/manifest.json")).wal_from
        for key in list(store.keys("wal/")):
            segment = key.removeprefix("wal/")
            # A timeline's history file is small and never in the way.
            if not segment.endswith(".history") and segment[8:24] < first[8:24]:
                store.delete(key)
    return len(old)


def _pg_basebackup(admin_url: str, folder: Path) -> None:
    command = [
        str(postgres_bin() / "pg_basebackup"), f"--dbname={admin_url}", f"--pgdata={folder}", "--format=tar", "--gzip",
        "--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256", "--no-password", "--no-sync",
    ]  # fmt: skip
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if result.returncode != 0:
        words = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BackupFailed(f"pg_basebackup ended with status {result.returncode}: {words}")


def _first_segment(folder: Path) -> str:
    """The segment that a restore of this backup begins with, by PostgreSQL's own manifest."""
    described = json.loads((folder / "backup_manifest").read_text())
    part = described["WAL-Ranges"][0]
    high, low = (int(half, 16) for half in part["Start-LSN"].split("/"))
    return f"{int(part['Timeline']):08X}{high:08X}{low >> 24:08X}"
