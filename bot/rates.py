"""How fast each vendor lets us send: token buckets by number and by person, kept in this process.

Sources: WhatsApp: 1 message per 6 s to one person with bursts to 45, 80/s a number. Telegram: 1/s to a chat, 30/s a
bot. Several gateway processes share neither; a vendor's own refusal (429, 130429, 131056) pauses whoever meets it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """burst: how many at once. every: seconds for one more."""

    burst: float
    every: float


@dataclass
class _Bucket:
    tokens: float
    at: float


# A little below what the vendors allow: our clock and theirs count from different moments.
OF_ACCOUNT = {"whatsapp": Limit(20, 1 / 78), "telegram": Limit(5, 1 / 29)}
OF_PERSON = {"whatsapp": Limit(44, 6.05), "telegram": Limit(1, 1.02)}
_FORGET_ABOVE = 20_000


class Rates:
    """Tells how long to wait, and counts what was sent."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._accounts: dict[str, _Bucket] = {}
        self._people: dict[tuple[str, str], _Bucket] = {}
        self._paused: dict[str, float] = {}

    def wait(self, channel: str, account: str, person: str) -> float:
        """Return the seconds until this account may send to this person; 0 when it may now."""
        now = self._clock()
        waits = [self._paused.get(account, now) - now]
        for limit, bucket in self._buckets(channel, account, person, now):
            waits.append((1 - bucket.tokens) * limit.every)
        return max(0.0, *waits)

    def take(self, channel: str, account: str, person: str) -> None:
        """Count one message that goes now."""
        for _, bucket in self._buckets(channel, account, person, self._clock()):
            bucket.tokens -= 1

    def answered(self, channel: str, account: str, person: str) -> None:
        """Count the person's pause from the vendor's answer on, so that a slow request is not followed too soon."""
        bucket = self._people.get((account, person))
        limit = OF_PERSON.get(channel)
        if bucket is not None and limit is not None and limit.burst <= 1:
            bucket.at = self._clock()
            bucket.tokens = min(bucket.tokens, 0.0)

    def pause(self, account: str, seconds: float) -> None:
        """Send nothing by this account for so long."""
        self._paused[account] = max(self._paused.get(account, 0.0), self._clock() + seconds)

    def _buckets(self, channel: str, account: str, person: str, now: float) -> list[tuple[Limit, _Bucket]]:
        found: list[tuple[Limit, _Bucket]] = []
        if channel in OF_ACCOUNT:
            limit = OF_ACCOUNT[channel]
            found.append((limit, _filled(self._accounts.setdefault(account, _Bucket(limit.burst, now)), limit, now)))
        if channel in OF_PERSON:
            limit = OF_PERSON[channel]
            if len(self._people) > _FORGET_ABOVE:
                self._forget(now)
            bucket = self._people.setdefault((account, person), _Bucket(limit.burst, now))
            found.append((limit, _filled(bucket, limit, now)))
        return found

    def _forget(self, now: float) -> None:
        """Drop the people whose bucket is surely full again."""
        longest = max(limit.burst * limit.every for limit in OF_PERSON.values())
        self._people = {key: bucket for key, bucket in self._people.items() if now - bucket.at < longest}


def _filled(bucket: _Bucket, limit: Limit, now: float) -> _Bucket:
    bucket.tokens = min(limit.burst, bucket.tokens + max(0.0, now - bucket.at) / limit.every)
    bucket.at = max(bucket.at, now)
    return bucket
