"""The client that talks to vendors: a connection that breaks is an error of the connection, under uvloop too."""

from __future__ import annotations

import asyncio
from typing import Any

import httpcore
import httpx
import pytest

from bot import web_client
from bot.channels.connector import Receipt, answer_of
from bot.web_client import vendor_client


class _Broken(httpcore.AsyncMockStream):
    """As anyio is under uvloop once the transport has closed: no socket to ask."""

    def __init__(self, answer: list[bytes], asked: str) -> None:
        super().__init__(answer)
        self._asked = asked

    def get_extra_info(self, info: str) -> Any:
        if info == self._asked:
            raise AttributeError("'NoneType' object has no attribute 'getpeername'")
        return None


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self, asked: str) -> None:
        self.asked, self.made = asked, 0

    async def connect_tcp(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        self.made += 1
        return _Broken([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], self.asked)


def _client(backend: _Backend) -> httpx.AsyncClient:
    client = vendor_client(timeout=httpx.Timeout(5.0), connections=10, idle=10)
    pool = client._transport._pool
    pool._network_backend._below = backend
    return client


async def test_one_that_broke_as_it_was_made_was_never_made() -> None:
    async with _client(_Backend("ssl_object")) as client:
        receipt = await answer_of(client.post("http://vendor.example/", json={}), "Vendor")
    assert isinstance(receipt, Receipt) and (receipt.outcome, receipt.code) == ("retry", "unreachable")


async def test_one_that_broke_while_it_lay_idle_is_not_used_again() -> None:
    backend = _Backend("is_readable")
    async with _client(backend) as client:
        for _ in range(2):
            answer = await client.post("http://vendor.example/", json={})
            assert answer.status_code == 200
    assert backend.made == 2


async def test_no_request_meets_a_connection_that_its_server_is_about_to_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose clock runs out just as a request comes in closes without reading it."""
    assert web_client.KEPT_IDLE_SECONDS < 4.0, "uvicorn, Apache and others close after 5 s"
    monkeypatch.setattr(web_client, "KEPT_IDLE_SECONDS", 0.2)
    opened = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        answered_at: float | None = None
        while not reader.at_eof():
            try:
                await reader.readuntil(b"{}")
            except asyncio.IncompleteReadError:
                break
            if answered_at is not None and asyncio.get_running_loop().time() - answered_at > 0.3:
                break
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            answered_at = asyncio.get_running_loop().time()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with vendor_client(timeout=httpx.Timeout(5.0), connections=10, idle=10) as client:
            for pause in (0.0, 0.4, 0.05):
                await asyncio.sleep(pause)
                answer = await answer_of(client.post(url, content=b"{}"), "Vendor")
                assert isinstance(answer, httpx.Response) and answer.status_code == 200
    assert opened == 2, "one that rested a moment is used again, one that rested long is not"


async def test_the_environments_proxy_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with vendor_client(timeout=httpx.Timeout(5.0), connections=10, idle=10) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("http://vendor.example/")
