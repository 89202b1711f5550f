"""What happens to vacancies that turn out to be one position."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class VacanciesMerged(Event):
    merge_id: UUID
    kept_vacancy_id: UUID
    other_vacancy_id: UUID


@dataclass(frozen=True)
class VacanciesSeparated(Event):
    merge_id: UUID
    kept_vacancy_id: UUID
    other_vacancy_id: UUID
