"""What happened to a mentor's session."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class MentorSessionAsked(Event):
    session_id: UUID


@dataclass(frozen=True)
class MentorSessionAnswered(Event):
    """state: accepted, declined, or expired."""

    session_id: UUID
    state: str


@dataclass(frozen=True)
class MentorSessionCancelled(Event):
    """by: person, mentor or consultant. was: the state before."""

    session_id: UUID
    by: str
    was: str
