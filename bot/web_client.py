"""The HTTP client that talks to vendors: httpx, with one hole of its lower layers closed.

Under uvloop a connection that breaks at the wrong moment has no socket any more, and asking anyio about it ends in an
AttributeError, which httpx hands on as it is: not an error of the connection but, to everybody above, a fault of ours.
Here a connection that broke before anything was written is one that could not be made, and one that broke while it lay
idle is not used again. Nor is one that lay idle for about as long as servers wait before they close (5 s is usual): a
request that meets the close gets no answer, and nobody knows then whether it was read. Of WhatsApp that would be a
minute of silence, until it is sure that no status comes.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

KEPT_IDLE_SECONDS = 3.0


def vendor_client(*, timeout: httpx.Timeout, connections: int, idle: int) -> httpx.AsyncClient:
    """Return a client that follows no redirects and obeys the environment's proxies.

    connections: how many at once; idle: how many of them are kept for the next request.
    """
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=idle, keepalive_expiry=KEPT_IDLE_SECONDS
    )
    client = httpx.AsyncClient(timeout=timeout, limits=limits, follow_redirects=False)
    # httpx takes no backend from outside unless it is given a whole transport, and then it forgets the proxies.
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.AsyncHTTPTransport):
            pool = transport._pool
            pool._network_backend = _Backend(pool._network_backend)
    return client


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects as the backend below does."""

    def __init__(self, below: httpcore.AsyncNetworkBackend) -> None:
        self._below = below

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:  # fmt: skip
        return _Stream(await self._below.connect_tcp(host, port, timeout, local_address, socket_options))

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._below.connect_unix_socket(path, timeout, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._below.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that can tell that it is no more."""

    def __init__(self, below: httpcore.AsyncNetworkStream) -> None:
        self._below = below

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._below.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._below.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._below.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._below.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        try:
            return self._below.get_extra_info(info)
        except AttributeError as error:
            if info == "is_readable":
                return True  # as of a connection that the other side has closed: it is thrown away
            # Asked once only, when the connection has just been made.
            raise httpcore.ConnectError("the connection broke as it was made") from error
