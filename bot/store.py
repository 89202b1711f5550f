"""PostgreSQL for the turns: a small pool of psycopg connections used from threads.

Transactions are short; whoever hangs is cut off by the server, so that no old snapshot slows the queue.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import errors
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[dict[str, Any]]
# A process that stops in the middle of a transaction holds a chat's row, and the gateway's next flush waits for it.
_OPTIONS = "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=3000"
# A connection that worked a moment ago is not asked again whether it lives: that is a round trip for each use.
_TRUSTED_SECONDS = 2.0
_used: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()


def _check_rested(connection: Connection) -> None:
    if time.monotonic() - _used.get(connection, 0.0) > _TRUSTED_SECONDS:
        ConnectionPool.check_connection(connection)


def open_pool(database_url: str, size: int) -> ConnectionPool[Connection]:
    """Return an open pool of the role huntred_bot; a broken connection is replaced at its next use."""
    return ConnectionPool(
        database_url,
        min_size=1,
        max_size=size,
        open=True,
        timeout=10,
        check=_check_rested,
        kwargs={
            "row_factory": dict_row,
            "options": _OPTIONS,
        },
    )


@contextmanager
def transaction(pool: ConnectionPool[Connection], unit: str = "") -> Iterator[Connection]:
    """Open a transaction in the scope of a unit; without one, chats and inbox only.

    Raises OperationalError too where this process stood still in it so long that the server ended it: psycopg calls
    that an internal error, and it would count against the message.
    """
    try:
        with pool.connection() as connection:
            if unit:
                connection.execute("SELECT set_config('app.units', %s, true)", (unit,))
            yield connection
    except errors.IdleInTransactionSessionTimeout as error:
        raise psycopg.OperationalError(str(error)) from error
    _used[connection] = time.monotonic()
