"""Hands webhooks over as vendors do: in order as a rule, again until answered by 200, twice on request."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.standins.ledger import Delivery, Ledger
from tests.standins.switches import Switches


@dataclass(frozen=True)
class Webhook:
    """One event on its way. encode: turns the bodies of several events into (raw body, headers).

    The events of one person keep their order at the first try; those of others don't wait for them.
    batchable: may share a webhook with others of its account. waits: before each further try, then no more; None:
    as the switches say. patience: seconds that the vendor waits for the answer.
    """

    account: str
    user: str
    url: str
    body: Any
    encode: Callable[[list[Any]], tuple[bytes, Mapping[str, str]]]
    batchable: bool = False
    waits: tuple[float, ...] | None = None
    patience: float = 10.0


class Deliverer:
    """One lane per person (per account where events are mixed); a webhook that fails holds up no other."""

    def __init__(self, ledger: Ledger, switches: Switches) -> None:
        self._ledger = ledger
        self._switches = switches
        self._lanes: dict[str, asyncio.Queue[Webhook]] = defaultdict(asyncio.Queue)
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = 0
        self._client = httpx.AsyncClient(timeout=10.0, trust_env=False)

    @property
    def open(self) -> int:
        """Return how many events have not been answered by 200 yet."""
        return self._open

    def submit(self, webhook: Webhook) -> None:
        if not self._switches.webhooks:
            return
        self._open += 1
        mixed = self._switches.batch > 1 or self._switches.shuffle
        lane = webhook.account if mixed else f"{webhook.account}|{webhook.user}"
        if lane not in self._lanes:
            self._start(self._work(lane))
        if random.random() < self._switches.late_share:
            self._start(self._overtaken(lane, webhook))
        else:
            self._lanes[lane].put_nowait(webhook)

    async def _overtaken(self, lane: str, webhook: Webhook) -> None:
        await asyncio.sleep(random.uniform(0.1, 2.0))
        self._lanes[lane].put_nowait(webhook)

    def clear(self) -> None:
        """Forget what is on its way: the next test must not hear of the last one."""
        for task in self._tasks:
            task.cancel()
        self._lanes.clear()
        self._open = 0

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, name: str) -> None:
        lane = self._lanes[name]
        while True:
            held = [await lane.get()]
            if self._switches.hold_ms:
                await asyncio.sleep(self._switches.hold_ms / 1000)
            if self._switches.hold_ms or self._switches.batch > 1:
                while not lane.empty():
                    held.append(lane.get_nowait())
            if self._switches.shuffle:
                random.shuffle(held)
            for batch in self._batches(held):
                await self._first_try(batch)

    def _batches(self, held: list[Webhook]) -> list[list[Webhook]]:
        batches: list[list[Webhook]] = []
        most = 0
        for webhook in held:
            last = batches[-1] if batches else []
            if last and webhook.batchable and last[-1].batchable and len(last) < most:
                last.append(webhook)
            else:
                batches.append([webhook])
                most = random.randint(1, self._switches.batch) if self._switches.batch_random else self._switches.batch
        return batches

    async def _first_try(self, batch: list[Webhook]) -> None:
        for _ in range(self._switches.duplicates + (random.random() < self._switches.duplicate_share)):
            self._start(self._post(batch, 0))
        if await self._post(batch, 1):
            self._open -= len(batch)
        else:
            self._start(self._retry(batch))

    async def _retry(self, batch: list[Webhook]) -> None:
        for attempt, wait in enumerate(self._waits(batch), 2):
            await asyncio.sleep(wait)
            if await self._post(batch, attempt):
                break
        self._open -= len(batch)

    def _waits(self, batch: list[Webhook]) -> Iterator[float]:
        if batch[0].waits is not None:
            yield from batch[0].waits
            return
        wait = self._switches.retry_base_seconds
        for _ in range(self._switches.retries):
            yield wait
            wait = min(wait * 2, self._switches.retry_cap_seconds)

    async def _post(self, batch: list[Webhook], attempt: int) -> bool:
        raw, headers = batch[0].encode([webhook.body for webhook in batch])
        started = time.perf_counter()
        status, error = 0, ""
        try:
            answer = await self._client.post(
                batch[0].url, content=raw, headers={"Content-Type": "application/json", **headers},
                timeout=batch[0].patience,
            )
            status = answer.status_code
        except Exception as problem:  # whatever broke: under uvloop httpx lets more through than its own errors
            error = f"{type(problem).__name__}: {problem}"
        spent = (time.perf_counter() - started) * 1000
        self._ledger.deliveries.append(
            Delivery(batch[0].account, batch[0].url, len(batch), attempt, status, spent, error)
        )
        self._ledger.touch()
        return status == 200
