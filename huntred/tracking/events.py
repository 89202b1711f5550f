"""What happens to campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class CampaignFollowed(Event):
    """Somebody wrote the code of a campaign into a conversation. Stored by the turn (bot/lane.py)."""

    conversation_id: UUID
    code: str
    at: datetime
