"""The way back: what a migration made is undone without a trace, and made again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from contract.ids import new_id
from huntred.db import migrate
from tests.bed import Database, describe

_TABLES = (
    "SELECT t.relkind, t.relname, t.relrowsecurity, t.relforcerowsecurity, array_to_string(t.relacl, ' ')"
    " FROM pg_class t WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> 'alembic_version'"
    " AND t.relkind IN ('r', 'p', 'v', 'm', 'S')",
    "SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,"
    " pg_get_expr(d.adbin, d.adrelid), col_description(t.oid, a.attnum) FROM pg_class t JOIN pg_attribute a"
    " ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = t.oid"
    " AND d.adnum = a.attnum WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p', 'v')",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
)
@pytest.fixture
def empty() -> Iterator[Database]:
    bed = describe()
    made = Database(f"empty_{new_id().hex[:12]}", bed)
    migrate.create_database(bed["admin_url"], made.name)
    yield made
    made.drop()


def _read(connection: Connection) -> list[set[Any]]:
    return [{tuple(row) for row in connection.exec_driver_sql(part)} for part in _TABLES]


def test_every_step_back_leaves_what_stood_before_it(empty: Database) -> None:
    with migrate.alembic(empty.url("migrator")) as (connection, config):
        command.ensure_version(config)  # its own table stays
        stood = {"base": _read(connection)}
        steps = [one.revision for one in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]
        for revision in steps:
            command.upgrade(config, revision)
            stood[revision] = _read(connection)
        for revision in [*reversed(steps[:-1]), "base"]:
            command.downgrade(config, revision)
            for now, then in zip(_read(connection), stood[revision], strict=True):
                assert (revision, now - then, then - now) == (revision, set(), set())
