"""How many gateways there are, and which of them this one is: each holds a connection to PostgreSQL that tells.

A process that dies loses its connection, so that there is no heartbeat to expire. Asked only while Redis is away:
then each gateway takes its share of every limit, and of the chats.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import psycopg

from bot.database import connect

logger = logging.getLogger(__name__)

PERIOD = 2.0
_NAME = "gateway-member"
_LOOK = """
SELECT pg_backend_pid(), array_agg(pid ORDER BY backend_start, pid) FROM pg_stat_activity
WHERE application_name = %s AND datname = current_database()
"""


@dataclass(frozen=True)
class Share:
    """One of `of` gateways, the `index`-th (from 0)."""

    of: int = 1
    index: int = 0

    def owns(self, lane: int) -> bool:
        """Whether a chat whose number is `lane` is this gateway's, while they cannot ask each other."""
        return lane % self.of == self.index


class Members:
    """Looks every other second; what was seen last holds while PostgreSQL is away."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self.share = Share()

    async def look(self) -> None:
        """Look once. Raises psycopg.Error."""
        if self._connection is None or self._connection.closed:
            self._connection = await connect(self._url, _NAME)
        row = await (await self._connection.execute(_LOOK, (_NAME,))).fetchone()
        if row and row[1] and row[0] in row[1]:
            self.share = Share(len(row[1]), row[1].index(row[0]))

    async def keep_looking(self) -> None:
        """Look for ever, over broken connections too."""
        while True:
            try:
                await self.look()
            except psycopg.Error as error:
                logger.info("the other gateways cannot be counted: %s", str(error).splitlines()[:1])
                await self.close()
            await asyncio.sleep(PERIOD)

    async def close(self) -> None:
        """Be counted no more."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
