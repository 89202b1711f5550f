"""A real HTTP server in the product's place, and stand-ins that send their webhooks to it."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.standins.client import StandinsClient
from tests.standins.server import running_standins

ANA = "5215511112222"
AMIGRO = "whatsapp:amigro"
BOT = "telegram:huntu"


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def value(self) -> dict[str, Any]:
        return self.json["entry"][0]["changes"][0]["value"]


@dataclass
class Gateway:
    """What arrived, oldest first. answers: statuses for the next requests, then 200.

    test: the number of the running test, the first part of the path that its webhooks go to; what an earlier one
    left on its way is not taken for this one's.
    """

    server_url: str = ""
    test: str = "0"
    verify_token: str = "demo-verify-token"
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.server_url}/{self.test}"

    def messages(self) -> list[dict[str, Any]]:
        return [message for item in self.received for message in item.value.get("messages", [])]

    def statuses(self) -> list[dict[str, Any]]:
        return [status for item in self.received for status in item.value.get("statuses", [])]


@pytest.fixture(scope="module")
def _gateway() -> Iterator[Gateway]:
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            raw = self.rfile.read(length)
            test, _, path = self.path.lstrip("/").partition("/")
            if test != gateway.test or len(raw) < length:  # of an earlier test, or broken off by the reset after it
                self.close_connection = True
                return
            status = gateway.answers.pop(0) if gateway.answers else 200
            gateway.received.append(Received(f"/{path}", dict(self.headers.items()), raw))
            self._answer(status, b"")

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            right = query["hub.verify_token"] == [gateway.verify_token]
            self._answer(200 if right else 403, query["hub.challenge"][0].encode() if right else b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    gateway.server_url = f"http://127.0.0.1:{server.server_port}"
    yield gateway
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def _standins(_gateway: Gateway) -> Iterator[StandinsClient]:
    with running_standins(_gateway.url) as client:
        yield client


_tests = itertools.count(1)


@pytest.fixture
def standins(_standins: StandinsClient, _gateway: Gateway) -> StandinsClient:
    _gateway.test = str(next(_tests))
    _gateway.received.clear()
    _gateway.answers.clear()
    _standins.reset(_gateway.url)
    return _standins


@pytest.fixture
def gateway(_gateway: Gateway, standins: StandinsClient) -> Gateway:
    return _gateway


Send = Callable[..., httpx.Response]


@pytest.fixture
def whatsapp(standins: StandinsClient) -> Iterator[Send]:
    """Call the Cloud API as the product does: `whatsapp(type='text', text={…})`."""
    with httpx.Client(base_url=standins.base_url, trust_env=False) as client:

        def send(token: str = "demo-access-token-amigro", to: str = ANA, **fields: Any) -> httpx.Response:
            body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to, **fields}
            headers = {"Authorization": f"Bearer {token}"}
            return client.post("/v23.0/100000000000101/messages", json=body, headers=headers)

        yield send


@pytest.fixture
def telegram(standins: StandinsClient) -> Iterator[Send]:
    """Call the Bot API as the product does: `telegram('sendMessage', chat_id=42, text='…')`."""
    with httpx.Client(base_url=standins.base_url, trust_env=False) as client:

        def call(method: str, **fields: Any) -> httpx.Response:
            return client.post(f"/bot7000000002:demo-bot-token-huntu/{method}", json=fields)

        yield call
