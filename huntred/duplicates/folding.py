"""What may collide when two people become one: applications to the same vacancy, places on the same shortlist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import selectinload

from huntred.applications.models import Application, ApplicationMerge, ApplicationMove
from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates.errors import InterviewsCollide
from huntred.duplicates.rules import further
from huntred.duplicates.wire import packed, row_values
from huntred.interviews.models import Interview
from huntred.people.models import UnitProfile
from huntred.references.models import ReferenceRequest
from huntred.shortlists.models import ShortlistEntry

_QUIET = {"synchronize_session": False}


def fold_applications(uow: UnitOfWork, kept: UnitProfile, other: UnitProfile, merge_id: UUID) -> list[dict[str, Any]]:
    """Make one of two applications to the same vacancy: the one that is further along stays, with both histories.

    Return what was done, for the undo. Raises InterviewsCollide where both have an interview ahead.
    """
    query = (
        select(Application)
        .where(Application.unit == uow.unit, Application.person_id.in_((kept.person_id, other.person_id)))
        .options(selectinload(Application.stage))
        .order_by(Application.id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    )
    by_vacancy: dict[UUID, list[Application]] = {}
    for application in uow.session.scalars(query):
        by_vacancy.setdefault(application.vacancy_id, []).append(application)
    folds = []
    for both in by_vacancy.values():
        if len(both) == 2:
            mine, theirs = sorted(both, key=lambda one: one.person_id != kept.person_id)
            stays = max((mine, theirs), key=lambda one: further(one.stage.kind, one.stage.ord))
            folds.append(_fold(uow, stays, theirs if stays is mine else mine, merge_id))
    return folds


def _fold(uow: UnitOfWork, stays: Application, goes: Application, merge_id: UUID) -> dict[str, Any]:
    ahead = uow.session.scalars(
        select(Interview.application_id).where(
            Interview.application_id.in_((stays.id, goes.id)), Interview.state == "booked"
        )
    ).all()
    if len(ahead) > 1:
        raise InterviewsCollide(f"applications {stays.number} and {goes.number}")
    answers = list(stays.answers)
    asked = {answer.get("question") for answer in answers}
    joined = [*answers, *(answer for answer in goes.answers if answer.get("question") not in asked)]
    kept_row = packed(row_values(goes))
    moves = _follow(uow, ApplicationMove, goes.id, stays.id)
    interviews = _follow(uow, Interview, goes.id, stays.id)
    references = _follow(uow, ReferenceRequest, goes.id, stays.id)
    folded = uow.session.scalars(
        update(ApplicationMerge)
        .where(ApplicationMerge.into_id == goes.id)
        .values(into_id=stays.id)
        .returning(ApplicationMerge.id),
        execution_options=_QUIET,
    )
    fold = {
        "row": kept_row, "into": str(stays.id), "moves": moves, "interviews": interviews,
        "references": references,
        "folded": [str(id_) for id_ in folded], "answers_before": answers, "answers_after": joined,
    }  # fmt: skip
    stays.answers = joined
    uow.session.add(
        ApplicationMerge(id=goes.id, number=goes.number, unit=uow.unit, into_id=stays.id, merge_id=merge_id)
    )
    uow.session.flush()
    uow.session.expunge(goes)
    uow.session.execute(delete(Application).where(Application.id == goes.id), execution_options=_QUIET)
    return fold


def _follow(uow: UnitOfWork, model: Any, from_id: UUID, to_id: UUID) -> list[str]:
    moved = uow.session.scalars(
        update(model).where(model.application_id == from_id).values(application_id=to_id).returning(model.id),
        execution_options=_QUIET,
    )
    return [str(id_) for id_ in moved]


def move_applications(uow: UnitOfWork, kept: UnitProfile, other: UnitProfile) -> list[str]:
    """Hang the other's applications on the kept one; those that collided were folded before."""
    moved = uow.session.scalars(
        update(Application)
        .where(Application.unit == uow.unit, Application.person_id == other.person_id)
        .values(person_id=kept.person_id, profile_id=kept.id)
        .returning(Application.id),
        execution_options=_QUIET,
    )
    return [str(id_) for id_ in moved]


def fold_shortlists(uow: UnitOfWork, kept: UnitProfile, other: UnitProfile) -> list[dict[str, Any]]:
    """Of two places on one shortlist the kept one's stays, with both notes. Return what was done."""
    query = select(ShortlistEntry).where(ShortlistEntry.profile_id.in_((kept.id, other.id)))
    by_vacancy: dict[UUID, dict[UUID, ShortlistEntry]] = {}
    for entry in uow.session.scalars(query.order_by(ShortlistEntry.id).with_for_update(of=ShortlistEntry)):
        by_vacancy.setdefault(entry.vacancy_id, {})[entry.profile_id] = entry
    folds = []
    for both in by_vacancy.values():
        if len(both) < 2:
            continue
        stays, goes = both[kept.id], both[other.id]
        note = "\n".join(dict.fromkeys(part for part in (stays.note, goes.note) if part))
        folds.append(
            {"row": packed(row_values(goes)), "into": str(stays.id), "note_before": stays.note, "note_after": note}
        )
        stays.note = note
        uow.session.flush()
        uow.session.expunge(goes)
        uow.session.execute(delete(ShortlistEntry).where(ShortlistEntry.id == goes.id), execution_options=_QUIET)
    return folds


def move_shortlists(uow: UnitOfWork, kept: UnitProfile, other: UnitProfile) -> list[str]:
    moved = uow.session.scalars(
        update(ShortlistEntry)
        .where(ShortlistEntry.unit == uow.unit, ShortlistEntry.profile_id == other.id)
        .values(profile_id=kept.id)
        .returning(ShortlistEntry.id),
        execution_options=_QUIET,
    )
    return [str(id_) for id_ in moved]
