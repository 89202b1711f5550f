"""A token bucket per key: how vendors bound what is sent to one person or by one number."""

from __future__ import annotations

from dataclasses import dataclass

from tests.standins.clock import Clock


@dataclass
class _Bucket:
    tokens: float
    at: float


class TokenBuckets:
    """burst: how many at once. every_seconds: time for one more. tolerance: what the network may jitter."""

    def __init__(
        self, clock: Clock, burst: float, every_seconds: float, tolerance_seconds: float = 0.05
    ) -> None:
        self._clock = clock
        self.burst = burst
        self.every_seconds = every_seconds
        self._tolerance = tolerance_seconds / every_seconds
        self._buckets: dict[str, _Bucket] = {}

    def clear(self) -> None:
        self._buckets.clear()

    def take(self, key: str) -> float:
        """Take one token; return 0, or the seconds until there is one (then none is taken)."""
        now = self._clock.now()
        bucket = self._buckets.setdefault(key, _Bucket(self.burst, now))
        bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) / self.every_seconds)
        bucket.at = now
        if bucket.tokens + self._tolerance < 1:
            return (1 - bucket.tokens) * self.every_seconds
        bucket.tokens -= 1
        return 0.0
