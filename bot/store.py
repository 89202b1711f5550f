"""PostgreSQL for the turns: a small pool of psycopg connections used from threads.

Transactions are short; whoever hangs is cut off by the server, so that no old snapshot slows the queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[dict[str, Any]]


def open_pool(database_url: str, size: int) -> ConnectionPool[Connection]:
    """Return an open pool of the role huntred_bot; a broken connection is replaced at its next use."""
    return ConnectionPool(
        database_url,
        min_size=1,
        max_size=size,
        open=True,
        timeout=10,
        check=ConnectionPool.check_connection,
        kwargs={
            "row_factory": dict_row,
            "options": "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=15000",
        },
    )


@contextmanager
def transaction(pool: ConnectionPool[Connection], unit: str = "") -> Iterator[Connection]:
    """Open a transaction in the scope of a unit (of none: chats and inbox only)."""
    with pool.connection() as connection:
        connection.execute("SELECT set_config('app.units', %s, true)", (unit,))
        yield connection
