"""What happens to conversations."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class HandoffRequested(Event):
    handoff_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class HandoffTaken(Event):
    handoff_id: UUID
    conversation_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class HandoffReturned(Event):
    handoff_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class HandoffTimedOut(Event):
    handoff_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class UnitChanged(Event):
    """A chat goes on with another unit. Recorded in the unit that was left."""

    chat_id: UUID
    from_unit: str
    to_unit: str
    conversation_id: UUID
