"""Event types, signatures (standardwebhooks.com), pauses between tries, and which addresses are taken; pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from huntred.errors import FieldInvalid
from huntred.outside.pauses import again_at

EVENT_TYPES = (
    "application.created", "application.moved", "application.withdrawn", "interview.booked", "interview.moved",
    "interview.cancelled", "interview.confirmed", "vacancy.published", "vacancy.paused", "vacancy.closed",
    "person.completed", "conversation.waiting", "conversation.taken", "conversation.returned",
)  # fmt: skip
SECRET_OVERLAP = timedelta(hours=24)
DISABLE_AFTER = timedelta(days=3)
# Until then a later event waits for an earlier one; from then on a lost call no longer holds up the rest.
PATIENT_ATTEMPTS = 4
_PAUSES_SECONDS = (5, 30, 120, 600, 1800, 3600, 10800, 21600, 43200, 86400)


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return one signature of the header `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def next_try(attempts: int, now: datetime, jitter: float) -> datetime | None:
    """Return when to call again after so many tries; none where it is given up."""
    return again_at(attempts, now, jitter, _PAUSES_SECONDS)


def check_events(events: Sequence[str]) -> list[str]:
    """Return them in order. Raises FieldInvalid."""
    if not events:
        raise FieldInvalid("events", "missing")
    if set(events) - set(EVENT_TYPES):
        raise FieldInvalid("events", "unknown")
    return [name for name in EVENT_TYPES if name in events]
