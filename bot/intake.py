"""Group commit: everything that arrives while a flush is under way goes together in the next one.

A caller is answered after the commit of its own events and never before. A second flush goes beside one that is slow.
Where a flush fails by its content, each caller's events are tried alone, then each event, and what fails alone is put
into quarantine: one bad event never takes others with it. A chat that somebody holds takes no others with it either.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import psycopg
from psycopg import errors
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot import metrics, storing, team_chats
from bot.arrivals import Arrival, Event, StatusChange, Unreadable
from bot.floods import USUAL, Floods
from bot.storing import Stored

logger = logging.getLogger(__name__)

IN_FLIGHT = 2
MOST_EVENTS = 500
_DEADLOCK_TRIES = 5
_WAKE_AFTER = 0.005
# Under load whoever is woken is busy already, and each wake costs a commit and all its listeners.
_WAKE_EVERY = 0.02
# A flush that lasts this long no longer keeps the next one waiting. Before, one large flush costs less than two small.
_SLOW = 0.1
# Seconds for a chat's row that somebody holds. A turn's transaction that stands still is ended after three (store.py).
_NO_PATIENCE = 0.05
_PATIENCE = 5.0
# What the database refuses, and what cannot even be written down for it (half of a surrogate pair, a number too large).
_FAULTS_OF_CONTENT = (psycopg.Error, ValueError, TypeError, OverflowError, RecursionError)


class StorageDown(Exception):
    """The database does not take it now; the vendor has to bring it again."""


@dataclass
class _Submission:
    events: Sequence[Event]
    answer: asyncio.Future[None]


class Intake:
    """Stores what connectors hand in. wake: called shortly after commits, with what there is to do (inbox, outbox)."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Any],
        *,
        burst_window: float,
        wake: Callable[[str], Awaitable[None]],
        floods: Floods = USUAL,
    ) -> None:
        self._pool = pool
        self._burst_window = burst_window
        self._floods = floods
        self._wake = wake
        self._waiting: deque[_Submission] = deque()
        self._flushing = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._waking: set[str] = set()
        self._woken_at: dict[str, float] = {}

    async def store(self, events: Sequence[Event]) -> None:
        """Return once all of it is committed. Raises StorageDown."""
        if not events:
            return
        submission = _Submission(events, asyncio.get_running_loop().create_future())
        self._waiting.append(submission)
        if not self._flushing:
            self._start_flush()
        # A vendor that hangs up cancels its own answer only: the flush is a task beside.
        await submission.answer

    async def drain(self) -> None:
        """Wait until nothing is left to store."""
        while self._waiting or self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await asyncio.sleep(0)

    def _start_flush(self) -> None:
        if self._waiting and self._flushing < IN_FLIGHT:
            self._flushing += 1
            self._start(self._flush())

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch = self._take()
                slow = asyncio.get_running_loop().call_later(_SLOW, self._start_flush)
                try:
                    await self._write([event for submission in batch for event in submission.events])
                except errors.LockNotAvailable:
                    await self._around_held(batch)
                except psycopg.OperationalError as error:
                    self._fail(batch, error)
                except _FAULTS_OF_CONTENT as error:
                    logger.warning("a flush of %s is taken apart: %s", len(batch), _first_line(error))
                    await self._singly(batch)
                except Exception as error:
                    self._fail(batch, error)
                else:
                    for submission in batch:
                        _answer(submission)
                finally:
                    slow.cancel()
        finally:
            self._flushing -= 1

    def _take(self) -> list[_Submission]:
        batch: list[_Submission] = []
        size = 0
        while self._waiting and (not batch or size + len(self._waiting[0].events) <= MOST_EVENTS):
            submission = self._waiting.popleft()
            size += len(submission.events)
            batch.append(submission)
        return batch

    async def _around_held(self, batch: list[_Submission]) -> None:
        """Store what concerns no held chat at once; what does waits aside, and holds up no other flush."""
        held = []
        for submission in batch:
            try:
                await self._write(submission.events, _NO_PATIENCE)
            except errors.LockNotAvailable:
                held.append(submission)
            except psycopg.OperationalError as error:
                self._fail([submission], error)
            except Exception:
                await self._singly([submission])
            else:
                _answer(submission)
        if held:
            logger.warning("%s webhooks wait for chats that somebody holds", len(held))
            self._start(self._patiently(held))

    async def _patiently(self, held: list[_Submission]) -> None:
        try:
            await self._write([event for submission in held for event in submission.events], _PATIENCE)
        except _FAULTS_OF_CONTENT:
            await self._singly(held)
        except Exception as error:
            self._fail(held, error)
        else:
            for submission in held:
                _answer(submission)

    async def _singly(self, batch: list[_Submission]) -> None:
        for submission in batch:
            try:
                for event in submission.events:
                    await self._write_one(event)
            except Exception as error:
                self._fail([submission], error)
            else:
                _answer(submission)

    async def _write_one(self, event: Event) -> None:
        try:
            await self._write([event])
        except psycopg.OperationalError:
            raise
        except _FAULTS_OF_CONTENT as error:
            await self._write([_poison(event, error)])

    async def _write(self, events: Sequence[Event], patience: float | None = None) -> None:
        """Write in one transaction; again where the connection broke or two flushes crossed, for it is idempotent.

        patience: see storing.write. Raises LockNotAvailable where it was not enough.
        """
        started = perf_counter()
        for tried in range(_DEADLOCK_TRIES):
            try:
                async with self._pool.connection() as connection:
                    others = await team_chats.set_apart(connection, events)
                    stored = await storing.write(connection, others, self._burst_window, self._floods, patience)
                break
            except (errors.DeadlockDetected, errors.SerializationFailure):
                if tried == _DEADLOCK_TRIES - 1:
                    raise
            except errors.LockNotAvailable:
                raise
            except (psycopg.OperationalError, PoolTimeout) as error:
                if tried or isinstance(error, PoolTimeout):
                    raise psycopg.OperationalError(_first_line(error)) from error
                await self._pool.check()  # a server that came back has left a pool full of dead connections
        metrics.flush_seconds.observe(perf_counter() - started)
        self._count(events, stored)

    def _count(self, events: Sequence[Event], stored: Stored) -> None:
        metrics.flush_events.observe(len(events))
        arrivals = [event for event in events if isinstance(event, Arrival)]
        if arrivals:
            # Of a mixed flush the repeats are counted under the first channel: exact sums, rough labels.
            metrics.repeated.labels(arrivals[0].account.channel).inc(stored.known)
            for channel, number in Counter(event.account.channel for event in arrivals).items():
                metrics.received.labels(channel).inc(number)
        for change in events:
            if isinstance(change, StatusChange):
                metrics.statuses.labels(change.account.channel, change.state).inc()
            elif isinstance(change, Unreadable):
                metrics.quarantined.labels(change.channel).inc()
        if stored.new:
            self._wake_soon("inbox")
        if stored.pages:
            self._wake_soon("outbox")

    def _wake_soon(self, what: str) -> None:
        if what not in self._waking:
            self._waking.add(what)
            self._start(self._wake_later(what))

    async def _wake_later(self, what: str) -> None:
        await asyncio.sleep(max(_WAKE_AFTER, self._woken_at.get(what, 0.0) + _WAKE_EVERY - perf_counter()))
        self._waking.discard(what)
        self._woken_at[what] = perf_counter()
        await self._wake(what)

    @staticmethod
    def _fail(batch: list[_Submission], error: BaseException) -> None:
        logger.error("%s webhooks were not stored: %s", len(batch), _first_line(error))
        for submission in batch:
            if not submission.answer.done():
                submission.answer.set_exception(StorageDown(_first_line(error)))


def _answer(submission: _Submission) -> None:
    if not submission.answer.done():
        submission.answer.set_result(None)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _poison(event: Event, error: BaseException) -> Unreadable:
    channel = event.channel if isinstance(event, Unreadable) else event.account.channel
    app = event.app if isinstance(event, Unreadable) else event.account.external_id
    return Unreadable(channel, app, f"cannot be stored: {type(error).__name__}: {_first_line(error)}", _seen(event))


def _seen(event: Event) -> bytes:
    raw = getattr(event, "raw", None)
    return (str(raw) if raw is not None else repr(event)).encode("utf-8", "replace")
