"""LISTEN and NOTIFY: one connection that hears `outbox` and `web`, and a way to tell `inbox` after commits.

Only a hurry: whoever misses a notification finds the rows by polling.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.channels.web_spread import Spread
from bot.database import connect

logger = logging.getLogger(__name__)


class Wakeup:
    """heard: called for each notification of `outbox`. spread: what the gateways tell each other of web chats."""

    def __init__(
        self, url: str, pool: AsyncConnectionPool[Any], heard: Callable[[], None], spread: Spread | None = None
    ) -> None:
        self._url = url
        self._pool = pool
        self._heard = heard
        self._spread = spread

    async def tell(self, what: str) -> None:
        """Wake the listeners of `inbox` or `outbox`."""
        if what == "outbox":
            self._heard()
        try:
            async with self._pool.connection() as connection:
                await connection.execute("SELECT pg_notify(%s, '')", (what,))
        except (psycopg.Error, PoolTimeout) as error:
            logger.warning("nobody was woken: %s", str(error).splitlines()[:1])

    async def listen(self) -> None:
        """Hear for ever, over broken connections too."""
        while True:
            try:
                async with await connect(self._url, "gateway-listen") as connection:
                    await connection.execute("LISTEN outbox")
                    if self._spread is not None:
                        await connection.execute("LISTEN web")
                        await self._spread.catch_up()
                    self._heard()
                    async for notice in connection.notifies():
                        if notice.channel == "outbox":
                            self._heard()
                        elif self._spread is not None:
                            await self._spread.heard(notice.payload)
            except (psycopg.Error, PoolTimeout) as error:
                logger.warning("no notifications for a while: %s", str(error).splitlines()[:1])
                await asyncio.sleep(1.0)
