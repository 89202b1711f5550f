"""Calls an address that somebody typed, without reaching what is inside.

The name is looked up here, every address that it leads to must be public, and the call goes to one of those and not to
what a second look-up would say. No redirect is followed, no proxy of the environment used.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit, urlunsplit

import httpx

from huntred.webhooks import rules
from huntred.webhooks.ports import Reply

_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_LONGEST_SECONDS = 15.0
_KEPT_CHARS = 500

Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class PinnedCaller:
    """allow_loopback: for development and tests; nothing else inside is ever reached."""

    def __init__(self, *, allow_loopback: bool = False, resolve: Resolve = resolve) -> None:
        self._allow_loopback, self._resolve = allow_loopback, resolve

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            return Reply(None, f"name not found: {error}"[:_KEPT_CHARS])
        if not addresses or not all(rules.may_call(address, self._allow_loopback) for address in addresses):
            return Reply(None, "address not allowed")
        if parts.scheme != "https" and not all(rules.may_call(one, True) and _loopback(one) for one in addresses):
            return Reply(None, "not https")
        return self._call(parts.scheme, host, addresses[0], port, url, headers, body)

    def _call(
        self, scheme: str, host: str, address: str, port: int, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        shown = f"[{address}]" if ":" in address else address
        pinned = urlunsplit(urlsplit(url)._replace(netloc=f"{shown}:{port}", fragment=""))
        sent = {**headers, "host": host if port in {80, 443} else f"{host}:{port}"}
        ends = time.monotonic() + _LONGEST_SECONDS
        try:
            with (
                httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client,
                # The certificate is checked against the name, not against the address.
                client.stream("POST", pinned, headers=sent, content=body, extensions={"sni_hostname": host}) as answer,
            ):
                text = b""
                for chunk in answer.iter_raw():
                    text += chunk
                    if len(text) > _KEPT_CHARS or time.monotonic() > ends:
                        break
                return Reply(answer.status_code, text.decode("utf-8", "replace").replace("\0", "")[:_KEPT_CHARS])
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return Reply(None, f"{type(error).__name__}: {error}"[:_KEPT_CHARS])


def _loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"
