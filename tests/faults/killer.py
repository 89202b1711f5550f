"""Kills processes while people write, each by SIGKILL and in turn, and empties Redis."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import redis

from tests.platform import Platform

PROCESSES = ("gateway", "rasa", "actions", "worker", "postgres", "redis", "relay")
FLUSH = "flush redis"


@dataclass
class Killer:
    """progress: of what is being said, 0 to 1; the kills are spread over it. killed: how often each was."""

    platform: Platform
    progress: Callable[[], float]
    over: Callable[[], bool]
    killed: Counter[str] = field(default_factory=Counter)

    def work(self, rounds: int, processes: Sequence[str] = PROCESSES) -> None:
        """Kill each so many times. Returns when all have been, or when there is nothing left to disturb."""
        plan = [name for _ in range(rounds) for name in (*processes, FLUSH)]
        for index, name in enumerate(plan):
            while self.progress() < (index + 0.5) / len(plan) * 0.97:
                if self.over():
                    return
                time.sleep(0.05)
            if name == FLUSH:
                self._flush()
            elif self.platform.state().get(name, {}).get("pid"):
                died = self.platform.kill(name)
                self.platform.wait_until_back(name, died)
            self.killed[name] += 1

    def _flush(self) -> None:
        client = redis.Redis.from_url(self.platform.installation.values["REDIS_URL"])
        try:
            client.flushall()
        finally:
            client.close()
