"""What happened to a vacancy."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class VacancyPublished(Event):
    vacancy_id: UUID


@dataclass(frozen=True)
class VacancyPaused(Event):
    vacancy_id: UUID


@dataclass(frozen=True)
class VacancyClosed(Event):
    vacancy_id: UUID
