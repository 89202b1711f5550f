"""Vacancies for a person and people for a vacancy, ranked and with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contract.text import normalise
from huntred.applications import service as applications
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.geography import find_place
from huntred.matching import repository
from huntred.matching.combining import best_changes, points_of
from huntred.matching.nearest import Nearest
from huntred.matching.ports import (
    CandidateFeatures,
    Evidence,
    Match,
    Ranker,
    Reason,
    VacancyFeatures,
    Weights,
)
from huntred.matching.types import RankedPerson, RankedVacancy, SearchQuery
from huntred.matching.weights import weights_of
from huntred.people.models import UnitProfile
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy

__all__ = [
    "CandidateFeatures", "Match", "RankedPerson", "RankedVacancy", "Ranker", "Reason", "SearchQuery", "match_of",
    "nearby", "people_for", "people_named", "vacancies_for",
]  # fmt: skip

# Up to here all are ranked; beyond, so many of those that are likely to be among the best.
RANKED_WHOLE = 1_000
WORTH_RANKING = 400
# Where somebody names a town, what lies farther is not "there" (remote work is everywhere).
_REACH_KM = 60.0


def vacancies_for(
    uow: UnitOfWork,
    ranker: Ranker,
    person_id: UUID,
    query: SearchQuery,
    *,
    limit: int = 5,
    now: datetime,
    nearest: Nearest | None = None,
) -> list[RankedVacancy]:
    """Open vacancies that fit, best first; empty where none does.

    Left out: those applied for already, those whose accepted work permits the person's is not among, and, where
    a town was asked for, those that are out of its reach while any is within it. nearest: chooses what is worth
    ranking where very many are open; without it all of them are ranked.
    """
    told = repository.candidate(uow.session, uow.unit, person_id)
    profile, permit = told if told is not None else (CandidateFeatures(), "")
    wanted = _wanted(profile, query)
    applied = applications.applied_vacancies(uow, person_id)
    weights = weights_of(uow)
    open_to, permit_unknown = _eligible(
        [(features, permits)
         for features, permits in _worth_ranking(uow, nearest, wanted, permit, weights, query.kind)
         if features.id not in applied],
        permit,
    )  # fmt: skip
    matches = [match for match in ranker.rank(wanted, open_to, weights) if match.fits]
    if query.city or query.latitude is not None:
        matches = _within_reach(matches)
    best = matches[:limit]
    found = vacancies.by_ids(uow, [match.vacancy_id for match in best])
    return [
        RankedVacancy(
            found[match.vacancy_id],
            match.score,
            match.reasons,
            match.gaps + ((Reason("permit_unknown"),) if match.vacancy_id in permit_unknown else ()),
            match.distance_km,
            match.evidence,
        )
        for match in best
    ]


def nearby(
    uow: UnitOfWork, person_id: UUID, latitude: float, longitude: float, *, limit: int, radius_km: float
) -> list[tuple[Vacancy, float]]:
    """Open vacancies around a place with their distance in km, nearest first.

    Left out, as in every other search: those applied for already, and those that the work permit rules out.
    """
    told = repository.candidate(uow.session, uow.unit, person_id)
    return vacancies.nearby(
        uow, latitude, longitude, limit=limit, radius_km=radius_km,
        left_out=applications.applied_vacancies(uow, person_id), permit=told[1] if told is not None else "",
    )  # fmt: skip


def people_for(
    uow: UnitOfWork, ranker: Ranker, vacancy_id: UUID, *, limit: int = 50, nearest: Nearest | None = None
) -> list[RankedPerson]:
    """Candidates of the vacancy's unit, best first, with the evidence for everything it asks. Raises NotFound.

    nearest: chooses who is worth ranking where there are very many; without it all of them are ranked.
    """
    features, unit, permits = _vacancy(uow, vacancy_id)
    weights = weights_of(uow, unit)
    among = None
    if nearest is not None and repository.more_people_than(uow.session, unit, RANKED_WHOLE):
        among = nearest.people(uow, unit, features, permits, weights, most=max(WORTH_RANKING, 2 * limit))
    people, kept = repository.candidates(uow.session, unit, permits, among=among, model=ranker.model)
    matches = [match for match in ranker.rank_people(features, people, weights, kept=kept) if match.fits][:limit]
    return _ranked(uow, matches, permits, weights)


def people_named(uow: UnitOfWork, ranker: Ranker, vacancy_id: UUID, ids: Sequence[UUID]) -> list[RankedPerson]:
    """These people's match with the vacancy, in the order given, whether they fit or not; unknown ids are left out.

    Raises NotFound.
    """
    features, unit, permits = _vacancy(uow, vacancy_id)
    weights = weights_of(uow, unit)
    people, kept = repository.candidates_named(uow.session, unit, ids, ranker.model)
    by_id = {match.subject_id: match for match in ranker.rank_people(features, people, weights, kept=kept)}
    return _ranked(uow, [by_id[one] for one in dict.fromkeys(ids) if one in by_id], permits, weights)


def match_of(uow: UnitOfWork, ranker: Ranker, person_id: UUID, vacancy_id: UUID) -> Match:
    """How one person and one vacancy fit, e.g. to note the score of an application. Raises NotFound."""
    features, unit, _ = _vacancy(uow, vacancy_id)
    told = repository.candidate(uow.session, unit, person_id)
    return ranker.rank(told[0] if told is not None else CandidateFeatures(), [features], weights_of(uow, unit))[0]


def _vacancy(uow: UnitOfWork, vacancy_id: UUID) -> tuple[VacancyFeatures, str, list[str]]:
    read = repository.vacancy(uow.session, vacancy_id)
    if read is None:
        raise NotFound(f"vacancy {vacancy_id}")
    return read


def _ranked(uow: UnitOfWork, matches: list[Match], permits: list[str], weights: Weights) -> list[RankedPerson]:
    found = repository.profiles(uow.session, [match.subject_id for match in matches])
    return [
        RankedPerson(
            found[match.subject_id],
            match.score,
            match.reasons,
            match.gaps,
            match.evidence + _permit(found[match.subject_id], permits),
            tuple(best_changes(match, weights)),
            points_of(match, weights),
        )
        for match in matches
    ]


def _permit(profile: UnitProfile, permits: list[str]) -> tuple[Evidence, ...]:
    """Whether the work permit is one that the vacancy accepts: told beside the score, which knows nothing of it."""
    if not permits:
        return ()
    permit = profile.work_permit
    state = "unknown" if not permit else "met" if permit in permits else "not"
    return (Evidence("permit", state, None, stands_in="work_permit" if permit else "", code="permit"),)


def _worth_ranking(
    uow: UnitOfWork, nearest: Nearest | None, wanted: CandidateFeatures, permit: str, weights: Weights, kind: str
) -> list[tuple[VacancyFeatures, list[str]]]:
    """All open vacancies of the kind, or the likely ones where there are very many."""
    if nearest is None or not repository.more_open_than(uow.session, uow.unit, RANKED_WHOLE, kind=kind):
        return repository.open_vacancies(uow.session, uow.unit, kind=kind)
    likely = nearest.vacancies(uow, wanted, permit, weights, most=WORTH_RANKING)
    return repository.open_vacancies(uow.session, uow.unit, likely, kind=kind)


def _wanted(profile: CandidateFeatures, query: SearchQuery) -> CandidateFeatures:
    """Lay what is asked for over what the profile says."""
    wanted = profile
    title = query.title.strip() or _without_place(query.text, query.city)
    if title:
        # Somebody who asks for another kind of work is not judged by the work that they did.
        wanted = replace(wanted, title=title, background="", asks_for_title=True)
    if query.skills:
        wanted = replace(wanted, skills=query.skills)
        if not title:
            wanted = replace(wanted, title="", background="")
    if query.salary is not None:
        wanted = replace(wanted, salary_monthly=query.salary)
    if query.latitude is not None and query.longitude is not None:
        return replace(wanted, city=query.city, latitude=query.latitude, longitude=query.longitude)
    if query.city:
        place = find_place(query.city)
        return replace(
            wanted,
            city=place.name if place else query.city,
            region=place.state if place else "",
            latitude=place.latitude if place else None,
            longitude=place.longitude if place else None,
        )
    return wanted


def _without_place(text: str, city: str) -> str:
    """The town is weighed by itself; in the sentence it would only blur the work."""
    named = set(normalise(city).split())
    return " ".join(word for word in text.split() if normalise(word).strip(".,;!?¿¡") not in named)


def _eligible(read: list[tuple[VacancyFeatures, list[str]]], permit: str) -> tuple[list[VacancyFeatures], set[UUID]]:
    open_to: list[VacancyFeatures] = []
    unknown: set[UUID] = set()
    for features, permits in read:
        if permits and permit and permit not in permits:
            continue
        if permits and not permit:
            unknown.add(features.id)
        open_to.append(features)
    return open_to, unknown


def _within_reach(matches: list[Match]) -> list[Match]:
    return [match for match in matches if reachable(match)] or matches


def reachable(match: Match | RankedVacancy) -> bool:
    """Whether the vacancy is in the town that was asked for or around it, or is done from anywhere."""
    codes = {reason.code for reason in match.reasons}
    return bool(codes & {"remote", "same_city"}) or (
        match.distance_km is not None and match.distance_km <= _REACH_KM
    )
