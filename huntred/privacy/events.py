"""What people decide about their data and about our messages."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class NoticeAccepted(Event):
    person_id: UUID


@dataclass(frozen=True)
class OptedOut(Event):
    person_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class OptedIn(Event):
    person_id: UUID
    conversation_id: UUID
