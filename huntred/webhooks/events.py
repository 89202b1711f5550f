"""What happens to webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class WebhookDisabled(Event):
    """Its address has failed for days, or said that it is gone. Nothing is called any more until somebody says so."""

    subscription_id: UUID
