"""One run: a crowd writes, walkers of the real unit go their way, everything dies in turn, and the checker looks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg

from tests.faults.checker import Bubble, Verdict, check
from tests.faults.crowd import Crowd, Person, people, switches
from tests.faults.killer import PROCESSES, Killer
from tests.faults.walker import Walker
from tests.platform import Platform
from tests.standins.client import StandinsClient

CHANNELS = ("whatsapp", "telegram", "web", "instagram")


@dataclass
class Outcome:
    verdict: Verdict
    seconds: float
    killed: Counter[str] = field(default_factory=Counter)
    violations: int = 0
    redelivered: int = 0
    stuck: list[str] = field(default_factory=list)


@dataclass
class FaultRun:
    """platform: with watch.install done. first: number of the first person, new in each run.

    patience: seconds after the last word in which everything has to come to rest.
    """

    platform: Platform
    messages: int
    conversations: int
    first: int
    per_second: float = 40.0
    rounds: int = 1
    channels: Sequence[str] = CHANNELS
    kills: Sequence[str] = PROCESSES
    walkers: int = 0
    patience: float = 300.0

    def __post_init__(self) -> None:
        self.vendors = StandinsClient(self.platform.url("standins"))
        self.crowd = people(self.conversations, self.messages, self.channels, self.first)
        self.walking = [
            Walker(self.vendors, str(5218400000000 + self.first * 100 + number)) for number in range(self.walkers)
        ]

    def run(self) -> Outcome:
        """Write, kill, wait until all is quiet, judge."""
        violations, began = len(self.vendors.violations), time.monotonic()
        before = len(self.vendors.deliveries)
        self.vendors.switch(**switches(on=True))
        try:
            killed = asyncio.run(self._run())
        finally:
            self.vendors.switch(**switches(on=False))
        verdict = check(self.platform.admin_url, self.crowd, self.shown())
        for walker in self.walking:
            walker.judge(verdict, self.platform.admin_url)
        again = sum(delivery["attempt"] > 1 for delivery in self.vendors.deliveries[before:])
        broken = len(self.vendors.violations) - violations
        stuck = [walker.stuck for walker in self.walking if walker.stuck]
        return Outcome(verdict, time.monotonic() - began, killed, broken, again, stuck)

    async def _run(self) -> Counter[str]:
        gateway = self.platform.url("gateway")
        crowd = Crowd(self.crowd, self.platform.url("standins"), gateway, self.done, seed=self.first)
        writing = asyncio.create_task(crowd.write(self.per_second))
        killer = Killer(self.platform, lambda: crowd.progress, writing.done)
        killing = asyncio.to_thread(killer.work, self.rounds, self.kills)
        try:
            with ThreadPoolExecutor(max(self.walkers, 1)) as walks:
                walking = [asyncio.wrap_future(walks.submit(walker.walk)) for walker in self.walking]
                await asyncio.gather(writing, killing, *walking)
            await asyncio.to_thread(self.settle)
            await crowd.come_back()
        finally:
            await crowd.close()
        return killer.killed

    def done(self) -> int | None:
        """How many messages are finished; None while the database cannot tell."""
        try:
            with psycopg.connect(self.platform.admin_url, connect_timeout=2) as connection:
                row = connection.execute("SELECT count(*) FROM inbox WHERE state <> 'waiting'").fetchone()
        except psycopg.Error:
            return None
        return int(row[0]) if row else 0

    def settle(self) -> None:
        """Wait until everybody is well and nothing is on its way; what still is after minutes is the checker's."""
        self.platform.wait_until_well()
        deadline = time.monotonic() + self.patience
        quiet = 0
        while quiet < 3 and time.monotonic() < deadline:
            quiet = quiet + 1 if self._is_quiet() else 0
            time.sleep(0.3)

    def _is_quiet(self) -> bool:
        if self.vendors._get("/control/state")["open_webhooks"]:
            return False
        with psycopg.connect(self.platform.admin_url) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting')"
                " + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending') AND chat_id IS NOT NULL)"
            ).fetchone()
        return row is not None and row[0] == 0

    def shown(self) -> dict[int, list[Bubble]]:
        """What really reached each person, by the vendors' record and the web chats' own pages."""
        return {person.number: self._shown_to(person) for person in self.crowd}

    def _shown_to(self, person: Person) -> list[Bubble]:
        if person.channel == "web":
            return [Bubble(text) for text in person.heard.values()]
        return [
            Bubble(shown.text, str(shown.raw.get("biz_opaque_callback_data") or ""))
            for shown in self.vendors.messages(person.user, person.account)
        ]
