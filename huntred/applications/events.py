"""What happened to an application."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class ApplicationReceived(Event):
    application_id: UUID


@dataclass(frozen=True)
class ApplicationWithdrawn(Event):
    application_id: UUID


@dataclass(frozen=True)
class ApplicationMoved(Event):
    application_id: UUID
    from_stage_id: UUID
    to_stage_id: UUID
