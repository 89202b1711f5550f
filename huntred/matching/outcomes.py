"""What became of people and vacancies, as labelled pairs: what a ranker may be compared and calibrated on.

A pair holds what a ranker may weigh and nothing else: no protected attribute, name or contact, and no person's id.
Generated demo data is never among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from huntred.applications.models import Application, ApplicationMove, RejectReason, Stage
from huntred.db.unit_of_work import UnitOfWork
from huntred.interviews.models import Interview
from huntred.matching import repository
from huntred.matching.ports import CandidateFeatures, VacancyFeatures
from huntred.people.models import UnitProfile
from huntred.shortlists.models import ShortlistEntry
from huntred.vacancies.models import Vacancy

_AT_ONCE = 10_000
# From what was least to what was most; a pair is told by all that happened to it.
LABELS = ("shortlisted", "applied", "interviewed", "rejected", "hired")


@dataclass(frozen=True)
class LabelledPair:
    """labels: those of LABELS that hold. reject_reason: the unit's words, empty where none was given.

    at: when the person applied, or was shortlisted where they did not.
    """

    candidate: CandidateFeatures
    vacancy: VacancyFeatures
    labels: frozenset[str]
    reject_reason: str
    at: datetime


def labelled_pairs(uow: UnitOfWork, *, most: int | None = None) -> Iterator[LabelledPair]:
    """Yield the pairs of this unit about which anybody decided anything, oldest first. most: the newest so many."""
    labels: dict[tuple[UUID, UUID], set[str]] = {}
    reasons: dict[tuple[UUID, UUID], str] = {}
    since: dict[tuple[UUID, UUID], datetime] = {}
    for label, query in _queries(uow.unit).items():
        for row in uow.session.execute(query):
            profile_id, vacancy_id, at, reason = row
            pair = (profile_id, vacancy_id)
            labels.setdefault(pair, set()).add(label)
            reasons[pair] = reason or reasons.get(pair, "")
            if label == "applied" or pair not in since:
                since[pair] = at
    chosen = sorted(labels, key=lambda one: since[one])[-most if most else 0 :]
    people: dict[UUID, CandidateFeatures] = {}
    # Some at a time: a statement may have so many values.
    for start in range(0, len(chosen), _AT_ONCE):
        ids = [profile_id for profile_id, _ in chosen[start : start + _AT_ONCE]]
        people |= repository.candidates_named(uow.session, uow.unit, ids)[0]
    offered: dict[UUID, VacancyFeatures | None] = {}
    for pair in chosen:
        profile_id, vacancy_id = pair
        if vacancy_id not in offered:
            read = repository.vacancy(uow.session, vacancy_id)
            offered[vacancy_id] = read[0] if read else None
        vacancy, person = offered[vacancy_id], people.get(profile_id)
        if vacancy is not None and person is not None:
            yield LabelledPair(person, vacancy, frozenset(labels[pair]), reasons[pair], since[pair])


def _queries(unit: str) -> dict[str, Select[Any]]:
    """By label: profile, vacancy, when, and the reason of a rejection."""
    none = select(RejectReason.name).where(RejectReason.id.is_(None)).scalar_subquery()
    applied = _real(
        select(Application.profile_id, Application.vacancy_id, Application.created_at, none)
        .join(UnitProfile, Application.profile_id == UnitProfile.id)
        .join(Vacancy, Application.vacancy_id == Vacancy.id)
        .where(Application.unit == unit, Application.generated.is_(False))
    )
    listed = _real(
        select(ShortlistEntry.profile_id, ShortlistEntry.vacancy_id, ShortlistEntry.created_at, none)
        .join(UnitProfile, ShortlistEntry.profile_id == UnitProfile.id)
        .join(Vacancy, ShortlistEntry.vacancy_id == Vacancy.id)
        .where(ShortlistEntry.unit == unit)
    )
    reason = (
        select(RejectReason.name)
        .join(ApplicationMove, ApplicationMove.reject_reason_id == RejectReason.id)
        .where(ApplicationMove.application_id == Application.id)
        .order_by(ApplicationMove.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    ended = applied.join(Stage, Application.stage_id == Stage.id)
    return {
        "shortlisted": listed,
        "applied": applied,
        "interviewed": applied.where(
            Application.id.in_(select(Interview.application_id).where(Interview.state == "attended"))
        ),
        "rejected": ended.where(Stage.kind == "rejected").with_only_columns(
            Application.profile_id, Application.vacancy_id, Application.created_at, reason
        ),
        "hired": ended.where(Stage.kind == "hired"),
    }


def _real(query: Select[Any]) -> Select[Any]:
    return query.where(UnitProfile.generated.is_(False), Vacancy.generated.is_(False))
