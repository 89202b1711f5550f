"""What goes into the matching service and comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from huntred.matching.combining import Change
from huntred.matching.ports import Evidence, Reason
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy


@dataclass(frozen=True)
class SearchQuery:
    """What somebody looks for just now; what is left empty is taken from their profile.

    title: the work. text: the whole sentence, used where no title was understood.
    kind: job or internship only; empty for all.
    city: a town's name; latitude and longitude, where a location was shared, go before it.
    """

    skills: tuple[str, ...] = ()
    title: str = ""
    city: str = ""
    salary: Decimal | None = None
    text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    kind: str = ""


@dataclass(frozen=True)
class RankedVacancy:
    vacancy: Vacancy
    score: Decimal
    reasons: tuple[Reason, ...]
    gaps: tuple[Reason, ...] = ()
    distance_km: float | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class RankedPerson:
    """evidence: of everything the vacancy asks for, the work permit too. changes: what would raise the score most.

    points: by feature, how many of the 100 it gives, and could give.
    """

    profile: UnitProfile
    score: Decimal
    reasons: tuple[Reason, ...]
    gaps: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]
    changes: tuple[Change, ...] = ()
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def requirements(self) -> tuple[Evidence, ...]:
        """Of the requirements that were written down one by one."""
        return tuple(item for item in self.evidence if item.name)
