"""How often a key may call: counted in Redis, by the minute; without Redis each process counts for itself."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import redis
from redis.exceptions import RedisError

_WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Count:
    """resets_in_s: until the window ends."""

    limit: int
    used: int
    resets_in_s: int

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        told = {
            "RateLimit-Limit": str(self.limit), "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.resets_in_s),
        }  # fmt: skip
        return told | ({"Retry-After": str(self.resets_in_s)} if self.exceeded else {})


class Limits:
    """Windows of a minute by the wall clock, the same for all processes."""

    def __init__(self, redis_url: str) -> None:
        self._redis: redis.Redis = redis.Redis.from_url(
            redis_url, socket_timeout=0.5, socket_connect_timeout=0.5
        )
        self._own: dict[str, int] = {}
        self._window = 0
        self._lock = threading.Lock()

    def count(self, key: str, limit: int) -> Count:
        now = int(time.time())
        window = now // _WINDOW_SECONDS
        try:
            used = self._shared(f"api:limit:{key}:{window}")
        except RedisError:
            used = self._alone(key, window)
        return Count(limit, used, _WINDOW_SECONDS - now % _WINDOW_SECONDS)

    def _shared(self, key: str) -> int:
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.incr(key)
            pipe.expire(key, 2 * _WINDOW_SECONDS)
            return int(pipe.execute()[0])

    def _alone(self, key: str, window: int) -> int:
        with self._lock:
            if window != self._window:
                self._own, self._window = {}, window
            self._own[key] = self._own.get(key, 0) + 1
            return self._own[key]
