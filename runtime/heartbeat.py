"""Signs of life of processes that listen on no port: a Redis key that expires.

    heartbeat.mark(client, "relay")            # in the process's own loop, at least every 10 s
    with Heartbeat(client, "worker"): …        # where the loop belongs to a library

A key that is there says that the process lives; `make status` and the supervisor read it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType

import redis

TTL_SECONDS = 30
INTERVAL_SECONDS = 10.0

_log = logging.getLogger(__name__)


def key(name: str) -> str:
    """The Redis key of one process."""
    return f"heartbeat:{name}"


def mark(client: redis.Redis, name: str) -> None:
    """Say that this process lives; a Redis that does not answer is not its fault and only logged."""
    try:
        client.set(key(name), "1", ex=TTL_SECONDS)
    except redis.exceptions.RedisError as error:
        _log.warning("no heartbeat of %s: %s", name, error)


def is_alive(client: redis.Redis, name: str) -> bool:
    """Whether the process gave a sign of life within the last 30 s."""
    return bool(client.exists(key(name)))


class Heartbeat:
    """Marks from a thread while `still_works()` says yes; for loops that are not ours (Celery's)."""

    def __init__(self, client: redis.Redis, name: str, still_works: Callable[[], bool] = lambda: True) -> None:
        self._client = client
        self._name = name
        self._still_works = still_works
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{name}", daemon=True)

    def __enter__(self) -> Heartbeat:
        mark(self._client, self._name)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=5)
        try:
            self._client.delete(key(self._name))
        except redis.exceptions.RedisError:
            pass  # It expires by itself.

    def _run(self) -> None:
        while not self._ended.wait(INTERVAL_SECONDS):
            if self._still_works():
                mark(self._client, self._name)
