"""The line before one number or bot: who goes next, and how many are on their way at once."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable

# So much of the time ahead is taken at once: a reply waits behind that at most, and Redis is asked so much less often.
_TAKEN_AHEAD = 0.025
# A row that waits longer than this goes back to the outbox: it would hold its lease for nothing.
MOST_WAIT = 1.0

Take = Callable[[int, float], Awaitable[tuple[list[float], float]]]


class Later(Exception):
    """It cannot be sent soon. after: seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(f"not within {after:.1f} s")
        self.after = after


class Flight:
    """One message between its slot and the vendor's answer. landed: what to call once it is over."""

    def __init__(self, landed: Callable[[], None]) -> None:
        self._landed: Callable[[], None] | None = landed

    def land(self) -> None:
        """It was answered, or will not go. A second time changes nothing."""
        landed, self._landed = self._landed, None
        if landed is not None:
            landed()


class Line:
    """Those who wait for one number's next slots: the highest priority first, then the oldest row.

    most: how many may be in flight. Whatever holds up messages on their way, a busy processor here or a vendor that
    stands still, they may all arrive together afterwards: they must fit into what the vendor takes at once.
    """

    def __init__(
        self, take: Take, rate: float, most: Callable[[], int], clock: Callable[[], float], moved: Callable[[], None]
    ) -> None:
        self._take = take
        self._rate = rate
        self._ahead = max(2 * _TAKEN_AHEAD, min(1.5 / rate, MOST_WAIT / 2))
        self._most = most
        self._clock = clock
        self._moved = moved
        self._waiting: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._came = 0
        self._task: asyncio.Task[None] | None = None
        self._flying = 0
        self._landing = asyncio.Event()
        self._late = 0.0
        self.resumes = 0.0

    @property
    def room(self) -> int:
        """How many more may be in flight."""
        return max(0, self._most() - self._flying)

    def depart(self) -> Flight:
        """Count one that has its slot."""
        self._flying += 1
        return Flight(self._land)

    def _land(self) -> None:
        self._flying -= 1
        self._landing.set()

    async def wait(self, priority: int, order: int) -> Flight:
        """Return when it may be sent. Raises Later."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._came += 1
        heapq.heappush(self._waiting, (-priority, order, self._came, turn))
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._serve())
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._land()
            raise
        return Flight(self._land)

    async def _serve(self) -> None:
        try:
            while self._waiting:
                if not self.room:
                    if not await self._landed():
                        self.resumes = self._clock() + MOST_WAIT
                        self._dismiss(Later(MOST_WAIT))
                    continue
                slots, wait = await self._slots()
                if not slots and wait > MOST_WAIT:
                    self.resumes = self._clock() + wait
                    self._dismiss(Later(wait))
                elif not slots:
                    await asyncio.sleep(max(wait - _TAKEN_AHEAD, 0.002))
                await self._use(slots)
        except BaseException as error:
            self._dismiss(error if isinstance(error, Exception) else Later(MOST_WAIT))
            raise

    async def _slots(self) -> tuple[list[float], float]:
        """Ask for some; a busy processor is late for them and what it misses is lost, so it asks for more, earlier."""
        wanted = min(len(self._waiting), max(1, int(self._rate * (_TAKEN_AHEAD + self._late))), self.room)
        ahead = max(self._ahead, min(self._ahead + 2 * self._late, MOST_WAIT / 4))
        self._flying += wanted  # their places are kept meanwhile
        try:
            return await self._take(wanted, ahead)
        finally:
            self._flying -= wanted

    async def _landed(self) -> bool:
        """Wait for room; False where none comes soon."""
        self._landing.clear()
        try:
            await asyncio.wait_for(self._landing.wait(), MOST_WAIT)
        except asyncio.TimeoutError:
            return False
        return True

    async def _use(self, slots: list[float]) -> None:
        """Let one go at each slot. They count as in flight from now on: what comes late comes together."""
        taken_at, left = self._clock(), len(slots)
        self._flying += left
        try:
            for slot in slots:
                pause = taken_at + slot - self._clock()
                if pause > 0:
                    await asyncio.sleep(pause)
                self._late = max(self._clock() - taken_at - slot, self._late * 0.95)
                if not self._let_go():
                    break
                left -= 1
        finally:
            self._flying -= left

    def _let_go(self) -> bool:
        while self._waiting:
            turn = heapq.heappop(self._waiting)[-1]
            if not turn.done():
                turn.set_result(None)
                self._moved()
                return True
        return False

    def _dismiss(self, reason: Exception) -> None:
        for *_, turn in self._waiting:
            if not turn.done():
                turn.set_exception(reason)
        self._waiting.clear()
