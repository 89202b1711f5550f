"""Vectors in a real Redis: the worker writes, who searches reads, and nobody needs it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import redis

from ml.embeddings.cache import CachedEmbedder
from ml.embeddings.shared import SharedVectors


class _Counting:
    name, dimensions = "counting@1", 3

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(text), 0.25, 1.0] for text in texts], dtype=np.float32)


def test_what_the_worker_encoded_nobody_encodes_again(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    worker, searcher = _Counting(), _Counting()
    made = CachedEmbedder(worker, SharedVectors(redis_url, writes=True)).encode(["uno", "tres"])
    searching = CachedEmbedder(searcher, SharedVectors(redis_url, writes=False))
    assert np.array_equal(searching.encode(["tres", "uno", "cuatro"])[:2], made[[1, 0]])
    assert searcher.asked == ["cuatro"]
    # What a person searched for leaves no trace.
    assert len(client.keys("huntred:vector:*")) == 2
    assert 0 < client.ttl(client.keys("huntred:vector:*")[0]) <= 30 * 24 * 3600
    client.flushdb()
    assert CachedEmbedder(searcher, SharedVectors(redis_url, writes=False)).encode(["uno"]).tolist() == [[3, 0.25, 1]]
    client.close()


def test_another_model_finds_nothing_of_it(redis_url: str) -> None:
    shared = SharedVectors(redis_url, writes=True)
    shared.put("one@1", {b"k": np.ones(2, dtype=np.float32)})
    assert shared.get("one@1", [b"k"])[b"k"].tolist() == [1, 1]
    assert shared.get("one@2", [b"k"]) == {}


def test_without_redis_everybody_encodes_for_himself() -> None:
    counting = _Counting()
    away = CachedEmbedder(counting, SharedVectors("redis://127.0.0.1:1/0", writes=True))
    assert away.encode(["uno"]).shape == (1, 3)
    assert counting.asked == ["uno"]
