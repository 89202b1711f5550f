"""What goes into the matching service and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from huntred.matching.ports import Reason, RequirementState
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy


@dataclass(frozen=True)
class SearchQuery:
    """What somebody looks for just now; what is left empty is taken from their profile.

    title: the work. text: the whole sentence, used where no title was understood.
    city: a town's name; latitude and longitude, where a location was shared, go before it.
    """

    skills: tuple[str, ...] = ()
    title: str = ""
    city: str = ""
    salary: Decimal | None = None
    text: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class RankedVacancy:
    vacancy: Vacancy
    score: Decimal
    reasons: tuple[Reason, ...]
    gaps: tuple[Reason, ...] = ()
    distance_km: float | None = None


@dataclass(frozen=True)
class RankedPerson:
    profile: UnitProfile
    score: Decimal
    reasons: tuple[Reason, ...]
    gaps: tuple[Reason, ...]
    requirements: tuple[RequirementState, ...]
