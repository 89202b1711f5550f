"""What happens to people who turn out to be one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class PeopleMerged(Event):
    merge_id: UUID
    kept_profile_id: UUID
    other_profile_id: UUID


@dataclass(frozen=True)
class PeopleSeparated(Event):
    merge_id: UUID
    kept_profile_id: UUID
    other_profile_id: UUID
