"""Keep-alive senders of signed WhatsApp webhooks, one message each; prints what they saw as one JSON object.

Runs in Rasa's environment (uvloop): `.venv/bot/bin/python -m benchmarks.ack_sender URL SECRET NUMBER SECONDS SENDERS`
Raw sockets and ready-made bodies: on two cores a slow sender would be measured with the gateway.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import sys
import time
from collections import Counter
from typing import cast
from urllib.parse import urlsplit

import uvloop

_CHATS = 500  # people behind each sender
_TEXTS = ("¿me van a cobrar algo?", "busco trabajo de cocina", "¿qué papeles necesito?", "gracias")


class Sender(asyncio.Protocol):
    """One connection: the next webhook goes when the last one was answered."""

    def __init__(self, run: Run, number: int) -> None:
        self._run = run
        self._number = number
        self._sent = 0
        self._began = 0.0
        self._heard = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head = self._heard.find(b"\r\n\r\n")
        if head < 0:
            return
        lower = self._heard[:head].lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._heard) < head + 4 + length:
            return
        now = time.perf_counter()
        self._run.note(int(self._heard[9:12]), self._began, now)
        self._heard = b""
        assert self._transport is not None
        if now < self._run.ends:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._run.closed(unexpected=time.perf_counter() < self._run.ends)

    def _send(self) -> None:
        assert self._transport is not None
        self._sent += 1
        request = self._run.request(self._number, self._sent)
        self._began = time.perf_counter()
        self._transport.write(request)


class Run:
    """What all senders share: the bodies, the end, what was seen."""

    def __init__(self, url: str, secret: str, number: str, seconds: float, senders: int) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self._secret = secret.encode()
        self._batch = f"{os.getpid()}.{time.time_ns()}"
        self._body = json.dumps(
            {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "5215500000000", "phone_number_id": number},
                "contacts": [{"profile": {"name": "Ana Prueba"}, "wa_id": "@user@"}],
                "messages": [{"from": "@user@", "id": "@id@", "timestamp": "@at@", "type": "text",
                              "text": {"body": "@text@"}}],
            }}]}]}, ensure_ascii=False,
        )  # fmt: skip
        self._head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            "X-Hub-Signature-256: sha256="
        )
        self.began = time.perf_counter()
        self.ends = self.began + seconds
        self.senders = self._open = senders
        self.seen: list[float] = []
        self.codes: Counter[int] = Counter()
        self.broken = 0
        self.last = self.began
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def request(self, sender: int, count: int) -> bytes:
        user = f"52182{sender:04d}{count % _CHATS:04d}"
        body = (
            self._body.replace("@user@", user)
            .replace("@id@", f"wamid.{self._batch}.{sender}.{count}")
            .replace("@at@", str(int(time.time())))
            .replace("@text@", _TEXTS[count % len(_TEXTS)])
            .encode()
        )
        signature = hmac.digest(self._secret, body, hashlib.sha256).hex()
        return f"{self._head}{signature}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    def note(self, code: int, began: float, now: float) -> None:
        self.codes[code] += 1
        self.last = now
        if code == 200:
            self.seen.append((now - began) * 1000)

    def closed(self, *, unexpected: bool) -> None:
        self.broken += unexpected
        self._open -= 1
        if not self._open and not self.done.done():
            self.done.set_result(None)


async def send(url: str, secret: str, number: str, seconds: float, senders: int) -> dict[str, object]:
    run = Run(url, secret, number, seconds, senders)
    loop = asyncio.get_running_loop()
    for one in range(senders):
        await loop.create_connection(lambda one=one: Sender(run, one), run.host, run.port)  # type: ignore[misc]
    await asyncio.wait_for(run.done, seconds + 60)
    took = run.last - run.began
    return {
        "accepted": len(run.seen), "refused": sum(run.codes.values()) - len(run.seen), "broken": run.broken,
        "seconds": took, "milliseconds": [round(value, 2) for value in run.seen],
    }  # fmt: skip


if __name__ == "__main__":
    uvloop.install()
    target, signs, line, lasts, many = sys.argv[1:]
    print(json.dumps(asyncio.run(send(target, signs, line, float(lasts), int(many)))))
