"""Event types, signatures (standardwebhooks.com), pauses between tries, and which addresses are never called; pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from huntred.errors import FieldInvalid

EVENT_TYPES = (
    "application.created", "application.moved", "application.withdrawn", "interview.booked", "interview.moved",
    "interview.cancelled", "interview.confirmed", "vacancy.published", "vacancy.paused", "vacancy.closed",
    "person.completed", "conversation.waiting", "conversation.taken", "conversation.returned",
)  # fmt: skip
LONGEST_URL = 2000
SECRET_OVERLAP = timedelta(hours=24)
DISABLE_AFTER = timedelta(days=3)
# Until then a later event waits for an earlier one; from then on a lost call no longer holds up the rest.
PATIENT_ATTEMPTS = 4
_PAUSES_SECONDS = (5, 30, 120, 600, 1800, 3600, 10800, 21600, 43200, 86400)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return one signature of the header `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def next_try(attempts: int, now: datetime, jitter: float) -> datetime | None:
    """Return when to call again after so many tries; none where it is given up. jitter: 0 to 1, spreads by a fifth."""
    if attempts > len(_PAUSES_SECONDS):
        return None
    pause = _PAUSES_SECONDS[max(attempts, 1) - 1]
    return now + timedelta(seconds=min(pause * (0.8 + 0.4 * jitter), _PAUSES_SECONDS[-1]))


def check_events(events: Sequence[str]) -> list[str]:
    """Return them in order. Raises FieldInvalid."""
    if not events:
        raise FieldInvalid("events", "missing")
    if set(events) - set(EVENT_TYPES):
        raise FieldInvalid("events", "unknown")
    return [name for name in EVENT_TYPES if name in events]


def check_url(url: str, *, allow_loopback: bool) -> str:
    """Return an address that may be called; what its name leads to is looked at before each call.

    Raises FieldInvalid.
    """
    url = url.strip()
    if not url:
        raise FieldInvalid("url", "missing")
    if len(url) > LONGEST_URL:
        raise FieldInvalid("url", "too_long")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna" if host else "ascii")
    except ValueError:
        raise FieldInvalid("url", "not_a_url") from None
    if not host or parts.username is not None or any(char.isspace() or ord(char) < 33 for char in url):
        raise FieldInvalid("url", "not_a_url")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    inside = host == "localhost" or host.endswith(".localhost") or (address is not None and not may_call(host, False))
    if inside and not (allow_loopback and (address is None or address.is_loopback)):
        raise FieldInvalid("url", "not_public")
    if parts.scheme != "https" and not (parts.scheme == "http" and inside):
        raise FieldInvalid("url", "not_https")
    return url


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
