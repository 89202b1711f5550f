"""What happened to a request for references."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class ReferencesAsked(Event):
    """A consultant asked; the candidate has not heard of it yet."""

    request_id: UUID


@dataclass(frozen=True)
class ReferencesDeclined(Event):
    """The candidate does not want to give any now, or took their yes back."""

    request_id: UUID


@dataclass(frozen=True)
class ReferencesCancelled(Event):
    """A consultant took it back."""

    request_id: UUID


@dataclass(frozen=True)
class RefereesGiven(Event):
    """The candidate named them and confirmed: from here on they may be written to."""

    request_id: UUID


@dataclass(frozen=True)
class RefereeAnsweredUs(Event):
    """outcome: answered, declined, or opted_out."""

    referee_id: UUID
    outcome: str


@dataclass(frozen=True)
class ReferencesReady(Event):
    """Everybody answered or said no, or the day has passed: there is something to read, or to know."""

    request_id: UUID
