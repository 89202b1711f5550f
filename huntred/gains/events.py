"""What happens to rewards."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class RewardDecided(Event):
    """A consultant granted or declined what a person asked for."""

    request_id: UUID
