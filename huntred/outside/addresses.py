"""Which addresses may be called when somebody else says where to; pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from huntred.errors import FieldInvalid

LONGEST_URL = 2000
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def may_call(address: str, allow_loopback: bool) -> bool:
    """Say whether an IP address is on the public internet (or this machine's own, where that is allowed)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if allow_loopback and found.is_loopback:
        return True
    if isinstance(found, ipaddress.IPv6Address):
        # What only wraps an IPv4 address is judged by that.
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return may_call(str(inner), False)
    return found.is_global and not found.is_multicast and not found.is_reserved


def read_url(url: str, *, allow_loopback: bool, field: str = "url") -> tuple[str, SplitResult, bool]:
    """Return an address that may be called, its parts, and whether it says itself that it is this machine's.

    What its name leads to is looked at before each call. Raises FieldInvalid.
    """
    url = url.strip()
    if not url:
        raise FieldInvalid(field, "missing")
    if len(url) > LONGEST_URL:
        raise FieldInvalid(field, "too_long")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna" if host else "ascii")
    except ValueError:
        raise FieldInvalid(field, "not_a_url") from None
    if not host or parts.username is not None or any(char.isspace() or ord(char) < 33 for char in url):
        raise FieldInvalid(field, "not_a_url")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    inside = host == "localhost" or host.endswith(".localhost") or (address is not None and not may_call(host, False))
    if inside and not (allow_loopback and (address is None or address.is_loopback)):
        raise FieldInvalid(field, "not_public")
    return url, parts, inside


def check_url(url: str, *, allow_loopback: bool, field: str = "url") -> str:
    """Return an address that may be called over TLS; what its name leads to is looked at before each call.

    Raises FieldInvalid.
    """
    url, parts, inside = read_url(url, allow_loopback=allow_loopback, field=field)
    if parts.scheme != "https" and not (parts.scheme == "http" and inside):
        raise FieldInvalid(field, "not_https")
    return url
