"""The vendors' limits: the arithmetic, all gateways together through a real Redis, and without it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
import pytest

from bot.buckets import Buckets, BucketUnknown
from bot.limits import Limit, Limits, per_second
from bot.limits_shared import SharedAway, SharedBuckets
from bot.line import Later
from bot.members import Members, Share
from bot.rates import Rates
from tests.bed import Database

NOWHERE = "redis://127.0.0.1:1/0"
PAIR, CHAT = Limit(44, 6.05), Limit(1, 1.02)


@dataclass
class OfMany:
    """One of several gateways, as bot/members.py tells."""

    share: Share = field(default_factory=Share)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def nothing(seconds: float) -> int:
    return 0


def rates(url: str, share: Share | None = None, clock: Callable[[], float] | None = None) -> Rates:
    members = OfMany(share or Share())
    more = {"clock": clock} if clock else {}
    return Rates(Limits(), SharedBuckets(url), members, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("vendors", [0.5, 1, 5, 30, 80, 300, 1000])
@pytest.mark.parametrize("gateways", [1, 2, 3])
def test_no_second_holds_more_than_the_vendor_takes(vendors: float, gateways: int) -> None:
    limit = per_second(vendors)
    mine = limit.shared_by(gateways)
    if vendors >= 2 * gateways:
        assert gateways * (mine.burst + mine.rate) <= vendors + 1e-6
    assert gateways * mine.rate <= vendors
    if gateways == 1 and vendors >= 30:
        assert vendors / limit.rate < 1.05, "a campaign takes no more than 5 % longer than it must"


def test_every_channel_has_the_limits_of_its_vendor() -> None:
    limits = Limits(mail_per_second=2)
    for channel, vendors in {"whatsapp": 80, "telegram": 30, "messenger": 300, "instagram": 300, "email": 2}.items():
        limit = limits.of_account(channel)
        assert limit is not None and limit.burst + limit.rate <= vendors + 1e-6, channel
    raised = limits.of_account("whatsapp", 1000)
    assert raised is not None and 950 < raised.rate < 1000
    x = limits.of_account("x")
    assert x is not None and x.burst + 900 * x.rate <= 15
    assert limits.of_account("web") is None and limits.of_person("messenger") is None
    assert limits.of_person("whatsapp") == PAIR and limits.of_person("telegram") == CHAT


def test_a_bucket_gives_its_burst_and_then_one_at_a_time() -> None:
    buckets = Buckets(began=0.0)
    slots, _ = buckets.take("n:p", PAIR, 100, 0.0, 1000.0, empty=False)
    assert slots == [0.0] * 44
    assert buckets.take("n:p", PAIR, 1, 0.25, 1000.0, empty=False) == ([], pytest.approx(6.05))
    later, _ = buckets.take("n:p", PAIR, 3, 13.0, 1000.0, empty=False)
    assert later == pytest.approx([6.05, 12.1])
    assert buckets.take("n:other", PAIR, 1, 0.0, 1000.0, empty=False) == ([0.0], 0.0)
    buckets.pause("n:other", 30, 1000.0)
    assert buckets.take("n:other", PAIR, 1, 0.0, 1000.0, empty=False) == ([], 30.0)


def test_what_was_used_before_counting_began_is_asked_for() -> None:
    buckets = Buckets(began=1000.0)
    with pytest.raises(BucketUnknown):
        buckets.take("n:p", PAIR, 1, 0.0, 1001.0, empty=False)
    assert buckets.take("n:p", PAIR, 100, 0.0, 1001.0, 40, empty=False)[0] == [0.0] * 4
    assert buckets.take("n:q", PAIR, 1, 0.0, 1001.0, 500, empty=False) == ([], pytest.approx(6.05))
    # Whatever was used has come back by then.
    assert buckets.take("n:r", PAIR, 100, 0.0, 1000.0 + 44 * 6.05, empty=False)[0] == [0.0] * 44
    numbers, wait = Buckets(began=1000.0).take("n", per_second(80), 5, 0.0, 1000.0, empty=True)
    assert numbers == [] and wait == pytest.approx(1 / 78)


def test_two_gateways_share_one_burst(redis_url: str) -> None:
    async def check(url: str) -> None:
        both = SharedBuckets(url), SharedBuckets(url)
        taken = 0
        for number in range(60):
            slots, wait = await both[number % 2].take("n:p", PAIR, 1, 0.0, used=0, empty=False)
            taken += len(slots)
        assert taken == 44 and 5 < wait <= 6.05
        await both[0].pause("n:q", 20)
        assert 19 < (await both[1].take("n:q", PAIR, 1, 0.0, used=0, empty=False))[1] <= 20
        await both[1].pause("n:q", 1)
        assert (await both[1].take("n:q", PAIR, 1, 0.0, used=0, empty=False))[1] > 18, "a pause is never cut short"
        for one in both:
            await one.close()

    asyncio.run(check(redis_url))


def test_slots_of_a_number_are_never_given_twice(redis_url: str) -> None:
    async def check(url: str) -> None:
        both = SharedBuckets(url), SharedBuckets(url)
        limit, at = Limit(1, 0.02), []
        began = asyncio.get_running_loop().time()
        while len(at) < 40:
            for one in both:
                slots, wait = await one.take("n", limit, 3, 0.1, empty=True)
                at += [asyncio.get_running_loop().time() + slot for slot in slots]
                await asyncio.sleep(min(wait, 0.01))
        gaps = [later - earlier for earlier, later in zip(sorted(at), sorted(at)[1:], strict=False)]
        # Times are those of this process: what an answer took to come is in them.
        assert sum(gaps) / len(gaps) > 0.0195 and max(at) - began >= 39 * 0.02
        for one in both:
            await one.close()

    asyncio.run(check(redis_url))


def test_a_flush_gives_no_second_burst(redis_url: str) -> None:
    async def check(url: str) -> None:
        import redis.asyncio

        shared = SharedBuckets(url)
        assert len((await shared.take("n:p", PAIR, 44, 0.0, used=0, empty=False))[0]) == 44
        admin = redis.asyncio.Redis.from_url(url)
        await admin.flushdb()
        with pytest.raises(BucketUnknown):
            await shared.take("n:p", PAIR, 1, 0.0, empty=False)
        slots, wait = await shared.take("n:p", PAIR, 1, 0.0, used=44, empty=False)
        assert slots == [] and 6 < wait <= 6.05
        slots, _ = await shared.take("n", per_second(30), 30, 0.0, empty=True)
        assert len(slots) <= 1, "a number begins with an empty bucket"
        # Restored from an old file: another run of Redis, with buckets of before.
        await admin.hset("rates:epoch", "run", "another")
        await admin.set("rates:n:r", "1000000")
        with pytest.raises(BucketUnknown):
            await shared.take("n:r", PAIR, 1, 0.0, empty=False)
        await admin.close()
        await shared.close()

    asyncio.run(check(redis_url))


def test_without_redis_each_gateway_takes_its_share_of_chats_and_numbers() -> None:
    async def check() -> None:
        clock = Clock()
        halves = [rates(NOWHERE, Share(2, index), clock) for index in (0, 1)]
        for half in halves:
            await half.open()
            assert half.share.of == 2
        clock.now += 60
        await halves[0].person("telegram", "b", "p", 4, nothing)
        with pytest.raises(Later):
            await halves[1].person("telegram", "b", "p", 4, nothing)
        with pytest.raises(Later):
            await halves[0].person("telegram", "b", "p", 4, nothing)
        slots = [(await half._take("n", per_second(80), 100, 1.0, account=True))[0] for half in halves]
        assert 75 <= sum(map(len, slots)) <= 80
        for half in halves:
            await half._shared.close()

    asyncio.run(check())


def test_who_begins_without_redis_waits_until_the_others_know() -> None:
    async def check() -> None:
        clock = Clock()
        one = rates(NOWHERE, Share(2, 1), clock)
        await one.open()
        assert (await one._take("n", per_second(80), 1, 0.25, account=True))[1] > 3
        alone = rates(NOWHERE, Share(), clock)
        await alone.open()
        assert (await alone._take("n", per_second(80), 1, 0.25, account=True))[0]

    asyncio.run(check())


def test_redis_goes_and_comes_back(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def check(url: str) -> None:
        clock = Clock()
        one = rates(url, Share(2, 0), clock)
        await one.open()
        assert one.share == Share(), "together, every chat is everybody's"
        await one.person("whatsapp", "n", "p", 1, nothing)
        real = one._shared.take

        async def away(*_: object, **__: object) -> None:
            raise SharedAway("killed")

        monkeypatch.setattr(one._shared, "take", away)
        clock.now += 1
        with pytest.raises(Later):
            await one.person("telegram", "b", "p", 1, nothing)
            await one.person("telegram", "b", "q", 1, nothing)
        assert one.share == Share(2, 0)
        monkeypatch.setattr(one._shared, "take", real)
        monkeypatch.setattr("bot.rates._REACH_EVERY", 0.01)
        reaching = asyncio.ensure_future(one.keep_reaching())
        while one._away:
            await asyncio.sleep(0.01)
        assert one.share == Share(2, 0), "for a moment both counts hold"
        clock.now += 5
        while one.share != Share():
            await asyncio.sleep(0.01)
        reaching.cancel()
        await one._shared.close()

    asyncio.run(check(redis_url))


def test_a_reply_goes_before_a_campaign_that_waits(redis_url: str) -> None:
    async def check(url: str) -> None:
        one = rates(url)
        went: list[str] = []

        async def send(name: str, priority: int, order: int) -> None:
            await one.account("telegram", "b", 20, priority=priority, order=order)
            went.append(name)

        sending = [asyncio.ensure_future(send(f"c{n}", 0, n)) for n in range(8)]
        await asyncio.sleep(0.12)
        sent_before = len(went)
        sending.append(asyncio.ensure_future(send("reply", 10, 99)))
        await asyncio.gather(*sending)
        assert went.index("reply") <= sent_before + 1, went
        assert [name for name in went if name != "reply"] == [f"c{n}" for n in range(8)]
        await one._shared.close()

    asyncio.run(check(redis_url))


def test_who_would_wait_too_long_goes_back_and_nobody_else_is_taken(redis_url: str) -> None:
    async def check(url: str) -> None:
        one = rates(url)
        assert one.before("whatsapp", "n", None) == 20 and one.before("web", "w", None) > 0
        await one.pause("n", 40)
        with pytest.raises(Later) as later:
            await one.account("whatsapp", "n", None, priority=10, order=1)
        assert 39 < later.value.after <= 40
        assert one.before("whatsapp", "n", None) == 0 and one.before("whatsapp", "other", None) == 20
        await one._shared.close()

    asyncio.run(check(redis_url))


def test_gateways_count_each_other_by_their_connections(database: Database) -> None:
    async def check() -> None:
        both = Members(database.url("gateway")), Members(database.url("gateway"))
        await both[0].look()
        assert both[0].share == Share(1, 0)
        await both[1].look()
        await both[0].look()
        assert [one.share for one in both] == [Share(2, 0), Share(2, 1)]
        await both[0].close()
        # The server notices a closed connection a moment later.
        for _ in range(100):
            await both[1].look()
            if both[1].share == Share(1, 0):
                break
            await asyncio.sleep(0.02)
        assert both[1].share == Share(1, 0)
        await both[1].close()
        away = Members("postgresql://127.0.0.1:1/nothing")
        away.share = Share(3, 2)
        with pytest.raises(psycopg.Error):
            await away.look()
        assert away.share == Share(3, 2), "what was seen last holds"

    asyncio.run(check())
