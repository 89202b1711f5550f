"""Is the gateway reached at its public address, by TLS, as vendors reach it?"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

import httpx

from bot.channels.connector import json_of
from bot.connect.console import Console, Stop

_HOW = "set PUBLIC_GATEWAY_URL to the https address that vendors reach (docs/operators.md), and start again"


async def check_address(console: Console, http: httpx.AsyncClient, url: str, *, development: bool) -> None:
    """Raises Stop where no vendor could bring anything there."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        if not (development and _is_loopback(host)):
            raise Stop(f"PUBLIC_GATEWAY_URL is {url}: vendors bring webhooks by https only", _HOW)
        console.note(f"{url} is not public: only the stand-ins reach it. Good for trying, not for a real vendor")
    else:
        await _resolve(host, parts.port or 443)
    try:
        answer = await http.get(f"{url}/health", timeout=10)
    except httpx.HTTPError as error:
        raise Stop(f"{url}/health does not answer: {_reason(error)}", _advice(error)) from None
    if answer.status_code != 200 or json_of(answer).get("process") != "gateway":
        raise Stop(
            f"{url}/health answers {answer.status_code}, but not as our gateway does",
            "let the proxy pass /webhooks, /chat and /health to the gateway's port, and see that `make up` runs",
        )
    console.good(f"the gateway answers at {url}")


async def _resolve(host: str, port: int) -> None:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise Stop(f"{host} has no address in the DNS", f"make its A or AAAA record, or {_HOW}") from None
    if not any(ipaddress.ip_address(entry[4][0]).is_global for entry in found):
        raise Stop(f"{host} leads to a private address, which no vendor reaches", _HOW)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__


def _advice(error: httpx.HTTPError) -> str:
    if "certificate" in str(error).lower() or "ssl" in str(error).lower():
        return "the certificate is not valid for this name: renew it (a self-signed one is not enough for any vendor)"
    return "see that `make up` runs, and that the proxy or tunnel passes the address on"
