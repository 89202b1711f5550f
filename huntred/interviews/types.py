"""What comes out of the interviews service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from huntred.interviews.models import Interview, InterviewSlot


@dataclass(frozen=True)
class Arrival:
    """metres: from the place of the interview, rounded."""

    arrived: bool
    metres: int


@dataclass(frozen=True)
class SlotPlan:
    """Slots to be made: each day from `from_time` until `to_time`, local to `timezone`, without a pause."""

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


@dataclass(frozen=True)
class WeekEntry:
    """A slot with whoever is booked into it; the last four are empty where nobody is."""

    slot: InterviewSlot
    interviewer_name: str
    interview: Interview | None = None
    candidate_name: str = ""
    vacancy_title: str = ""
    application_number: int | None = None
