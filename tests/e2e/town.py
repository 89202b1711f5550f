"""The running platform with its stand-ins, its offices and a look into its database."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.e2e.candidate import Candidate
from tests.e2e.office import Office
from tests.platform import Platform
from tests.standins.client import StandinsClient

# Telephone numbers that no earlier run on the same platform used.
_numbers = itertools.count(5218100000000 + int(time.time() * 10) % 10**9)


@dataclass
class Town:
    platform: Platform
    vendors: StandinsClient
    offices: dict[str, Office] = field(default_factory=dict)

    def candidate(self, account: str = "whatsapp:amigro", name: str = "") -> Candidate:
        """Somebody who has never written before."""
        return Candidate(self.vendors, account, str(next(_numbers)), name)

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Ask the database as superuser: the truth, whatever any role may see. A change needs its RETURNING."""
        with psycopg.connect(self.platform.admin_url, row_factory=dict_row) as connection:
            return connection.execute(query, values).fetchall()

    def wait_for(self, condition: Callable[[], Any], timeout: float, what: str) -> Any:
        """Wait until it holds and return what it gave; fails with what was waited for."""
        deadline = time.monotonic() + timeout
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"after {timeout:.0f} s it is not so that {what}")
            time.sleep(0.1)
