"""Makes two vacancies of a unit one: all that hangs on the other moves to the kept one, in one transaction.

The other stays as a row, closed, and leads to the kept one. What is needed to take it back within 30 days is sealed
into the merge's row (`undoing.py`). Both are locked first, in the order of their ids: whoever applies meanwhile waits
for that, and then finds the one that is left (`vacancies.service.get_open`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from contract.ids import new_id
from huntred.alike import finding
from huntred.alike.errors import BothInterviews, ConfidentialityLost, NotLive, SameVacancy, VacanciesChanged
from huntred.alike.events import VacanciesMerged
from huntred.alike.models import VacancyMerge, VacancyPair
from huntred.applications.models import Application, ApplicationMove
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures.models import DisclosureAgreement
from huntred.duplicates import folding
from huntred.duplicates.errors import InterviewsCollide
from huntred.duplicates.pairing import inherit_decisions, stamp
from huntred.duplicates.sealing import seal
from huntred.errors import NotFound
from huntred.interviews.models import Interview, InterviewProposal, InterviewSlot
from huntred.shortlists.models import ShortlistEntry, ShortlistShare
from huntred.tracking.models import Campaign
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy

_QUIET = {"synchronize_session": False}
# What hangs on a vacancy by its id alone, and of which it may have any number.
HANGING: tuple[Any, ...] = (Application, ShortlistEntry, ShortlistShare, DisclosureAgreement, InterviewSlot, Campaign)
# What carries the division of its vacancy, by the application that it belongs to.
_DIVIDED: tuple[Any, ...] = (ApplicationMove, Interview)


@dataclass
class Undo:
    """What `undoing.py` reads; ids as text, rows packed. It is sealed as JSON."""

    state: str
    closed_at: str | None = None
    moved: dict[str, list[str]] = field(default_factory=dict)
    applications: list[dict[str, Any]] = field(default_factory=list)
    shortlists: list[dict[str, Any]] = field(default_factory=list)


def merge(
    uow: UnitOfWork, kept_id: UUID, other_id: UUID, *, user_id: UUID | None, now: datetime, seen: str = ""
) -> VacancyMerge:
    """Merge one vacancy into another. seen: `pairing.stamp` of what was compared.

    Raises NotFound, SameVacancy, NotLive, ConfidentialityLost, VacanciesChanged, BothInterviews.
    """
    if kept_id == other_id:
        raise SameVacancy(str(kept_id))
    kept, other = lock_both(uow, kept_id, other_id)
    if kept.kind != other.kind:
        raise SameVacancy(f"{kept.number} and {other.number} are of two kinds")
    if kept.state not in finding.LIVE or other.state not in finding.LIVE:
        raise NotLive(f"{kept.number} and {other.number}")
    if other.confidential and not kept.confidential:
        raise ConfidentialityLost(f"{other.number} into {kept.number}")
    if seen and seen != stamp(kept, other):
        raise VacanciesChanged(f"{kept.number} and {other.number}")
    row = VacancyMerge(
        id=new_id(), unit=uow.unit, kept_id=kept.id, other_id=other.id, merged_by=user_id, merged_at=now
    )
    undo = Undo(other.state)
    uow.session.add(row)
    uow.session.flush()
    people: set[UUID] = set()
    undo.applications = _fold_applications(uow, kept.id, other.id, row.id, people)
    undo.shortlists = _fold_shortlists(uow, kept.id, other.id, people)
    for model in HANGING:
        undo.moved[model.__tablename__] = move(uow, model, other.id, kept.id)
    came = [*undo.moved[Application.__tablename__], *(fold["into"] for fold in undo.applications)]
    follow_division(uow, kept, came, undo.moved[InterviewSlot.__tablename__])
    inherit_decisions(uow, VacancyPair, kept.id, other.id, user_id=user_id, now=now)
    vacancies.close(uow, other.id, user_id, now=now)
    other.merged_into_id = kept.id
    uow.session.flush()
    seal(uow, VacancyMerge, row.id, vars(undo), people=sorted(people))
    uow.record(VacanciesMerged(row.id, kept.id, other.id))
    uow.session.flush()
    uow.session.expire_all()
    uow.session.refresh(row)
    return row


def lock_both(uow: UnitOfWork, first_id: UUID, second_id: UUID) -> tuple[Vacancy, Vacancy]:
    """Return both, locked. Raises NotFound."""
    query = (
        select(Vacancy)
        .where(Vacancy.unit == uow.unit, Vacancy.id.in_((first_id, second_id)))
        .order_by(Vacancy.id)
        .with_for_update(of=Vacancy)
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in uow.session.scalars(query)}
    if len(found) != 2:
        raise NotFound("vacancy")
    return found[first_id], found[second_id]


def move(uow: UnitOfWork, model: Any, from_id: UUID, to_id: UUID, only: Sequence[UUID] | None = None) -> list[str]:
    """Hang rows on another vacancy; return their ids."""
    statement = update(model).where(model.unit == uow.unit, model.vacancy_id == from_id)
    if only is not None:
        statement = statement.where(model.id.in_(only))
    moved = uow.session.scalars(
        statement.values(vacancy_id=to_id).returning(model.id), execution_options=_QUIET
    )
    return [str(id_) for id_ in moved]


def follow_division(
    uow: UnitOfWork, vacancy: Vacancy, applications: Sequence[str], slots: Sequence[str]
) -> None:
    """Give what came to hang on the vacancy its division, which decides who sees it. applications, slots: their ids."""
    mine = [UUID(id_) for id_ in applications]
    differs = [
        (Application, Application.id.in_(mine)),
        (InterviewSlot, InterviewSlot.id.in_([UUID(id_) for id_ in slots])),
        *((model, model.application_id.in_(mine)) for model in _DIVIDED),
        (
            InterviewProposal,
            InterviewProposal.interview_id.in_(select(Interview.id).where(Interview.application_id.in_(mine))),
        ),
    ]
    for model, which in differs:
        uow.session.execute(
            update(model)
            .where(which, model.division_id.is_distinct_from(vacancy.division_id))
            .values(division_id=vacancy.division_id),
            execution_options=_QUIET,
        )


def _fold_applications(
    uow: UnitOfWork, kept_id: UUID, other_id: UUID, merge_id: UUID, people: set[UUID]
) -> list[dict[str, Any]]:
    """Who applied to both has one application."""
    try:
        folds = folding.fold_applications(uow, "vacancy_id", kept_id, other_id, vacancy_merge_id=merge_id)
    except InterviewsCollide as error:
        raise BothInterviews(str(error)) from error
    people.update(UUID(fold["row"]["person_id"]) for fold in folds)
    return folds


def _fold_shortlists(uow: UnitOfWork, kept_id: UUID, other_id: UUID, people: set[UUID]) -> list[dict[str, Any]]:
    query = (
        select(ShortlistEntry)
        .where(ShortlistEntry.vacancy_id.in_((kept_id, other_id)))
        .order_by(ShortlistEntry.ord, ShortlistEntry.id)
        .with_for_update(of=ShortlistEntry)
    )
    entries = list(uow.session.scalars(query))
    mine = {entry.profile_id: entry for entry in entries if entry.vacancy_id == kept_id}
    after = max((entry.ord for entry in mine.values()), default=0)
    folds = []
    for entry in (one for one in entries if one.vacancy_id == other_id):
        if entry.profile_id in mine:
            people.add(entry.profile.person_id)
            whose = {"person_id": str(entry.profile.person_id)}
            folds.append(folding.fold_entry(uow, mine[entry.profile_id], entry) | whose)
        else:
            # Behind those that stand there, in their own order.
            after += 1
            entry.ord = after
    uow.session.flush()
    return folds
