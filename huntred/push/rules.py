"""Which subscriptions are taken, what a browser is told, and when a call is tried again; pure."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from huntred.errors import FieldInvalid
from huntred.outside.addresses import check_url
from huntred.outside.pauses import again_at
from huntred.push.ports import Reply, Subscription

FIELD = "push_device"
MOST_DEVICES = 10
KEPT = timedelta(hours=1)
"""How long a service keeps a message for a browser that is away, and how long we try: who waits has waited by then."""
_PAUSES_SECONDS = (10, 60, 300, 900)
_TOPIC_CHARS = 32  # the most that RFC 8030 allows
_AUTH_BYTES = 16
# The first that is found counts: most browsers also name those that they come from.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip

Outcome = Literal["sent", "gone", "again", "refused"]


@dataclass(frozen=True)
class Told:
    """What a locked screen may show to anybody: no name and no word of whoever waits.

    path: what a click opens. tag: a newer one of the same takes its place.
    """

    title: str
    body: str
    path: str
    tag: str

    def payload(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()


def check_subscription(given: Subscription, *, allow_loopback: bool) -> Subscription:
    """Return a subscription that can be told. Raises FieldInvalid."""
    endpoint = check_url(given.endpoint, allow_loopback=allow_loopback, field=FIELD)
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decoded(given.p256dh))
        if len(decoded(given.auth)) != _AUTH_BYTES:
            raise ValueError("auth")
    except ValueError:
        raise FieldInvalid(FIELD, "not_a_subscription") from None
    return Subscription(endpoint, given.p256dh, given.auth)


def decoded(text: str) -> bytes:
    """Read base64url without its padding, as browsers write it. Raises ValueError."""
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def topic_of(tag: str) -> str:
    return encoded(hashlib.sha256(tag.encode()).digest())[:_TOPIC_CHARS]


def device_name(user_agent: str) -> str:
    """Return "Chrome · Android", or what of it can be told; empty where nothing can."""
    parts = (next((name for mark, name in known if mark in user_agent), "") for known in (_BROWSERS, _SYSTEMS))
    return " · ".join(filter(None, parts))


def outcome(reply: Reply) -> Outcome:
    """gone: the browser has ended it. again: later it may work. refused: it never will as it is."""
    if reply.status is None or reply.status == 429 or reply.status >= 500:
        return "again"
    if reply.status in {404, 410}:
        return "gone"
    return "sent" if 200 <= reply.status < 300 else "refused"


def next_try(attempts: int, reply: Reply, now: datetime, jitter: float) -> datetime | None:
    """Return when to call again, not before the service wants it; none where it is given up."""
    again = again_at(attempts, now, jitter, _PAUSES_SECONDS)
    if again is None or reply.retry_after is None:
        return again
    return max(again, now + timedelta(seconds=reply.retry_after))
