"""What may collide when two become one: applications of one person to one vacancy, places on one shortlist.

Two people (`merging.py`) and two vacancies (`huntred/alike`) are folded by the same hand, and unfolded by it.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import selectinload

from huntred.applications.models import Application, ApplicationMerge, ApplicationMove
from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates.errors import InterviewsCollide
from huntred.duplicates.rules import further
from huntred.duplicates.wire import packed, put_back, row_values
from huntred.interviews.models import Interview
from huntred.people.models import UnitProfile
from huntred.references.models import ReferenceRequest
from huntred.shortlists.models import ShortlistEntry

_QUIET = {"synchronize_session": False}
Key = Literal["person_id", "vacancy_id"]
# Two collide that are of both people and for one vacancy, or for both vacancies and of one person.
_SAME: dict[Key, Key] = {"person_id": "vacancy_id", "vacancy_id": "person_id"}


def fold_applications(uow: UnitOfWork, key: Key, kept_id: UUID, other_id: UUID, **merge: UUID) -> list[dict[str, Any]]:
    """Make one of each two applications that collide: the one that is further along stays, with both histories.

    key: what kept_id and other_id are, people or vacancies. merge: as for `fold_application`. Return what was done, for
    the undo. Raises InterviewsCollide where both have an interview ahead.
    """
    column, same = getattr(Application, key), _SAME[key]
    query = (
        select(Application)
        .where(Application.unit == uow.unit, column.in_((kept_id, other_id)))
        .options(selectinload(Application.stage))
        .order_by(Application.id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    )
    by_same: dict[UUID, list[Application]] = {}
    for application in uow.session.scalars(query):
        by_same.setdefault(getattr(application, same), []).append(application)
    folds = []
    for both in by_same.values():
        if len(both) == 2:
            mine, theirs = sorted(both, key=lambda one: bool(getattr(one, key) != kept_id))
            stays = max((mine, theirs), key=lambda one: further(one.stage.kind, one.stage.ord))
            folds.append(fold_application(uow, stays, theirs if stays is mine else mine, **merge))
    return folds


def fold_application(uow: UnitOfWork, stays: Application, goes: Application, **merge: UUID) -> dict[str, Any]:
    """Make one of two: moves, interviews and answers of both are on the one that stays. Return what was done.

    merge: merge_id or vacancy_merge_id, of what made them one. Raises InterviewsCollide where both have one ahead.
    """
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
        "references": references, "folded": [str(id_) for id_ in folded],
        "answers_before": answers, "answers_after": joined,
    }  # fmt: skip
    stays.answers = joined
    uow.session.add(
        ApplicationMerge(id=goes.id, number=goes.number, unit=uow.unit, into_id=stays.id, **merge)
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
        folds.append(fold_entry(uow, both[kept.id], both[other.id]))
    return folds


def fold_entry(uow: UnitOfWork, stays: ShortlistEntry, goes: ShortlistEntry) -> dict[str, Any]:
    """Make one of two places on a shortlist, with both notes. Return what was done."""
    note = "\n".join(dict.fromkeys(part for part in (stays.note, goes.note) if part))
    fold = {"row": packed(row_values(goes)), "into": str(stays.id), "note_before": stays.note, "note_after": note}
    stays.note = note
    uow.session.flush()
    uow.session.expunge(goes)
    uow.session.execute(delete(ShortlistEntry).where(ShortlistEntry.id == goes.id), execution_options=_QUIET)
    return fold


def move_shortlists(uow: UnitOfWork, kept: UnitProfile, other: UnitProfile) -> list[str]:
    moved = uow.session.scalars(
        update(ShortlistEntry)
        .where(ShortlistEntry.unit == uow.unit, ShortlistEntry.profile_id == other.id)
        .values(profile_id=kept.id)
        .returning(ShortlistEntry.id),
        execution_options=_QUIET,
    )
    return [str(id_) for id_ in moved]


def unfold_application(uow: UnitOfWork, fold: dict[str, Any]) -> None:
    """Undo `fold_application`: two again, each with what was its own; answers that changed since stay."""
    goes, stays = UUID(fold["row"]["id"]), UUID(fold["into"])
    uow.session.execute(delete(ApplicationMerge).where(ApplicationMerge.id == goes), execution_options=_QUIET)
    put_back(uow, _table(Application), fold["row"])
    for model, ids in ((ApplicationMove, "moves"), (Interview, "interviews"), (ReferenceRequest, "references")):
        uow.session.execute(
            update(model)
            .where(model.id.in_([UUID(id_) for id_ in fold.get(ids, [])]), model.application_id == stays)
            .values(application_id=goes),
            execution_options=_QUIET,
        )
    uow.session.execute(
        update(ApplicationMerge)
        .where(ApplicationMerge.id.in_([UUID(id_) for id_ in fold["folded"]]))
        .values(into_id=goes),
        execution_options=_QUIET,
    )
    row = uow.session.get(Application, stays, populate_existing=True)
    if row is not None and list(row.answers) == fold["answers_after"]:
        row.answers = fold["answers_before"]


def unfold_entry(uow: UnitOfWork, fold: dict[str, Any]) -> None:
    """Undo `fold_entry`, unless the team took the person from the list since."""
    there = uow.session.get(ShortlistEntry, UUID(fold["into"]), populate_existing=True)
    if there is None:
        return
    if there.note == fold["note_after"]:
        there.note = fold["note_before"]
    put_back(uow, _table(ShortlistEntry), fold["row"])


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table
