"""What a unit weighs when it ranks, and what other weights would change before anybody saves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from huntred.db.unit_of_work import UnitOfWork
from huntred.matching import repository, versions
from huntred.matching.combining import checked, default_weights, rescored
from huntred.matching.models import RankingWeights
from huntred.matching.ports import Match, Ranker, Weights
from huntred.people.models import UnitProfile
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy

# A preview looks at so many open vacancies, and at so many of the best of each.
_VACANCIES, _BEST = 3, 10
# And among so many people of a large unit: it shows what moves, it does not rank for anybody.
_PEOPLE = 500


@dataclass(frozen=True)
class Moved:
    """One of the best, now or then. before, after: their place from 1; None where they are not among the best."""

    profile: UnitProfile
    before: int | None
    after: int | None
    score_before: float
    score_after: float


@dataclass(frozen=True)
class Preview:
    """What would change on one open vacancy; moved is empty where nobody is ranked for it."""

    vacancy: Vacancy
    moved: tuple[Moved, ...]

    @property
    def places_changed(self) -> int:
        return sum(1 for one in self.moved if one.before != one.after)


def weights_of(uow: UnitOfWork, unit: str = "") -> Weights:
    """Return the weights of a unit (this work's unless named): those saved, else those of `weights.yml`."""
    code = unit or uow.unit
    saved = uow.session.scalar(select(RankingWeights.weights).where(RankingWeights.unit == code))
    # A feature that came later than the row has everybody's weight.
    return default_weights(code) if saved is None else checked({**default_weights(code), **saved})


def saved_weights(uow: UnitOfWork) -> RankingWeights | None:
    """Return the unit's own row, if any."""
    return uow.session.get(RankingWeights, uow.unit)


def set_weights(uow: UnitOfWork, weights: Mapping[str, float | None], user_id: UUID, *, now: datetime) -> None:
    """Weigh so in this unit from now on. Raises FieldInvalid."""
    versions.put_in_force(uow, checked(weights), user_id, "written", now=now)


def back_to_default(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> None:
    """Weigh as `weights.yml` says again."""
    if saved_weights(uow) is not None:
        versions.put_in_force(uow, default_weights(uow.unit), user_id, "factory", now=now)


def preview(uow: UnitOfWork, ranker: Ranker, weights: Mapping[str, float | None]) -> list[Preview]:
    """Rank the newest open vacancies as now and with these weights; nothing is saved. Raises FieldInvalid."""
    now, then = weights_of(uow), checked(weights)
    found = []
    for features, permits in repository.open_vacancies(uow.session, uow.unit, most=_VACANCIES):
        people, kept = repository.candidates(uow.session, uow.unit, permits, model=ranker.model, most=_PEOPLE)
        before = [match for match in ranker.rank_people(features, people, now, kept=kept) if match.fits]
        after = sorted((rescored(match, then) for match in before), key=lambda match: -match.score)
        found.append(Preview(vacancies.get(uow, features.id), _moved(uow, before, after)))
    return found


def _moved(uow: UnitOfWork, before: list[Match], after: list[Match]) -> tuple[Moved, ...]:
    place_before, place_after = (
        {match.subject_id: place for place, match in enumerate(matches[:_BEST], 1)} for matches in (before, after)
    )
    score_before, score_after = ({match.subject_id: match.score for match in matches} for matches in (before, after))
    best = [*place_after, *(key for key in place_before if key not in place_after)]
    profiles = repository.profiles(uow.session, best)
    return tuple(
        Moved(
            profiles[key], place_before.get(key), place_after.get(key), float(score_before[key]),
            float(score_after[key]),
        )
        for key in best
    )  # fmt: skip
