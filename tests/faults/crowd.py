"""Many people who write at once: over the stand-ins as their vendors deliver, and over the web chat's own sockets.

Each person says numbered texts and waits for nothing; only the sum of what is unanswered is kept within bounds, so
that what is measured is a queue at work and not a flood. Web chats behave as the widget does: what was not confirmed
goes out again under the same id, after a reconnection too.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets

from tests.faults.small_unit import UNIT, said

# Of ten people so many write over each.
SHARES = {"whatsapp": 4, "telegram": 3, "web": 2, "instagram": 1}
_MOST_UNANSWERED = 150
_LATE_SHARE = 0.05
_DUPLICATE_SHARE = 0.05


@dataclass
class Person:
    """user: digits at a vendor; of a web chat the visitor's id, once it has one. heard: message id → text (web)."""

    number: int
    channel: str
    user: str = ""
    messages: int = 0
    heard: dict[str, str] = field(default_factory=dict)

    @property
    def account(self) -> str:
        return f"{self.channel}:{UNIT}"


def people(count: int, messages: int, channels: Sequence[str], first: int) -> list[Person]:
    """Return so many people, who have so many messages to say together, spread over the channels."""
    wheel = [channel for channel in channels for _ in range(SHARES[channel])]
    random.Random(first).shuffle(wheel)
    made = []
    for index in range(count):
        number = first + index
        person = Person(number, wheel[index % len(wheel)])
        person.user = "" if person.channel == "web" else str(5218300000000 + number)
        if person.channel == "telegram":
            person.user = str(700_000_000 + number)
        person.messages = messages // count + (index < messages % count)
        made.append(person)
    return made


class Crowd:
    """done: how many messages the platform has finished, asked for now and then (None while it cannot tell)."""

    def __init__(
        self, crowd: Sequence[Person], standins: str, gateway: str, done: Callable[[], int | None], *, seed: int = 1
    ) -> None:
        self._crowd = list(crowd)
        self._standins = standins
        self._gateway = gateway
        self._done = done
        self._chance = random.Random(seed)
        self._before = done() or 0
        self._finished = 0
        self.said = 0
        self.total = sum(person.messages for person in self._crowd)
        self._chats: dict[int, WebChat] = {}

    @property
    def progress(self) -> float:
        return self.said / max(self.total, 1)

    async def write(self, per_second: float) -> None:
        """Say everything; return once all of it was handed over and every web chat has been confirmed."""
        async with httpx.AsyncClient(base_url=self._standins, timeout=60, trust_env=False) as client:
            watching = asyncio.create_task(self._watch())
            try:
                for person in self._crowd:
                    if person.channel == "web":
                        self._chats[person.number] = chat = WebChat(person, self._gateway, self._chance)
                        await chat.open()
                await self._write_all(client, per_second)
                for chat in self._chats.values():
                    await chat.confirmed()
            finally:
                watching.cancel()

    async def come_back(self) -> None:
        """Look at every web chat's history once more, as somebody who comes back."""
        for chat in self._chats.values():
            await chat.come_back()

    async def close(self) -> None:
        """Hang up."""
        for chat in self._chats.values():
            await chat.close()

    async def _write_all(self, client: httpx.AsyncClient, per_second: float) -> None:
        began = time.monotonic()
        rounds = max((person.messages for person in self._crowd), default=0)
        for number in range(1, rounds + 1):
            order = [person for person in self._crowd if person.messages >= number]
            self._chance.shuffle(order)
            for person in order:
                while self.said - self._finished > _MOST_UNANSWERED:
                    await asyncio.sleep(0.05)
                await asyncio.sleep(max(began + self.said / per_second - time.monotonic(), 0))
                text = said(number, person.number)
                if person.channel == "web":
                    await self._chats[person.number].say(text)
                else:
                    body = {"account": person.account, "user": person.user, "kind": "text", "text": text}
                    answer = await client.post("/control/send", json=body)
                    answer.raise_for_status()
                self.said += 1

    async def _watch(self) -> None:
        """Learn how much is done; a database that is down now tells it later."""
        while True:
            done = await asyncio.to_thread(self._done)
            if done is not None:
                self._finished = done - self._before
            await asyncio.sleep(0.4)


def switches(*, on: bool) -> dict[str, Any]:
    """How the vendors behave: repeated, overtaken and in batches; or as on a good day."""
    return {
        "duplicate_share": _DUPLICATE_SHARE if on else 0.0,
        "late_share": _LATE_SHARE if on else 0.0,
        "batch": 100 if on else 1,
        "batch_random": on,
        "hold_ms": 60 if on else 0,
        "read_receipts": False,
    }


class WebChat:
    """One visitor's page: a socket, what was not confirmed yet, and what was heard."""

    def __init__(self, person: Person, gateway: str, chance: random.Random) -> None:
        self._person = person
        self._url = gateway.replace("http", "ws", 1) + f"/chat/{UNIT}/socket"
        self._origin = gateway
        self._chance = chance
        self._token = ""
        self._open: dict[str, str] = {}
        self._socket: Any = None
        self._opened = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.create_task(self._live())
        await asyncio.wait_for(self._opened.wait(), 120)

    async def say(self, text: str) -> None:
        """Say it once; where the socket is down, the next one brings it."""
        client_id = f"m{self._person.number}_{self._chance.getrandbits(48):012x}"
        self._open[client_id] = text
        self._drained.clear()
        for _ in range(1 + (self._chance.random() < _DUPLICATE_SHARE)):
            await self._send({"type": "text", "id": client_id, "text": text})

    async def confirmed(self) -> None:
        await asyncio.wait_for(self._drained.wait(), 240)

    async def come_back(self) -> None:
        """Open the page anew: the history shows what was missed."""
        self._opened.clear()
        if self._socket is not None:
            await self._socket.close()
        await asyncio.wait_for(self._opened.wait(), 120)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _live(self) -> None:
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
                async with websockets.connect(
                    self._url, origin=websockets.Origin(self._origin), proxy=None, open_timeout=10, ping_interval=None
                ) as socket:
                    await socket.send(json.dumps({"type": "hello", "token": self._token}))
                    async for raw in socket:
                        await self._hear(socket, json.loads(raw))
            self._socket = None
            await asyncio.sleep(0.3 + self._chance.random())

    async def _hear(self, socket: Any, data: dict[str, Any]) -> None:
        kind = data.get("type")
        if kind == "session":
            self._token = data["token"]
            for message in data["history"]:
                self._note(message)
            self._socket = socket
            self._opened.set()
            for client_id, text in list(self._open.items()):
                await self._send({"type": "text", "id": client_id, "text": text})
        elif kind == "stored":
            self._open.pop(data["id"], None)
            if not self._open:
                self._drained.set()
        elif kind == "message":
            self._note(data["message"])
        elif kind == "wait" and data.get("id") in self._open:
            again = {"type": "text", "id": data["id"], "text": self._open[data["id"]]}
            asyncio.get_running_loop().call_later(
                float(data["seconds"]) + 0.1, lambda: asyncio.ensure_future(self._send(again))
            )

    def _note(self, message: dict[str, Any]) -> None:
        if message.get("direction") == "out":
            self._person.heard[str(message["id"])] = str(message.get("text", ""))

    async def _send(self, data: dict[str, Any]) -> None:
        socket: Awaitable[None] | None = self._socket.send(json.dumps(data)) if self._socket is not None else None
        if socket is not None:
            with contextlib.suppress(OSError, websockets.WebSocketException):
                await socket
