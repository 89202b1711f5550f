"""Who may read /metrics: whoever brings the token, and without one only this machine itself."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping

# A proxy on this machine speaks for somebody else, and says so in one of these.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "x-forwarded-host", "via")


def may_read_metrics(token: str, headers: Mapping[str, str], address: str | None) -> bool:
    """Whether this request may see the figures.

    token: METRICS_TOKEN; where there is one it must come as `Authorization: Bearer …`, from everywhere. headers:
    looked up in lower case, whatever the framework. address: of the other end of the connection.
    """
    if token:
        given = headers.get("authorization", "")
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), f"Bearer {token}".encode())
    if any(name in headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
