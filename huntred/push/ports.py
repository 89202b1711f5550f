"""What web push needs of the outside: one call to the push service that a browser chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Subscription:
    """Where a browser is told, as it says itself. p256dh, auth: its keys, base64url."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class Reply:
    """status: none where nothing answered. retry_after: seconds that the service asks for. text: what was wrong."""

    status: int | None
    retry_after: int | None = None
    text: str = ""


class PushService(Protocol):
    """Encrypts and signs a message and gives it to the subscription's service once; never raises."""

    @property
    def public_key(self) -> str:
        """Ours, base64url, as a browser wants it to subscribe."""
        ...

    def push(self, to: Subscription, payload: bytes, *, ttl: int, topic: str) -> Reply:
        """ttl: seconds that the service keeps it for a browser that is away. topic: what is newer replaces."""
        ...
