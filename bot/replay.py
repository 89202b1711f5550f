"""Reads quarantined bodies again that a person marked for it, with what the connectors know by now.

Their signatures were checked when they came. What is read is stored under the vendor's ids, so that a body that was
stored meanwhile changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.accounts import Directory
from bot.arrivals import Unreadable
from bot.channels.connector import Connector
from bot.intake import Intake, StorageDown

logger = logging.getLogger(__name__)

_SWEEP_SECONDS = 3.0
_MARKED = """
SELECT id, channel, app, body FROM quarantine WHERE replay_at IS NOT NULL ORDER BY replay_at LIMIT 20
FOR UPDATE SKIP LOCKED
"""
_SETTLE = """
UPDATE quarantine SET replay_at = NULL, replay_result = %s,
    replayed_at = CASE WHEN %s THEN clock_timestamp() ELSE replayed_at END
WHERE id = %s
"""


class Replay:
    """connectors: those that this gateway hosts."""

    def __init__(
        self, pool: AsyncConnectionPool[Any], directory: Directory, intake: Intake, connectors: Sequence[Connector]
    ) -> None:
        self._pool = pool
        self._directory = directory
        self._intake = intake
        self._connectors = {connector.name(): connector for connector in connectors}

    async def run(self) -> None:
        """Look every few seconds, for ever."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                await self.once()
            except (psycopg.Error, PoolTimeout, StorageDown) as error:
                logger.warning("nothing is read again for a while: %s", error)

    async def once(self) -> int:
        """Read what is marked; return how many bodies that were. The marks go when the outcome is written."""
        async with self._pool.connection() as connection, connection.transaction():
            rows = await (await connection.execute(_MARKED)).fetchall()
            for id_, channel, app, body in rows:
                stored, result = await self._again(channel, app, bytes(body))
                await connection.execute(_SETTLE, (result[:500], stored, id_))
        return len(rows)

    async def _again(self, channel: str, app_name: str, body: bytes) -> tuple[bool, str]:
        connector = self._connectors.get(channel)
        if connector is None:
            return False, f"this installation has no connector for {channel}"
        app = await self._directory.app(channel, app_name)
        if app is None:
            return False, f"there is no app {app_name} any more"
        try:
            events = await connector.reread(app, body)
        except Exception as error:
            return False, f"{type(error).__name__}: {error}"
        unread = [event.reason for event in events if isinstance(event, Unreadable)]
        readable = [event for event in events if not isinstance(event, Unreadable)]
        if unread or not readable:
            return False, "; ".join(unread) or "nothing in it"
        await self._intake.store(readable)
        return True, f"{len(readable)} stored"
