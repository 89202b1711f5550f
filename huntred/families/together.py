"""Vacancies for several of a family in one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from huntred.db.unit_of_work import UnitOfWork
from huntred.families import service
from huntred.families.models import Family
from huntred.matching import service as matching
from huntred.matching.nearest import Nearest
from huntred.matching.ports import Ranker
from huntred.matching.types import RankedVacancy, SearchQuery
from huntred.people.models import UnitProfile

# So many of each person's vacancies are looked at; far more than are shown.
_LOOKED_AT = 40
_FOR_EACH = 2
_PLACES = 3


@dataclass(frozen=True)
class Offer:
    """One person's best vacancies in a place."""

    profile: UnitProfile
    vacancies: tuple[RankedVacancy, ...]


@dataclass(frozen=True)
class Place:
    """offers: of at least two people, in the order in which they joined."""

    city: str
    region: str
    offers: tuple[Offer, ...]


def places_for(
    uow: UnitOfWork, ranker: Ranker, family: Family, *, now: datetime, nearest: Nearest | None = None
) -> list[Place]:
    """Return the towns where most of the family find work, then those where it fits best; three at most.

    Each is matched alone, by what they told themself; being a family changes nobody's score.
    """
    found: dict[tuple[str, str], dict[int, list[RankedVacancy]]] = defaultdict(lambda: defaultdict(list))
    members = [profile for profile in service.members_of(uow, family) if _has_told(profile)]
    for position, profile in enumerate(members):
        ranked = matching.vacancies_for(
            uow, ranker, profile.person_id, SearchQuery(), limit=_LOOKED_AT, now=now, nearest=nearest
        )
        for one in ranked:
            # What is done from anywhere ties nobody to a town.
            if one.vacancy.city and one.vacancy.modality != "remote":
                found[one.vacancy.city, one.vacancy.region][position].append(one)
    together = [(place, by_person) for place, by_person in found.items() if len(by_person) > 1]
    together.sort(key=lambda each: (-len(each[1]), -_fit(each[1].values()), each[0]))
    return [
        Place(
            city, region,
            tuple(Offer(members[position], tuple(by_person[position][:_FOR_EACH])) for position in sorted(by_person)),
        )
        for (city, region), by_person in together[:_PLACES]
    ]  # fmt: skip


def _fit(ranked: Iterable[list[RankedVacancy]]) -> float:
    return sum(float(vacancies[0].score) for vacancies in ranked)


def _has_told(profile: UnitProfile) -> bool:
    return bool(profile.headline or profile.skills)
