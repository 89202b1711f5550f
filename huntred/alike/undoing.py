"""Takes a merge of vacancies back within 30 days: each gets back what was its own; what came since stays.

And what an erasure, an export and the clean-up have to do with what is kept for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from huntred.alike import finding
from huntred.alike.errors import LaterVacancyMergeFirst, VacancyMergeOver
from huntred.alike.events import VacanciesSeparated
from huntred.alike.merging import HANGING, Undo, follow_division, lock_both, move
from huntred.alike.models import VacancyMerge, VacancyPair
from huntred.applications.models import Application
from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates import folding, sealing
from huntred.duplicates.pairing import remember_different
from huntred.errors import NotFound
from huntred.interviews.models import InterviewSlot
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.shortlists.models import ShortlistEntry
from huntred.vacancies.models import Vacancy


def merges_of(uow: UnitOfWork, vacancy: Vacancy) -> list[VacancyMerge]:
    """Return what was merged into this vacancy and not taken back, latest first."""
    return list(
        uow.session.scalars(
            select(VacancyMerge)
            .where(VacancyMerge.kept_id == vacancy.id, VacancyMerge.undone_at.is_(None))
            .order_by(VacancyMerge.merged_at.desc(), VacancyMerge.id.desc())
        )
    )


def undo(uow: UnitOfWork, merge_id: UUID, *, user_id: UUID | None, now: datetime) -> VacancyMerge:
    """Take a merge back. Raises NotFound, VacancyMergeOver, LaterVacancyMergeFirst."""
    seen = uow.session.get(VacancyMerge, merge_id)
    if seen is None or seen.unit != uow.unit:
        raise NotFound("merge")
    kept, other = lock_both(uow, seen.kept_id, seen.other_id)
    row = sealing.locked(uow, VacancyMerge, merge_id, now=now)
    if row is None:
        raise VacancyMergeOver(str(merge_id))
    later = uow.session.scalar(
        select(VacancyMerge.id).where(
            VacancyMerge.undone_at.is_(None), VacancyMerge.id != row.id,
            (VacancyMerge.other_id == kept.id)
            | ((VacancyMerge.kept_id == kept.id) & (VacancyMerge.merged_at >= row.merged_at)),
        )
    )  # fmt: skip
    if later is not None:
        raise LaterVacancyMergeFirst(str(merge_id))
    told = Undo(**sealing.read(row))
    other.state, other.closed_at, other.merged_into_id, other.updated_at = told.state, None, None, now
    uow.session.flush()
    back = {
        model.__tablename__: move(
            uow, model, kept.id, other.id, only=[UUID(id_) for id_ in told.moved.get(model.__tablename__, [])]
        )
        for model in HANGING
    }
    for fold in told.applications:
        _unfold(uow, fold, Application, folding.unfold_application)
    for fold in told.shortlists:
        _unfold(uow, fold, ShortlistEntry, folding.unfold_entry)
    uow.session.flush()
    again = [fold["row"]["id"] for fold in told.applications if fold["row"]["vacancy_id"] == str(other.id)]
    follow_division(uow, other, [*back[Application.__tablename__], *again], back[InterviewSlot.__tablename__])
    row.undone_at, row.undone_by, row.undo_sealed = now, user_id, None
    row.people = []
    remember_different(uow, VacancyPair, kept.id, other.id, user_id=user_id, now=now)
    uow.record(VacanciesSeparated(row.id, kept.id, other.id))
    uow.session.flush()
    uow.session.expire_all()
    uow.session.refresh(row)
    return row


def _unfold(uow: UnitOfWork, fold: dict[str, Any], model: Any, unfold: Any) -> None:
    """Put back what was folded, under whoever its person is by now; not where they have one there again."""
    row = fold["row"]
    if model is Application:
        person_id = people.who_it_is_now(uow, UUID(row["person_id"]))
        profile = uow.session.scalar(
            select(UnitProfile).where(UnitProfile.unit == uow.unit, UnitProfile.person_id == person_id)
        )
        if profile is None:
            return
        row |= {"person_id": str(person_id), "profile_id": str(profile.id)}
        taken = select(Application.id).where(Application.person_id == person_id)
    else:
        profile = uow.session.get(UnitProfile, UUID(row["profile_id"]))
        if profile is None:
            # Merged into somebody else, or gone.
            return
        taken = select(ShortlistEntry.id).where(ShortlistEntry.profile_id == profile.id)
    there = uow.session.get(model, UUID(fold["into"]), populate_existing=True)
    if there is None or uow.session.scalar(taken.where(model.vacancy_id == UUID(row["vacancy_id"]))) is not None:
        return
    unfold(uow, fold)


def purge(uow: UnitOfWork, *, now: datetime) -> int:
    """Erase what would undo merges whose time is over, and pairs of what has ended; return how many."""
    return sealing.erase(uow, VacancyMerge, sealing.over(VacancyMerge, now=now), people=[]) + finding.purge(uow)


def forget(uow: UnitOfWork, person_ids: Sequence[UUID]) -> None:
    """Of people who are erased: their words go from what would undo a merge; that they applied twice stays."""
    for row in _holding(uow, person_ids, lock=True):
        told = sealing.read(row)
        for fold in told.get("applications", []):
            if UUID(fold["row"]["person_id"]) in person_ids:
                fold["row"]["answers"] = fold["answers_before"] = fold["answers_after"] = []
        told["shortlists"] = [
            fold for fold in told.get("shortlists", []) if UUID(fold["person_id"]) not in person_ids
        ]
        sealing.seal(uow, VacancyMerge, row.id, told)


def held_for_undo(uow: UnitOfWork, person_id: UUID) -> list[dict[str, Any]]:
    """Return what is kept of the person only so that a merge of vacancies can be taken back (ARCO)."""
    found = []
    for row in _holding(uow, [person_id]):
        told = sealing.read(row)
        mine = [fold["row"] for fold in told.get("applications", []) if fold["row"]["person_id"] == str(person_id)]
        found.append({"merged_at": row.merged_at, "folded_applications": mine})
    return found


def _holding(uow: UnitOfWork, person_ids: Sequence[UUID], *, lock: bool = False) -> list[VacancyMerge]:
    query = (
        select(VacancyMerge)
        .where(
            VacancyMerge.unit == uow.unit, VacancyMerge.undo_sealed.is_not(None),
            VacancyMerge.people.bool_op("&&")(list(person_ids)),
        )
        .options(undefer(VacancyMerge.undo_sealed))
        .order_by(VacancyMerge.id)
    )  # fmt: skip
    return list(uow.session.scalars(query.with_for_update() if lock else query))
