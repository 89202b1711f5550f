"""The vendors' ends of the way out, with their documented limits and nothing else: what exceeds one is refused and
counted. Light, so that it is the gateways that are measured. Used by benchmarks/rates.py.

Limits (each a bucket that fills at the vendor's rate): a number or bot or page so many a second; WhatsApp one person 45
at once and one in 6 s; Telegram and Slack one a second to a chat.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from runtime.ports import free_port

PER_SECOND = {"whatsapp": 80.0, "telegram": 30.0, "messenger": 300.0, "slack": 50.0}
# burst, seconds for one more, and what the network between us may shift.
_OF_PERSON = {"whatsapp": (45.0, 6.0, 0.05), "telegram": (1.0, 1.0, 0.01), "slack": (1.0, 1.0, 0.01)}
_ANSWER_SECONDS = (0.05, 0.15)


@dataclass
class _Bucket:
    tokens: float
    at: float


@dataclass
class Vendors:
    """What they saw. pace: a share of every account's limit, for a machine that is busy.

    arrivals: account → when each message came; accepted: text → when.
    """

    pace: float = 1.0
    port: int = field(default_factory=free_port)
    violations: list[str] = field(default_factory=list)
    arrivals: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    accepted: dict[str, float] = field(default_factory=dict)
    repeated: int = 0
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def per_second(self, channel: str) -> float:
        """How many messages a second one account of this channel may send."""
        return float(round(PER_SECOND[channel] * self.pace))

    def start(self) -> None:
        """Serve in a thread of this process."""
        server = uvicorn.Server(
            uvicorn.Config(
                self._app, port=self.port, log_level="warning", interface="asgi3", access_log=False, lifespan="off"
            )
        )
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.01)

    def clear(self) -> None:
        """Forget what was seen; the buckets stay as they are."""
        self.violations.clear()
        self.arrivals.clear()
        self.accepted.clear()
        self.repeated = 0

    def worst_second(self) -> float:
        """The fullest second of any account, as a share of its limit."""
        worst = 0.0
        for account, times in self.arrivals.items():
            begin = 0
            for end, at in enumerate(times):
                while times[begin] <= at - 1:
                    begin += 1
                worst = max(worst, (end - begin + 1) / self.per_second(account.partition(":")[0]))
        return worst

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        at = time.monotonic()
        status, answer = self._judge(scope["path"], json.loads(body or b"{}"), at)
        await asyncio.sleep(random.uniform(*_ANSWER_SECONDS))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _judge(self, path: str, body: Mapping[str, Any], at: float) -> tuple[int, Any]:
        if path.startswith("/bot"):
            channel, account = "telegram", path[4:].partition("/")[0].partition(":")[0]
            person, text = str(body.get("chat_id")), str(body.get("text"))
        elif path.startswith("/messenger/"):
            channel, account = "messenger", path.split("/")[3]
            person, text = str(body["recipient"]["id"]), str(body["message"].get("text"))
        elif path.endswith("chat.postMessage"):
            channel, account, person, text = "slack", "slack", str(body["channel"]), str(body.get("text"))
        else:
            channel, account = "whatsapp", path.split("/")[2]
            person, text = str(body["to"]), str(body["text"]["body"])
        broken = self._broken(channel, account, person, at)
        if broken:
            self.violations.append(broken)
            return _REFUSALS[channel]
        self.arrivals[f"{channel}:{account}"].append(at)
        self.repeated += text in self.accepted
        self.accepted[text] = time.time()
        return 200, _accepted(channel, len(self.accepted))

    def _broken(self, channel: str, account: str, person: str, at: float) -> str:
        """Return which limit this message exceeds; empty where none."""
        limit = self.per_second(channel)
        if not self._takes(f"{channel}:{account}", limit, 1 / limit, 0.0, at):
            return f"{channel} {account}: more than {limit:.0f} a second"
        of_person = _OF_PERSON.get(channel)
        if of_person and not self._takes(f"{channel}:{account}:{person}", *of_person, at):
            return f"{channel} {account}: too fast to {person}"
        return ""

    def _takes(self, key: str, burst: float, every: float, tolerance: float, at: float) -> bool:
        bucket = self._buckets.setdefault(key, _Bucket(burst, at))
        bucket.tokens = min(burst, bucket.tokens + (at - bucket.at) / every)
        bucket.at = at
        if bucket.tokens + tolerance / every < 1:
            return False
        bucket.tokens -= 1
        return True


_REFUSALS: dict[str, tuple[int, Any]] = {
    "whatsapp": (400, {"error": {"code": 130429, "message": "rate"}}),
    "telegram": (429, {"ok": False, "error_code": 429, "description": "rate", "parameters": {"retry_after": 1}}),
    "messenger": (400, {"error": {"code": 613, "message": "rate"}}),
    "slack": (429, {"ok": False, "error": "ratelimited"}),
}


def _accepted(channel: str, number: int) -> Any:
    return {
        "whatsapp": {"messages": [{"id": f"wamid.{number}"}]},
        "telegram": {"ok": True, "result": {"message_id": number}},
        "messenger": {"message_id": f"m_{number}"},
        "slack": {"ok": True, "channel": "D1", "ts": f"{number}.0"},
    }[channel]
