"""When something may be sent: the vendors' limits, shared by all gateways, and the line before each number or bot.

The buckets stand in Redis. While it is away, each of N gateways takes 1/N of each number's limit, and a chat is sent to
by one of them only, so that the limits towards a person hold as well. Counting begins with empty buckets then, and for
a moment after Redis is back both counts hold.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.buckets import Buckets, BucketUnknown
from bot.limits import Limit, Limits
from bot.limits_shared import SharedAway, SharedBuckets
from bot.line import MOST_WAIT, Flight, Later, Line
from bot.members import PERIOD, Members, Share

logger = logging.getLogger(__name__)

# A wait up to this for one person is slept through.
_SLEPT = 0.25
_REACH_EVERY = 1.0
_BEFORE_LINES = 0.25
_MOST_BEFORE = 64
_UNLIMITED = 32
# Of what a vendor takes at once, so much may be in flight: with one slot more it fits, however late it arrives.
_FLYING_SHARE = 0.75

Used = Callable[[float], Awaitable[int]]


class Rates:
    """Asked before every message. moved: called whenever a line has become shorter."""

    def __init__(
        self,
        limits: Limits,
        shared: SharedBuckets,
        members: Members,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._shared = shared
        self._members = members
        self._clock = clock
        self._lines: dict[tuple[str, Limit], Line] = {}
        self._away = False
        self._settled_at = 0.0
        self._local: Buckets | None = None
        self._local_share = Share()
        self.moved: Callable[[], None] = lambda: None

    async def open(self) -> None:
        """Look whether Redis is there. Who begins without it waits until the others have counted it."""
        try:
            await self._shared.reach()
        except SharedAway as error:
            self._go_alone(str(error), began=2 * PERIOD if self._members.share.of > 1 else 0.0)

    async def keep_reaching(self) -> None:
        """Come back to Redis when it answers again; for ever."""
        while True:
            await asyncio.sleep(_REACH_EVERY)
            if not self._away:
                if self._local is not None and self._clock() >= self._settled_at:
                    self._local = None
                continue
            try:
                await self._shared.reach()
            except SharedAway:
                continue
            # The others come back within a second: until they have, nobody takes more than a share.
            self._settled_at = self._clock() + 2.5 * _REACH_EVERY
            self._away = False
            logger.warning("rates are shared through Redis again")

    @property
    def share(self) -> Share:
        """The chats that are this gateway's: all of them while Redis is there."""
        return self._members.share if self._local is not None else Share()

    def before(self, channel: str, key: str, granted: float | None) -> int:
        """How many rows may wait before this number's line; 0 while it can take none for a while."""
        limit = self._limits.of_account(channel, granted)
        if limit is None:
            return _UNLIMITED
        line = self._lines.get((key, limit))
        if line is not None and line.resumes > self._clock() + _SLEPT:
            return 0
        return max(2, min(_MOST_BEFORE, math.ceil(limit.rate * _BEFORE_LINES)))

    async def person(self, channel: str, key: str, person: str, lane: int, used: Used) -> None:
        """Return when this account may write to this person. Raises Later.

        lane: the chat's number. used: asked how many messages went to this person in the last so many seconds, where
        the count was lost.
        """
        limit = self._limits.of_person(channel)
        if limit is None:
            return
        if not self.share.owns(lane):
            raise Later(MOST_WAIT)
        bucket = f"{key}:{person}"
        try:
            slots, wait = await self._take(bucket, limit, 1, _SLEPT)
        except BucketUnknown:
            known = await used(limit.burst * limit.every)
            slots, wait = await self._take(bucket, limit, 1, _SLEPT, known)
        if not slots:
            raise Later(wait)
        if slots[0] > 0:
            await asyncio.sleep(slots[0])

    async def account(self, channel: str, key: str, granted: float | None, *, priority: int, order: int) -> Flight:
        """Return when this account may send one more, higher priorities first; land it when it was answered.

        Raises Later.
        """
        limit = self._limits.of_account(channel, granted)
        if limit is None:
            return Flight(lambda: None)
        line = self._line(key, limit)
        if priority > 0 and line.room:
            flight = line.depart()
            try:
                if (await self._take(key, limit, 1, 0.0, account=True))[0]:
                    return flight
            except BaseException:
                flight.land()
                raise
            flight.land()
        return await line.wait(priority, order)

    def _line(self, key: str, limit: Limit) -> Line:
        found = self._lines.get((key, limit))
        if found is None:
            # What waits in line never touches the burst: that is kept for what somebody waits for.
            steady = replace(limit, burst=1.0)

            async def take(wanted: int, ahead: float) -> tuple[list[float], float]:
                return await self._take(key, steady, wanted, ahead, account=True)

            def most() -> int:
                return max(1, int(_FLYING_SHARE * (limit.burst + limit.rate) / self._members.share.of))

            found = self._lines[key, limit] = Line(take, limit.rate, most, self._clock, lambda: self.moved())
        return found

    async def answered(self, channel: str, key: str, person: str) -> None:
        """Count the person's pause from the vendor's answer on: a line or a slow vendor may lie before it."""
        limit = self._limits.of_person(channel)
        if limit is not None and limit.burst <= 1:
            await self._pause(f"{key}:{person}", limit.every)

    async def pause(self, key: str, seconds: float, person: str = "") -> None:
        """Send nothing by this account, or nothing to this person, for so long; all gateways together."""
        await self._pause(f"{key}:{person}" if person else key, seconds)

    async def _pause(self, bucket: str, seconds: float) -> None:
        if self._local is not None:
            self._local.pause(bucket, seconds, self._clock())
        if not self._away:
            try:
                await self._shared.pause(bucket, seconds)
            except SharedAway as error:
                self._go_alone(str(error))
                await self._pause(bucket, seconds)

    async def _take(
        self, bucket: str, limit: Limit, wanted: int, ahead: float, used: int | None = None, *, account: bool = False
    ) -> tuple[list[float], float]:
        own: list[float] | None = None
        if self._local is not None:
            share = self._members.share
            if share != self._local_share:
                # Chats and shares have changed hands: what the others used is not known here.
                self._local, self._local_share = Buckets(self._clock()), share
            mine = limit.shared_by(share.of) if account else limit
            own, wait = self._local.take(bucket, mine, wanted, ahead, self._clock(), used, empty=account)
            if not own or self._away:
                return own, wait
        try:
            wanted = wanted if own is None else len(own)
            slots, wait = await self._shared.take(bucket, limit, wanted, ahead, used, empty=account)
        except SharedAway as error:
            if not self._away:
                self._go_alone(str(error))
            return await self._take(bucket, limit, wanted, ahead, used, account=account)
        if own is None:
            return slots, wait
        return [max(pair) for pair in zip(own, slots, strict=False)], wait

    def _go_alone(self, reason: str, *, began: float = 0.0) -> None:
        self._away = True
        self._local_share = self._members.share
        self._local = Buckets(self._clock() + began)
        logger.warning("rates are not shared, Redis is away (%s): 1/%s of each", reason[:100], self._local_share.of)
