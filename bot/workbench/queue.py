"""The queue of tests in the database: who works on which, under a lease, and what came of it.

Everything is written under the job's token: whoever lost it (a lease that ended, a test that was cancelled) writes
nothing any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

LEASE_SECONDS = 30
MOST_ATTEMPTS = 3

# One lock for all trainers: no two of them may see that nothing runs. A lease that ended is taken over.
_CLAIM = """
UPDATE workbench_jobs SET state = 'running', token = %(token)s, attempts = attempts + 1, step = 'preparing', done = 0,
    due = now() + make_interval(secs => %(lease)s), started_at = coalesce(started_at, now()), error = ''
WHERE id = (
    SELECT id FROM workbench_jobs WHERE state = 'queued' OR (state = 'running' AND due < now())
    ORDER BY state DESC, asked_at LIMIT 1
) AND NOT EXISTS (SELECT 1 FROM workbench_jobs WHERE state = 'running' AND due >= now())
RETURNING id, unit, attempts
"""
_GIVE_UP = """
UPDATE workbench_jobs SET state = 'failed', error = 'Interrupted', token = NULL, due = NULL, ended_at = now()
WHERE state = 'running' AND due < now() AND attempts >= %s
"""
_FAIL = """
UPDATE workbench_jobs SET state = 'failed', error = %s, token = NULL, due = NULL, ended_at = now()
WHERE id = %s AND token = %s AND state = 'running'
"""
_LET_GO = """
UPDATE workbench_jobs SET due = now() - interval '1 second', error = %s
WHERE id = %s AND token = %s AND state = 'running'
"""
_RENEW = """
UPDATE workbench_jobs SET due = now() + make_interval(secs => %s) WHERE id = %s AND token = %s AND state = 'running'
"""
_DONE = """
UPDATE workbench_jobs SET state = 'done', step = '', done = 100, result = %(result)s, patch = %(patch)s,
    model_name = %(name)s, model_sha256 = %(sha256)s, model = %(model)s, token = NULL, due = NULL, ended_at = now()
WHERE id = %(id)s AND token = %(token)s AND state = 'running'
"""


class LeaseLost(Exception):
    """Somebody else works on it now, or it was cancelled."""


@dataclass(frozen=True)
class Claimed:
    """A job that is ours for as long as its lease is renewed."""

    id: UUID
    unit: str
    token: UUID
    attempts: int


@dataclass(frozen=True)
class Order:
    """What is to be tested. additions: (intent, text)."""

    unit: str
    additions: list[tuple[str, str]]


class Queue:
    """url: of the role huntred_bot. Each call is a transaction of its own."""

    def __init__(self, url: str) -> None:
        self._url = url

    def claim(self) -> Claimed | None:
        """Take the oldest one that waits; None where there is none, or one runs anywhere."""
        token = uuid4()
        with self._connected() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('workbench queue'))")
            connection.execute(_GIVE_UP, (MOST_ATTEMPTS,))
            row = connection.execute(_CLAIM, {"token": token, "lease": LEASE_SECONDS}).fetchone()
        self._tell(row is not None)
        return Claimed(row["id"], row["unit"], token, row["attempts"]) if row else None

    def renew(self, job: Claimed) -> bool:
        """Whether it is still ours."""
        with self._connected() as connection:
            return connection.execute(_RENEW, (LEASE_SECONDS, job.id, job.token)).rowcount == 1

    def order(self, id_: UUID, token: UUID) -> Order:
        """Raises LeaseLost."""
        with self._connected() as connection:
            row = connection.execute(
                "SELECT unit, additions FROM workbench_jobs WHERE id = %s AND token = %s AND state = 'running'",
                (id_, token),
            ).fetchone()
        if row is None:
            raise LeaseLost
        return Order(row["unit"], [(each["intent"], each["text"]) for each in row["additions"]])

    def progress(self, id_: UUID, token: UUID, step: str, done: int) -> None:
        """Say how far it is. done: 0 to 100. Raises LeaseLost."""
        with self._connected() as connection:
            told = connection.execute(
                "UPDATE workbench_jobs SET step = %s, done = %s WHERE id = %s AND token = %s AND state = 'running'",
                (step, done, id_, token),
            )
        if told.rowcount != 1:
            raise LeaseLost
        self._tell(True)

    def finish(
        self, id_: UUID, token: UUID, result: Mapping[str, Any], patch: str, name: str, sha256: str, model: bytes | None
    ) -> None:
        """Keep what came of it. Raises LeaseLost."""
        values = {
            "id": id_, "token": token, "result": Jsonb(dict(result)), "patch": patch, "name": name, "sha256": sha256,
            "model": model,
        }  # fmt: skip
        with self._connected() as connection:
            if connection.execute(_DONE, values).rowcount != 1:
                raise LeaseLost
        self._tell(True)

    def fail(self, job: Claimed, error: str) -> None:
        """End it: it went wrong by its own fault, and would again."""
        self._end(job, _FAIL, error[:4000])

    def let_go(self, job: Claimed) -> None:
        """Its process was killed, or ours ends: it waits for another try, at most three in all."""
        self._end(job, _LET_GO, "")

    def turns(self, unit: str, most: int) -> list[str]:
        """Return the texts of the last masked turns of a unit, the latest first."""
        with self._connected() as connection:
            connection.execute("SELECT set_config('app.units', %s, true)", (unit,))
            rows = connection.execute(
                "SELECT text FROM (SELECT DISTINCT ON (text) text, at FROM workbench_turns WHERE text <> ''"
                " AND NOT app_is_generated(conversation_id)"
                " ORDER BY text, at DESC) t ORDER BY at DESC LIMIT %s",
                (most,),
            ).fetchall()
        return [row["text"] for row in rows]

    def current_model(self, unit: str, file: Path) -> bool:
        """Write the unit's published model into a file; False where there is none."""
        with self._connected() as connection:
            row = connection.execute(
                "SELECT content FROM published_models WHERE unit = %s AND taken_back_at IS NULL ORDER BY id DESC"
                " LIMIT 1",
                (unit,),
            ).fetchone()
        if row is None or row["content"] is None:
            return False
        file.write_bytes(row["content"])
        return True

    def _end(self, job: Claimed, statement: str, error: str) -> None:
        with self._connected() as connection:
            connection.execute(statement, (error, job.id, job.token))
        self._tell(True)

    def _connected(self) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(self._url, row_factory=dict_row, connect_timeout=10)

    def _tell(self, changed: bool) -> None:
        """After the commit: open pages look again."""
        if changed:
            with self._connected() as connection:
                connection.execute("SELECT pg_notify('live', '')")
