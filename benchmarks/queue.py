"""Claim and finish with millions of rows behind them: `python -m benchmarks.queue [--rows 10000000] [--claimers 16]`

A durable PostgreSQL of its own holds so many done rows in inbox, outbox and tracker (11 GB at ten million); the folder
keeps them for the next run. The claimers take turns and commit them by bot/lane.py itself, as Rasa's role, with as long
a pause between the two as a quick turn thinks (--think), so that what is measured is the database's answer and not
Python's queue for two processors. The floor is the same with empty tables, just before. All three tables are given
their statistics as autovacuum would; the rows that wait come after it, as they do.
"""

from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.platform import percentile, show
from huntred.db import migrate
from runtime.embedded import EmbeddedPostgres
from runtime.installation import ROOT
from runtime.processes import LIBRARY_ENVIRONMENT
from runtime.testbed import ROLES

_CHATS = 20_000
# Less written twice while it is filled; what is measured is measured with the settings of `make up`.
_FILLING = {"max_wal_size": "8GB", "wal_level": "minimal", "max_wal_senders": "0", "checkpoint_timeout": "30min"}
_PEOPLE = """
INSERT INTO units (code, name, tagline, colour, settings) VALUES ('amigro', 'Amigro', '', '#000000', '{}');
INSERT INTO channel_apps (id, channel, name, secrets) VALUES (gen_random_uuid(), 'whatsapp', 'queue', '');
INSERT INTO channel_accounts (id, unit, app_id, channel, external_id, name, secrets)
    SELECT gen_random_uuid(), 'amigro', id, 'whatsapp', '1', 'x', '' FROM channel_apps;
INSERT INTO chats (id, channel_account_id, channel, user_id, unit, conversation_id)
    SELECT gen_random_uuid(), a.id, 'whatsapp', n::text, 'amigro', gen_random_uuid()
    FROM channel_accounts a, generate_series(1, 20000) n;
INSERT INTO conversations (id, unit, chat_id, channel) SELECT conversation_id, unit, id, channel FROM chats;
"""
_INBOX = """
INSERT INTO inbox (chat_id, conversation_id, unit, channel_account_id, channel, kind, vendor_id, vendor_at, payload,
    received_at, state, done_at)
SELECT c.id, c.conversation_id, 'amigro', c.channel_account_id, 'whatsapp', 'text', 'wamid.' || gen_random_uuid(), at,
    '{"kind": "text", "text": "busco trabajo de cocina"}', at, 'done', at
FROM generate_series(%s::bigint, %s::bigint) n
JOIN numbered c ON c.number = n %% %s, LATERAL (SELECT now() - interval '40 days' + n * interval '0.3 second' AS at) t
"""
_OUTBOX = """
INSERT INTO outbox (unit, conversation_id, chat_id, channel_account_id, channel, source, source_id, ord, payload, state,
    vendor_id, created_at, sent_at)
SELECT 'amigro', c.conversation_id, c.id, c.channel_account_id, 'whatsapp', 'old', n::text, 0,
    '{"kind": "text", "text": "Tengo estas vacantes para ti"}', 'read', 'wamid.' || gen_random_uuid(), at, at
FROM generate_series(%s::bigint, %s::bigint) n
JOIN numbered c ON c.number = n %% %s, LATERAL (SELECT now() - interval '40 days' + n * interval '0.3 second' AS at) t
"""
_TRACKER = """
INSERT INTO tracker_events (conversation_id, seq, unit, name, event, at)
SELECT c.conversation_id, n / %s + 1000, 'amigro', kind, jsonb_build_object('event', kind, 'name', 'action_listen',
    'timestamp', n, 'policy', 'RulePolicy', 'confidence', 1.0), now() - interval '40 days'
FROM generate_series(%s::bigint, %s::bigint) n
JOIN numbered c ON c.number = n %% %s,
LATERAL (SELECT CASE WHEN (n / %s) %% 50 = 0 THEN 'session_started' ELSE 'action' END AS kind) k
"""
_WAITING = """
WITH chosen AS (SELECT * FROM chats ORDER BY md5(id::text || %(round)s) LIMIT %(turns)s), came AS (
    INSERT INTO inbox (chat_id, unit, channel_account_id, channel, kind, vendor_id, payload)
    SELECT id, unit, channel_account_id, channel, 'text', 'wamid.' || gen_random_uuid(),
        '{"kind": "text", "text": "busco trabajo"}' FROM chosen
)
UPDATE chats c SET due = clock_timestamp() - random() * interval '1 minute' FROM chosen WHERE c.id = chosen.id
"""
# Those that no constraint needs: kept up to date row by row they take most of the filling's time.
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid IN ('inbox'::regclass, 'outbox'::regclass, 'tracker_events'::regclass)
    AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""
_STEP = 250_000


def load(url: str, rows: int) -> None:
    """Fill the three tables, a quarter of a million rows a transaction; their indexes are built once all is there."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("SET session_replication_role = replica")  # what is written here refers to what is there
        indexes = connection.execute(_INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        connection.execute("CREATE TEMP TABLE numbered AS SELECT row_number() OVER () - 1 AS number, * FROM chats")
        connection.execute("CREATE UNIQUE INDEX ON numbered (number)")
        connection.execute("ANALYZE numbered")
        for first in range(0, rows, _STEP):
            last = min(first + _STEP, rows) - 1
            connection.execute(_INBOX, (first, last, _CHATS))
            connection.execute(_OUTBOX, (first, last, _CHATS))
            connection.execute(_TRACKER, (_CHATS, first, last, _CHATS, _CHATS))
        for _, definition in indexes:
            connection.execute(definition)
        connection.execute("VACUUM (ANALYZE) inbox, outbox, tracker_events, chats, conversations")


def claim(admin: str, bot: str, turns: int, claimers: int, think: float, name: str) -> dict[str, float]:
    """Let so many turns wait, and have them taken and committed; return what it took."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(_WAITING, {"round": name, "turns": turns})
    began = time.perf_counter()
    processes = [
        subprocess.Popen(
            [str(ROOT / ".venv/bot/bin/python"), "-m", "benchmarks.queue_claimers", bot, str(claimers // 4),
             str(think)],
            cwd=ROOT, env={"PATH": "/usr/bin:/bin", **LIBRARY_ENVIRONMENT["bot"]}, stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    said = [json.loads(process.communicate(timeout=600)[0]) for process in processes]
    claims = [value for one in said for value in one["claims"]]
    finishes = [value for one in said for value in one["finishes"]]
    with psycopg.connect(admin) as connection:
        row = connection.execute("SELECT count(*) FROM inbox WHERE state = 'waiting'").fetchone()
    assert row is not None
    return {
        "turns": len(finishes), "left": row[0], "seconds": time.perf_counter() - began,
        "per_second": len(finishes) / max(one["seconds"] for one in said),
        "claim_p50_ms": percentile(claims, 0.5), "claim_p99_ms": percentile(claims, 0.99),
        "finish_p50_ms": percentile(finishes, 0.5), "finish_p99_ms": percentile(finishes, 0.99),
    }  # fmt: skip


def _make(postgres: EmbeddedPostgres, name: str, word: str) -> None:
    """A migrated database with the people of the queue."""
    migrate.create_database(postgres.url(), name)
    migrate.upgrade(postgres.url(name, user="huntred_migrator", password=word))
    with psycopg.connect(postgres.url(name), autocommit=True) as connection:
        connection.execute(_PEOPLE)


def _fill(folder: Path, word: str, rows: int) -> float:
    """Make the database of so many rows where the folder has none; return the seconds that it took."""
    postgres = EmbeddedPostgres(folder, password=word, settings=_FILLING)
    postgres.start()
    began = time.perf_counter()
    try:
        migrate.create_roles(postgres.url(), {f"huntred_{role}": word for role in ROLES})
        name = f"rows_{rows}"
        with psycopg.connect(postgres.url(), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                return 0.0
            connection.execute("DROP DATABASE IF EXISTS filling")
            _make(postgres, "filling", word)
            load(postgres.url("filling"), rows)
            connection.execute(sql.SQL("ALTER DATABASE filling RENAME TO {}").format(sql.Identifier(name)))
            return time.perf_counter() - began
    finally:
        postgres.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000, help="done rows in each of the three tables")
    parser.add_argument("--claimers", type=int, default=16)
    parser.add_argument("--turns", type=int, default=4000)
    parser.add_argument("--think", type=float, default=0.1, help="seconds between a claim and its finish")
    parser.add_argument("--folder", type=Path, default=Path(".benchmarks/queue"), help="kept for the next run")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    secret = given.folder / "password"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(12))
    word = secret.read_text()
    loading = _fill(given.folder, word, given.rows)
    postgres = EmbeddedPostgres(given.folder, password=word)
    postgres.start()
    try:
        with psycopg.connect(postgres.url(), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS empty")
            _make(postgres, "empty", word)
            connection.execute("CHECKPOINT")  # what the filling left is not the turns' to pay
        seen = {}
        for kind, name in (("floor", "empty"), ("measured", f"rows_{given.rows}")):
            bot = postgres.url(name, user="huntred_bot", password=word)
            seen[kind] = claim(postgres.url(name), bot, given.turns, given.claimers, given.think, kind)
        with psycopg.connect(postgres.url(f"rows_{given.rows}")) as connection:
            row = connection.execute("SELECT pg_database_size(current_database()) / 1e6").fetchone()
            size = float(row[0]) if row else 0.0
    finally:
        postgres.stop()
    show(rows=given.rows, claimers=given.claimers, database_mb=size, loading_seconds=loading)
    show(**{f"floor_{name}": value for name, value in seen["floor"].items()})
    show(**seen["measured"])


if __name__ == "__main__":
    main()
