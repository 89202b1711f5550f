"""One request at a time for each site, whichever worker makes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select

from huntred.importing.ports import HostBusy


@contextmanager
def host_turn(engine: Engine, host: str) -> Iterator[None]:
    """Hold a site's turn by a lock of the database's, which ends with its holder. Raises HostBusy."""
    key = int.from_bytes(hashlib.sha256(f"job page:{host}".encode()).digest()[:8], "big", signed=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(key))):
            raise HostBusy(host)
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(key)))
