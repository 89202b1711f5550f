"""Brings a database to today's schema: roles, Alembic's migrations, policies.

Commands call it (`python -m runtime migrate`); no process migrates on its own at start.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, create_engine

from huntred.db import archive_functions, policies, policy_sql, search_functions

_MIGRATIONS = Path(__file__).parent / "migrations"


def create_roles(admin_url: str, passwords: dict[str, str]) -> None:
    """Create or update the five roles. passwords: by role name (`huntred_app` …)."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for role in policies.ROLES:
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
            verb = sql.SQL("ALTER" if exists else "CREATE")
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE PASSWORD {}").format(
                    verb, sql.Identifier(role), sql.Literal(passwords[role])
                )
            )


def create_database(admin_url: str, name: str, *, template: str | None = None) -> None:
    """Create a database that the migrator owns, where it is not there yet; `vector` is put in while we may."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            of_template = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}{}").format(
                    sql.Identifier(name), sql.Identifier(policies.MIGRATOR), of_template
                )
            )
    if template is None:
        # pgvector is no trusted extension: the owner of the database may not put it in.
        with psycopg.connect(admin_url, dbname=name, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


def upgrade(migrator_url: str) -> None:
    """Run the migrations that are missing, then lay the policies anew; all in one transaction.

    migrator_url: of the role huntred_migrator, which owns the database.
    """
    with alembic(migrator_url) as (connection, config):
        command.upgrade(config, "head")
        for laid_anew in (policy_sql, archive_functions, search_functions):
            for statement in laid_anew.statements():
                connection.exec_driver_sql(statement)


@contextmanager
def alembic(migrator_url: str) -> Iterator[tuple[Connection, Config]]:
    """Alembic on a connection of its own, in a transaction."""
    engine = create_engine(migrator_url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.begin() as connection:
            # Two that start at once take turns.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7340031)")
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.attributes["connection"] = connection
            yield connection, config
    finally:
        engine.dispose()
