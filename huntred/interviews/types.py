"""What comes out of the interviews service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from huntred.interviews.models import Interview, InterviewProposal, InterviewSlot


@dataclass(frozen=True)
class Arrival:
    """metres: from the place of the interview, rounded."""

    arrived: bool
    metres: int


@dataclass(frozen=True)
class SlotPlan:
    """Slots to be made: each day from `from_time` until `to_time`, local to `timezone`, without a pause.

    capacity: how many come to each. on_holidays: "" refuses days off by law, skip leaves them out, keep means them.
    """

    interviewer_id: UUID
    days: tuple[date, ...]
    from_time: time
    to_time: time
    minutes: int = 30
    modality: str = "in_person"
    vacancy_id: UUID | None = None
    division_id: UUID | None = None
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    video_url: str = ""
    timezone: str = "America/Mexico_City"
    room_id: UUID | None = None
    capacity: int = 1
    on_holidays: str = ""


@dataclass(frozen=True)
class SlotChange:
    """What a slot, and those of its series from then on, become. from_time: local to the slot's own zone."""

    from_time: time
    minutes: int
    modality: str
    address: str
    video_url: str
    room_id: UUID | None
    capacity: int


@dataclass(frozen=True)
class Made:
    """Slots that were made, and how many times of the plan were left out: past, or somebody or the room is taken."""

    slots: list[InterviewSlot]
    left_out: int


@dataclass(frozen=True)
class Guest:
    """Who is booked into a slot. proposal: another time that waits for their answer."""

    interview: Interview
    name: str
    vacancy_title: str
    application_number: int
    proposal: InterviewProposal | None = None


@dataclass(frozen=True)
class CalendarEntry:
    """A slot with whoever is booked into it. held_for: of a place that is kept for somebody who is asked."""

    slot: InterviewSlot
    interviewer_name: str
    guests: tuple[Guest, ...] = ()
    held_for: tuple[Guest, ...] = ()

    @property
    def places_left(self) -> int:
        return self.slot.capacity - self.slot.booked - len(self.held_for)
