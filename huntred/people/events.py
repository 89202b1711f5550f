"""What happens to people."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class PersonRegistered(Event):
    """conversation_id: none for who came in through the API or a file."""

    person_id: UUID
    conversation_id: UUID | None


@dataclass(frozen=True)
class ProfileCompleted(Event):
    """All that an application needs is told."""

    profile_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class PermitChanged(Event):
    """When a permit to work expires was told, corrected or taken back."""

    profile_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class InvitationAccepted(Event):
    referral_id: UUID
    inviter_id: UUID
    invited_id: UUID
