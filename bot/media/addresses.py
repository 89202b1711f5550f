"""Which addresses may be fetched: public ones by https, and whatever stands below a vendor's configured base URL.

The name is looked up once, every address it has is checked, and the connection goes to the address that was checked:
a name that answers differently the second time leads nowhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass, fields
from urllib.parse import SplitResult, urlsplit

from bot.media.errors import MediaGone, MediaLater
from contract.settings import BotSettings

_BASES = "_api_url"


@dataclass(frozen=True)
class Reach:
    """Where to connect. url: with the checked address in place of the name; host: of the Host header and of TLS."""

    url: str
    host: str
    name: str
    configured: bool


def configured_origins(settings: BotSettings) -> frozenset[str]:
    """The origins of the vendors' base URLs: an operator named them, so they may be private (stand-ins, proxies)."""
    bases = (getattr(settings, field.name) for field in fields(settings) if field.name.endswith(_BASES))
    return frozenset(_origin(urlsplit(base)) for base in bases)


async def reach(url: str, configured: frozenset[str]) -> Reach:
    """Check an address. Raises MediaGone where it may not be fetched, MediaLater where the name is not known now."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MediaGone("no address") from None
    host = parts.hostname or ""
    if not host or parts.username or parts.password:
        raise MediaGone("no address")
    if _origin(parts) in configured:
        return Reach(url, parts.netloc, host, True)
    if parts.scheme != "https":
        raise MediaGone(f"{parts.scheme or 'nothing'} is not https")
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise MediaLater(f"{host} is not known: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(_public(address) for address in addresses):
        raise MediaGone("a private address")
    first = addresses[0]
    literal = f"[{first}]" if ":" in first else first
    checked = parts._replace(netloc=f"{literal}:{port}" if port else literal)
    return Reach(checked.geturl(), parts.netloc, host, False)


def _public(address: str) -> bool:
    """Not ours, not this machine's, not the cloud's own services; also where IPv6 wraps an IPv4 address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if wrapped is not None and not _public(str(wrapped)):
            return False
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return found.is_global and not found.is_multicast


def _origin(parts: SplitResult) -> str:
    default = {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{parts.port or default}"
