"""The test bed: one PostgreSQL and one Redis for a whole test run, with a migrated template database.

    python -m runtime.testbed --folder DIR [--owner PID]

Starts both, makes the roles and the template, then writes DIR/testbed.json (what tests/bed.py reads) and
stays until it is told to end (SIGTERM, SIGINT) or its owner is gone. Nothing here is durable: never keep
data in it.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import sys
import threading
from pathlib import Path

from runtime import child
from runtime.embedded import EmbeddedError, EmbeddedPostgres
from runtime.embedded_redis import EmbeddedRedis

TEMPLATE = "huntred_template"
ROLES = ("migrator", "gateway", "bot", "relay", "app")


def build_template(postgres: EmbeddedPostgres, passwords: dict[str, str]) -> None:
    """Make the roles and one empty, migrated database that every test session clones."""
    from huntred.db import migrate

    migrate.create_roles(postgres.url(), {f"huntred_{role}": word for role, word in passwords.items()})
    migrate.create_database(postgres.url(), TEMPLATE)
    migrate.upgrade(postgres.url(TEMPLATE, user="huntred_migrator", password=passwords["migrator"]))


def serve(folder: Path, owner: int | None) -> None:
    """Start everything, say where it is, and wait for the end."""
    folder.mkdir(parents=True, exist_ok=True)
    ended = threading.Event()
    for which in (signal.SIGTERM, signal.SIGINT):
        signal.signal(which, lambda *_: ended.set())

    passwords = {role: secrets.token_urlsafe(12) for role in ROLES}
    postgres = EmbeddedPostgres(folder / "postgres", password=secrets.token_urlsafe(12), durable=False)
    redis = EmbeddedRedis(folder / "redis", password=secrets.token_urlsafe(12), durable=False, databases=128)
    try:
        postgres.start()
        redis.start()
        build_template(postgres, passwords)
        description = {
            "pid": os.getpid(),
            "admin_url": postgres.url(),
            "host": "127.0.0.1",
            "port": postgres.port,
            "template": TEMPLATE,
            "passwords": passwords,
            "redis_url": redis.url,
        }
        draft = folder / "testbed.json.new"
        draft.write_text(json.dumps(description, indent=2))
        draft.rename(folder / "testbed.json")
        while not ended.wait(0.5):
            if owner is not None and not child.is_alive(owner):
                break
    finally:
        (folder / "testbed.json").unlink(missing_ok=True)
        redis.stop()
        postgres.stop()
        for part in ("postgres", "redis"):
            shutil.rmtree(folder / part, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--folder", type=Path, required=True, help="where its data and testbed.json go")
    parser.add_argument("--owner", type=int, help="end when this process is gone")
    arguments = parser.parse_args()
    try:
        serve(arguments.folder, arguments.owner)
    except EmbeddedError as error:
        sys.exit(f"test bed: {error}")


if __name__ == "__main__":
    main()
