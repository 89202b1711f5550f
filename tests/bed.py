"""The tests' way to the test bed: real PostgreSQL and Redis, one database a pytest process, cleaned between tests.

Importable in both environments (Python 3.10 and 3.11): standard library, and psycopg and redis when used.
`TESTBED` may point at the testbed.json of a bed that somebody else started (make test does); without it the first
test that asks for a database starts one, shared by all xdist workers of this run, which ends with the run.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
_RUN_FOLDER = "TESTBED_RUN"
_START_SECONDS = 180.0
# Rows that were deleted stay in the files (no vacuum runs here): now and then they are emptied for good.
_TRUNCATE_EVERY = 25


def start_run() -> str | None:
    """Called once by the pytest process that owns the run: names the folder that its workers share."""
    if os.environ.get("TESTBED") or os.environ.get(_RUN_FOLDER):
        return None
    folder = tempfile.mkdtemp(prefix="testbed-")
    os.environ[_RUN_FOLDER] = f"{folder}:{os.getpid()}"
    return folder


def end_run(folder: str) -> None:
    """Stop the bed of this run, if any test started it."""
    os.environ.pop(_RUN_FOLDER, None)
    described = Path(folder) / "testbed.json"
    if described.exists():
        pid = int(json.loads(described.read_text())["pid"])
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 20
        while described.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    subprocess.run(["rm", "-rf", folder], check=False)


def describe() -> dict[str, Any]:
    """The running bed; starts one where there is none."""
    given = os.environ.get("TESTBED")
    if given:
        return dict(json.loads(Path(given).read_text()))
    run = os.environ.get(_RUN_FOLDER)
    if run is None:
        raise RuntimeError("no test bed: run by pytest (tests/conftest.py starts one) or set TESTBED")
    folder_name, _, owner = run.rpartition(":")
    folder = Path(folder_name)
    described = folder / "testbed.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first worker that comes starts it, the others wait here
        if not described.exists():
            _start(folder, owner)
    return dict(json.loads(described.read_text()))


def _start(folder: Path, owner: str) -> None:
    python = ROOT / ".venv" / "app" / "bin" / "python"
    command = [str(python if python.exists() else sys.executable), "-m", "runtime.testbed"]
    log = folder / "testbed.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--folder", str(folder), "--owner", owner],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    while not (folder / "testbed.json").exists():
        if process.poll() is not None:
            raise RuntimeError(f"the test bed cannot start:\n{log.read_text()}")
        if time.monotonic() > deadline:
            process.kill()
            raise RuntimeError(f"the test bed did not start within {_START_SECONDS:.0f} s:\n{log.read_text()}")
        time.sleep(0.05)
    # It lives on past this object on purpose; silence the interpreter's remark about that.
    process.returncode = 0


@dataclass
class Database:
    """One migrated database of this pytest process."""

    name: str
    bed: dict[str, Any]
    _kept: frozenset[str] = frozenset()
    _tables: list[str] = field(default_factory=list)
    _admin: Any = None
    _cleaned: int = 0
    _copies: dict[str, str] = field(default_factory=dict)
    _kept_numbers: frozenset[str] = frozenset()

    @property
    def admin_url(self) -> str:
        """As superuser: sees and may do everything, row-level security does not apply."""
        parts = urlsplit(self.bed["admin_url"])
        return urlunsplit(parts._replace(path=f"/{self.name}"))

    def url(self, role: str) -> str:
        """As one of the roles migrator, gateway, bot, relay, app."""
        password = quote(self.bed["passwords"][role], safe="")
        return f"postgresql://huntred_{role}:{password}@{self.bed['host']}:{self.bed['port']}/{self.name}"

    @classmethod
    def clone(cls, bed: dict[str, Any]) -> Database:
        """Make a database of one's own from the migrated template."""
        import psycopg
        from psycopg import sql

        database = cls(name=f"t_{uuid.uuid4().hex[:12]}", bed=bed)
        with psycopg.connect(bed["admin_url"], autocommit=True) as admin:
            # Two clones at once collide on the template: one lock for the cluster, kept while copying.
            admin.execute("SELECT pg_advisory_lock(4711)")
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER huntred_migrator STRATEGY file_copy").format(
                    sql.Identifier(database.name), sql.Identifier(bed["template"])
                )
            )
        database._learn_tables()
        return database

    def clean(self) -> None:
        """Empty every table that a test filled (what the migrations put in stays) and begin its numbers anew."""
        admin = self._connection()
        filled = [table for table in self._filled() if table not in self._kept]
        self._cleaned += 1
        if self._in_use() or self._cleaned % _TRUNCATE_EVERY == 0:
            self._truncate(filled)
        elif filled:
            # TRUNCATE takes along every table that refers to one of these, about a hundred: ten times as slow. Without
            # triggers, as all go; nothing is left that a foreign key could miss.
            deletes = "; ".join(f"DELETE FROM {table}" for table in filled)
            admin.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletes}; COMMIT")
        self._number_anew()

    def keep(self, name: str) -> None:
        """Remember what stands in the tables now, to be put back after a `clean()`."""
        admin = self._connection()
        filled = [table for table in self._filled() if table not in self._kept]
        schema = f"kept_{name}"
        copies = []
        for table in filled:
            columns = ", ".join(
                row[0]
                for row in admin.execute(
                    "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
                    "AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
                    [table],
                )
            )
            copy = f"{schema}.{table.replace('.', '_')}"
            admin.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            admin.execute(f"CREATE TABLE {copy} AS SELECT {columns} FROM {table}")
            copies.append(f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {copy}")
        numbers = [f"SELECT setval('{sequence}', {last})" for sequence, last in self._numbers() if last is not None]
        self._copies[name] = "; ".join([*copies, *numbers])

    def put_back(self, name: str) -> bool:
        """Fill the tables, emptied before, with what was kept under this name; False where nothing was."""
        statement = self._copies.get(name)
        if statement is None:
            return False
        self._connection().execute(f"BEGIN; SET LOCAL session_replication_role = replica; {statement}; COMMIT")
        return True

    def _truncate(self, filled: list[str]) -> None:
        from psycopg import errors

        if not filled:
            return
        admin = self._connection()
        statement = f"TRUNCATE {', '.join(filled)} CASCADE"
        try:
            admin.execute("SET lock_timeout = '2s'")
            admin.execute(statement)
        except errors.LockNotAvailable:
            # Something of an earlier test still holds a transaction open (a killed process, a forgotten session).
            self.disconnect_others()
            admin.execute(statement)

    def _in_use(self) -> bool:
        """Whether a transaction of an earlier test is open: what it wrote would come after the emptying."""
        open_ones = self._connection().execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL)"
        )
        return bool(open_ones.fetchone()[0])

    def _numbers(self) -> list[tuple[str, int | None]]:
        """The sequences and the last number that each gave, None where it gave none."""
        return list(
            self._connection().execute(
                "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences "
                "WHERE schemaname NOT LIKE 'kept_%'"
            )
        )

    def _number_anew(self) -> None:
        begun = [
            f"setval('{name}', (SELECT seqstart FROM pg_sequence WHERE seqrelid = '{name}'::regclass), false)"
            for name, last in self._numbers()
            if last is not None and name not in self._kept_numbers
        ]
        if begun:
            self._connection().execute(f"SELECT {', '.join(begun)}")

    def disconnect_others(self) -> None:
        """End every other connection to this database."""
        self._connection().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def drop(self) -> None:
        """Remove it with whatever is still connected to it."""
        import psycopg
        from psycopg import sql

        if self._admin is not None:
            self._admin.close()
        with psycopg.connect(self.bed["admin_url"], autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def _connection(self) -> Any:
        import psycopg

        if self._admin is None or self._admin.closed:
            self._admin = psycopg.connect(self.admin_url, autocommit=True)
        return self._admin

    def _learn_tables(self) -> None:
        rows = self._connection().execute(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition "
            "AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        )
        self._tables = [row[0] for row in rows]
        self._kept = frozenset(self._filled())
        self._kept_numbers = frozenset(name for name, last in self._numbers() if last is not None)

    def _filled(self) -> list[str]:
        if not self._tables:
            return []
        checks = " UNION ALL ".join(f"(SELECT '{table}' WHERE EXISTS (SELECT FROM {table}))" for table in self._tables)
        return [row[0] for row in self._connection().execute(checks)]


def redis_database(bed: dict[str, Any]) -> str:
    """The address of a Redis database that no other pytest process of this bed uses."""
    import redis

    client = redis.Redis.from_url(bed["redis_url"])
    number = int(client.incr("testbed:databases"))
    client.close()
    if number > 127:
        raise RuntimeError("the test bed has no Redis database left")
    return str(bed["redis_url"]).rpartition("/")[0] + f"/{number}"
