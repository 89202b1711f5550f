"""Vectors that all processes share, in Redis: what the worker encoded, nobody who searches encodes again.

Only the worker writes, and it encodes nothing but vacancies: what a person wrote leaves no trace here.
Redis may be flushed or away at any time; then every process encodes for itself, as it would without.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from huntred.matching.ports import Vectors

# What nobody asked for in this time is encoded again.
_KEPT_SECONDS = 30 * 24 * 3600
_PATIENCE_SECONDS, _AWAY_SECONDS = 0.2, 10.0


class SharedVectors:
    """By the model's name and the hash of the text; half precision, 2 bytes a dimension."""

    def __init__(self, url: str, *, writes: bool) -> None:
        """writes: whether this process adds what it encodes. Nothing is opened until it is used."""
        # Who searches waits for nobody: no second try, and none for a while after one failed.
        self._redis = redis.Redis.from_url(
            url, socket_timeout=_PATIENCE_SECONDS, socket_connect_timeout=_PATIENCE_SECONDS, retry=Retry(NoBackoff(), 0)
        )
        self._writes = writes
        self._away_until = 0.0

    def get(self, model: str, hashes: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Return those that are there; none where Redis is away."""
        if not hashes or time.monotonic() < self._away_until:
            return {}
        try:
            found = cast("list[bytes | None]", self._redis.mget([_key(model, one) for one in hashes]))
        except redis.RedisError:  # a cache: what it lacks is encoded
            self._away_until = time.monotonic() + _AWAY_SECONDS
            return {}
        return {
            one: np.frombuffer(value, dtype=np.float16).astype(np.float32)
            for one, value in zip(hashes, found, strict=True)
            if value is not None
        }

    def put(self, model: str, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep them for a while, where this process writes."""
        if not self._writes or time.monotonic() < self._away_until:
            return
        try:
            pipeline: Any = self._redis.pipeline(transaction=False)
            for one, vector in vectors.items():
                pipeline.set(_key(model, one), vector.astype(np.float16).tobytes(), ex=_KEPT_SECONDS)
            pipeline.execute()
        except redis.RedisError:  # a cache: what it lacks is encoded
            self._away_until = time.monotonic() + _AWAY_SECONDS


def _key(model: str, content: bytes) -> bytes:
    return b"huntred:vector:" + model.encode() + b":" + content
