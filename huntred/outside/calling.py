"""One call to an address that somebody typed, without reaching what is inside.

The name is looked up here, every address that it leads to must be public, and the call goes to one of those and not to
what a second look-up would say. No redirect is followed, no proxy of the environment used, no cookie kept.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import httpx

from huntred.errors import ProviderError
from huntred.outside.addresses import may_call

_CONNECT_SECONDS = 5.0

Resolve = Callable[[str, int], list[str]]


class CallFailed(ProviderError):
    """Nothing came back; what was wrong is its text."""


class TooSlow(CallFailed):
    """Not all of it came in time."""


class Refused(CallFailed):
    """The name leads inside, or to what may not be called so."""


@dataclass(frozen=True)
class Answer:
    """headers: names in small letters. body: as it was sent, at most as many bytes as were asked for.

    whole: false where there was more.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    *,
    most_bytes: int,
    seconds: float,
    allow_loopback: bool,
    http_inside_only: bool = False,
    resolve: Resolve = resolve,
) -> Answer:
    """Call once; after so many seconds it is over, however slowly the other side talks.

    http_inside_only: without TLS only this machine is called. Raises Refused, TooSlow, CallFailed.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise CallFailed(f"name not found: {error}") from None
    if not addresses or not all(may_call(address, allow_loopback) for address in addresses):
        raise Refused("address not allowed")
    if http_inside_only and parts.scheme != "https" and not all(map(_loopback, addresses)):
        raise Refused("not https")
    shown = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    pinned = urlunsplit(parts._replace(netloc=f"{shown}:{port}", fragment=""))
    named = f"[{host}]" if ":" in host else host
    sent = {**headers, "host": named if port in {80, 443} else f"{named}:{port}"}

    async def within() -> Answer:
        async with asyncio.timeout(seconds):
            return await _call(method, pinned, host, sent, body, most_bytes, seconds)

    try:
        return asyncio.run(within())
    except TimeoutError:
        raise TooSlow("took too long") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise CallFailed(f"{type(error).__name__}: {error}") from None


async def _call(
    method: str, pinned: str, host: str, headers: Mapping[str, str], body: bytes, most_bytes: int, seconds: float
) -> Answer:
    timeout = httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
    async with (
        httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False) as client,
        # The certificate is checked against the name, not against the address.
        client.stream(
            method, pinned, headers=dict(headers), content=body or None, extensions={"sni_hostname": host}
        ) as answer,
    ):
        got = bytearray()
        async for chunk in answer.aiter_raw():
            got += chunk
            if len(got) > most_bytes:
                break
        told = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status_code, told, bytes(got[:most_bytes]), len(got) <= most_bytes)


def _loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"
