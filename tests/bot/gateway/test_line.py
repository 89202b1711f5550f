"""However late messages arrive, they never exceed what the vendor takes: two gateways and a vendor in a clock of ours."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.buckets import Buckets
from bot.limits import Limits
from bot.line import Later
from bot.members import Share
from bot.rates import Rates

PER_SECOND = 30.0


class _Jump(selectors.DefaultSelector):
    """Waits by moving the clock on."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> list[Any]:
        self.now += timeout or 0.0
        return []


class Loop(asyncio.SelectorEventLoop):
    """A loop whose time passes at once, always alike."""

    def __init__(self) -> None:
        self.jump = _Jump()
        super().__init__(self.jump)

    def time(self) -> float:
        return self.jump.now


def run(work: Coroutine[Any, Any, None]) -> None:
    loop = Loop()
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()


@dataclass
class OfTwo:
    share: Share


@dataclass
class Together:
    """What Redis is to both gateways."""

    buckets: Buckets
    delay: float = 0.002

    async def take(self, *given: Any, empty: bool) -> tuple[list[float], float]:
        bucket, limit, wanted, ahead, used = given
        await asyncio.sleep(self.delay)
        return self.buckets.take(
            bucket, limit, wanted, ahead, asyncio.get_running_loop().time(), used, empty=empty
        )


@dataclass
class Vendor:
    """So many at once, so many a second. still: (from, to) in which nothing is read, and all of it then."""

    still: tuple[float, float] = (0.0, 0.0)
    tokens: float = PER_SECOND
    at: float = 0.0
    arrived: list[float] = field(default_factory=list)
    violations: int = 0

    async def receive(self, travel: float) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(travel)
        if self.still[0] <= loop.time() < self.still[1]:
            await asyncio.sleep(self.still[1] - loop.time())
        now = loop.time()
        self.tokens = min(PER_SECOND, self.tokens + (now - self.at) * PER_SECOND)
        self.at = now
        if self.tokens < 1:
            self.violations += 1
        else:
            self.tokens -= 1
        self.arrived.append(now)
        await asyncio.sleep(0.1)


async def campaign(vendor: Vendor, messages: int, travels: float, gateways: int = 2) -> float:
    """Send them from so many gateways, each on its way for up to `travels` seconds; return how long it took."""
    loop = asyncio.get_running_loop()
    together: Any = Together(Buckets(loop.time() - 100))
    drawn = random.Random(7)

    async def one(rates: Rates, number: int) -> None:
        priority = 10 if number % 9 == 0 else 0
        while True:
            try:
                flight = await rates.account("telegram", "b", None, priority=priority, order=number)
                break
            except Later as later:
                await asyncio.sleep(later.after)
        await vendor.receive(drawn.uniform(0.0, travels))
        flight.land()

    async def gateway(index: int) -> None:
        members: Any = OfTwo(Share(gateways, index))
        rates = Rates(Limits(), together, members, clock=loop.time)
        left, running = list(range(index, messages, gateways)), set[asyncio.Task[None]]()
        while left or running:
            while left and len(running) < 40:
                running.add(asyncio.ensure_future(one(rates, left.pop(0))))
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)

    began = loop.time()
    await asyncio.gather(*(gateway(index) for index in range(gateways)))
    return max(vendor.arrived) - began


@pytest.mark.parametrize("gateways", [1, 2, 3])
@pytest.mark.parametrize("still", [0.3, 1.5, 6.0])
@pytest.mark.parametrize("travels", [0.0, 0.4, 2.5])
def test_what_was_held_up_and_arrives_together_fits(gateways: int, still: float, travels: float) -> None:
    async def check() -> None:
        now = asyncio.get_running_loop().time()
        vendor = Vendor(still=(now + 4, now + 4 + still))
        await campaign(vendor, 600, travels, gateways)
        assert len(vendor.arrived) == 600
        assert vendor.violations == 0

    run(check())


def test_it_takes_hardly_longer_than_it_must() -> None:
    async def check() -> None:
        vendor = Vendor()
        took = await campaign(vendor, 3000, 0.2)
        assert vendor.violations == 0
        assert took <= 1.05 * 3000 / PER_SECOND

    run(check())


def test_without_the_bound_on_what_is_in_flight_it_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.rates._FLYING_SHARE", 1000.0)

    async def check() -> None:
        now = asyncio.get_running_loop().time()
        vendor = Vendor(still=(now + 4, now + 10))
        await campaign(vendor, 600, 0.4)
        assert vendor.violations > 0

    run(check())


def test_a_message_that_is_cancelled_or_lands_twice_leaves_its_place_once() -> None:
    async def check() -> None:
        loop = asyncio.get_running_loop()
        members: Any = OfTwo(Share())
        together: Any = Together(Buckets(loop.time() - 100))
        rates = Rates(Limits(), together, members, clock=loop.time)
        flight = await rates.account("telegram", "b", None, priority=10, order=1)
        (line,) = rates._lines.values()
        most = line._most()
        assert line.room == most - 1 == 21
        flight.land()
        flight.land()
        assert line.room == most
        waiting = [asyncio.ensure_future(rates.account("telegram", "b", None, priority=0, order=n)) for n in range(9)]
        await asyncio.sleep(0.05)
        for one in waiting[::2]:
            one.cancel()
        await asyncio.sleep(2)
        for one in waiting:
            if not one.cancelled():
                (await one).land()
        assert line.room == most

    run(check())
