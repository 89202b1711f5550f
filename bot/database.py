"""The gateway's way to PostgreSQL: a psycopg 3 pool and the scope of a transaction.

The turns' synchronous way is in bot/store.py. Nothing opens at import.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool

# A statement or an idle transaction that lasts longer than this is broken, and it would slow every claim.
# Who holds a chat's row holds up a whole flush: after a moment the flush is taken apart (bot/intake.py).
# Everything here looks up a few rows by their keys. A plan that was kept from when the tables were small, or from stale
# statistics, would read a whole table for each flush.
_OPTIONS = (
    "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=20000 -c lock_timeout=1500"
    " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
)


class SchemaMissing(Exception):
    """The database has no tables of ours."""


def make_pool(url: str, *, size: int, name: str) -> AsyncConnectionPool[Any]:
    """Return a pool that is not open yet; open it inside the loop. Connections commit by themselves."""
    return AsyncConnectionPool(
        url,
        min_size=min(2, size),
        max_size=size,
        open=False,
        timeout=5,
        reconnect_timeout=30,
        kwargs={"autocommit": True, "application_name": name, "options": _OPTIONS, "connect_timeout": 5},
    )


async def connect(url: str, name: str) -> psycopg.AsyncConnection[Any]:
    """Open one connection of its own, for LISTEN and NOTIFY."""
    return await psycopg.AsyncConnection.connect(url, autocommit=True, application_name=name, connect_timeout=5)


async def check_schema(url: str) -> None:
    """Raise SchemaMissing where `python -m runtime migrate` has not run, OperationalError where nobody answers."""
    async with await connect(url, "gateway-check") as connection:
        row = await (await connection.execute("SELECT to_regclass('public.outbox') IS NOT NULL")).fetchone()
        if not row or not row[0]:
            raise SchemaMissing("the database has no tables yet: run `python -m runtime migrate`")


@asynccontextmanager
async def scoped(
    connection: psycopg.AsyncConnection[Any],
    *,
    units: Sequence[str] = (),
    conversation_id: UUID | None = None,
) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Run a transaction in the scope of these units, or of one conversation."""
    async with connection.transaction():
        await connection.execute(
            "SELECT set_config('app.units', %s, true), set_config('app.conversation_id', %s, true)",
            (",".join(units), str(conversation_id or "")),
        )
        yield connection
