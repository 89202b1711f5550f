"""Fetches the files that wait, a few at a time, beside the conversation: it never waits for one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import psycopg
from psycopg_pool import PoolTimeout

from bot import metrics
from bot.accounts import Directory
from bot.media.content import LIMITS, Judged, judge
from bot.media.errors import MediaGone, MediaLater, MediaRefused
from bot.media.fetching import Fetching, Wanted
from bot.media.queue import MediaQueue, Waiting
from bot.media.shelf import Parcel, Shelf

logger = logging.getLogger(__name__)

AT_ONCE = 4
LEASE_SECONDS = 180.0
_LONGEST = 150.0
_POLL = 1.0
_BACK_OFF = (5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
# WhatsApp's ids live as long; nobody's address lives longer.
KEPT_AT_VENDOR = timedelta(days=7)


class MediaKeeper:
    """wake: called after a commit that left an event. One a gateway; several share the queue."""

    def __init__(
        self,
        queue: MediaQueue,
        directory: Directory,
        fetching: Fetching,
        shelf: Shelf,
        wake: Callable[[str], Awaitable[None]],
    ) -> None:
        self._queue = queue
        self._directory = directory
        self._fetching = fetching
        self._shelf = shelf
        self._wake = wake
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until cancelled; what was under way then comes again after its lease."""
        pause = _POLL
        try:
            await asyncio.to_thread(self._tidy)
            while True:
                try:
                    claimed = await self._queue.claim(AT_ONCE - len(self._tasks)) if self._room() else []
                    pause = _POLL
                except (psycopg.Error, PoolTimeout) as error:
                    logger.warning("files cannot be claimed: %s", str(error).splitlines()[:1])
                    claimed, pause = [], min(pause * 2, 10.0)
                for row in claimed:
                    task = asyncio.ensure_future(self._handle(row))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                if self._tasks:
                    await asyncio.wait(self._tasks, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                else:
                    await asyncio.sleep(pause)
        finally:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _room(self) -> bool:
        return len(self._tasks) < AT_ONCE

    def _tidy(self) -> None:
        try:
            self._shelf.tidy()
        except OSError as error:
            logger.warning("MEDIA_DIR cannot be tidied: %s", error)

    async def _handle(self, row: Waiting) -> None:
        try:
            await self._try(row)
        except (psycopg.Error, PoolTimeout) as error:
            logger.warning("file %s comes again after its lease: %s", row.id, str(error).splitlines()[:1])
        except Exception:
            # A fault of ours: it comes again after its lease, and ends with the vendor's id.
            logger.exception("file %s could not be fetched", row.id)

    async def _try(self, row: Waiting) -> None:
        parcel: Parcel | None = None
        try:
            parcel = await asyncio.to_thread(self._shelf.begin)
            judged = await asyncio.wait_for(self._fill(row, parcel), _LONGEST)
            name = await asyncio.to_thread(parcel.keep)
            ended = await self._queue.stored(
                row, stored_name=name, sha256=parcel.sha256, size=parcel.size,
                content_type=judged.content_type, marks=judged.marks,
            )  # fmt: skip
            metrics.media.labels(row.channel, "stored").inc()
        except MediaRefused as refused:
            ended = await self._queue.ended(row, "refused", refused.code)
            metrics.media.labels(row.channel, "refused").inc()
        except MediaGone as gone:
            ended = await self._queue.ended(row, "gone", "gone", str(gone)[:300])
            metrics.media.labels(row.channel, "gone").inc()
        except (MediaLater, OSError, asyncio.TimeoutError) as error:
            ended = await self._later(row, error)
        finally:
            if parcel is not None:
                await asyncio.to_thread(parcel.drop)
        if ended:
            await self._wake("events")

    async def _fill(self, row: Waiting, parcel: Parcel) -> Judged:
        """Bring the bytes into the parcel and judge them."""
        most = LIMITS.get(row.kind, LIMITS["document"])
        if row.content is not None:
            if len(row.content) > most:
                raise MediaRefused("too_big")
            await asyncio.to_thread(parcel.write, row.content)
        else:
            account = await self._directory.by_id(row.account_id)
            if account is None:
                raise MediaGone("its number or bot is gone")

            async def write(chunk: bytes) -> None:
                await asyncio.to_thread(parcel.write, chunk)

            wanted = Wanted(row.channel, row.vendor_id, row.url, row.claimed_size, most)
            await self._fetching.fetch(wanted, account, write)
        await asyncio.to_thread(parcel.finish)
        return await asyncio.to_thread(judge, Path(parcel.path), row.claimed_name)

    async def _later(self, row: Waiting, error: Exception) -> bool:
        reason = str(error) or type(error).__name__
        if datetime.now(timezone.utc) - row.created_at > KEPT_AT_VENDOR:
            metrics.media.labels(row.channel, "failed").inc()
            return await self._queue.ended(row, "failed", "gone", reason[:300])
        pause = _BACK_OFF[min(row.attempts - 1, len(_BACK_OFF) - 1)]
        await self._queue.again(row, max(pause, getattr(error, "after", 0.0)), reason)
        metrics.media.labels(row.channel, "later").inc()
        return False
