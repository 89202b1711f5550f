"""Moving applications along the stages: one or several, by a person or on the way, and back again.

Every move is a row of history that is never changed: from, to, who, why, when. Who moves says which version they
saw; what somebody else moved meanwhile stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func

from huntred.applications import farewell, repository, rules
from huntred.applications.errors import MovedMeanwhile, NothingToUndo, StageFull
from huntred.applications.events import ApplicationMoved
from huntred.applications.models import Application, ApplicationMove, Stage
from huntred.applications.types import NOBODY, Batch, MoveNote, Seen, Stays, Step
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound

__all__ = ["advance", "cancel_interview", "locked", "move", "move_many", "preview", "to_stage", "undo", "write"]

ALREADY_THERE = "already_there"


def move(
    uow: UnitOfWork, application_id: UUID, step: Step, expected_version: int, *, now: datetime
) -> Application:
    """Move one, if it still stands as the consultant saw it. To where it stands already: nothing happens.

    A rejection needs a reason, cancels an interview ahead and may tell the person. Raises NotFound, MovedMeanwhile,
    StageFull, FieldInvalid.
    """
    application = locked(uow, application_id)
    target = _target(uow, step, application.unit)
    if application.version != expected_version:
        raise MovedMeanwhile(application.stage_id, application.stage.name, application.version)
    if target.id == application.stage_id:
        return application
    _check_reason(uow, step, target)
    if not step.over_limit and target.wip_limit is not None:
        if _rooms(uow, target, [application.vacancy_id])[application.vacancy_id] < 1:
            raise StageFull(target.name, target.wip_limit)
    _take(uow, application, target, step, now)
    return application


def preview(uow: UnitOfWork, seen: Sequence[Seen], step: Step) -> Batch:
    """Say what `move_many` would do now; nothing is written. Raises NotFound."""
    found = repository.by_ids(uow.session, [one.application_id for one in seen])
    target = _target(uow, step, uow.unit)
    return _sort_out(uow, seen, found, target, step, locking=False)


def move_many(uow: UnitOfWork, seen: Sequence[Seen], step: Step, *, now: datetime) -> Batch:
    """Move several of the unit; one that was moved meanwhile or finds no room stays. Raises NotFound, FieldInvalid."""
    target = _target(uow, step, uow.unit)
    _check_reason(uow, step, target)
    found = repository.by_ids(uow.session, [one.application_id for one in seen], lock=True)
    batch = _sort_out(uow, seen, found, target, step, locking=True)
    for application_id in batch.moves:
        _take(uow, found[application_id], target, step, now)
    return batch


def undo(uow: UnitOfWork, batch_id: UUID, user_id: UUID, *, now: datetime) -> Batch:
    """Move back what this user moved together in the unit, as history of its own; a message that waits is taken back.

    What somebody moved on since stays. An interview that was cancelled stays cancelled. Raises NothingToUndo.
    """
    moves = repository.moves_of_batch(uow.session, uow.unit, batch_id, user_id)
    found = repository.by_ids(uow.session, [move.application_id for move in moves], lock=True)
    undone, stays = [], []
    for move in moves:
        application = found[move.application_id]
        before = repository.stage(uow.session, move.from_stage_id) if move.from_stage_id else None
        if before is None or application.version != move.version:
            stays.append(Stays(application.id, MovedMeanwhile.code))
            continue
        farewell.take_back(uow, application)
        from_stage_id = application.stage_id
        to_stage(uow, application, before, now=now, note=MoveNote(user_id, undoes_id=move.id))
        uow.record(ApplicationMoved(application.id, from_stage_id, before.id), unit=application.unit)
        undone.append(application.id)
    if not undone:
        raise NothingToUndo(str(batch_id))
    return Batch(tuple(undone), tuple(stays))


def advance(uow: UnitOfWork, application: Application, kind: str, *, now: datetime) -> None:
    """Move it on to the first stage of this kind where that leads forward; else leave it. Nobody is named."""
    if not rules.is_forward(application.stage.kind, kind):
        return
    stage = next((stage for stage in repository.stages(uow.session, application.unit) if stage.kind == kind), None)
    if stage is not None:
        to_stage(uow, application, stage, now=now)


def to_stage(
    uow: UnitOfWork, application: Application, stage: Stage, *, now: datetime, note: MoveNote = NOBODY
) -> None:
    """Put a locked application there, with its row of history."""
    from_stage_id = application.stage_id
    application.stage = stage
    application.stage_id = stage.id
    application.version += 1
    application.moved_at = now
    write(uow, application, from_stage_id, now=now, note=note)
    uow.session.flush()


def write(
    uow: UnitOfWork,
    application: Application,
    from_stage_id: UUID | None,
    *,
    now: datetime,
    note: MoveNote = NOBODY,
) -> None:
    """Add the row of history of where it stands now."""
    uow.session.add(
        ApplicationMove(
            unit=application.unit, division_id=application.division_id, application_id=application.id,
            from_stage_id=from_stage_id, to_stage_id=application.stage_id, user_id=note.user_id, reason=note.reason,
            reject_reason_id=note.reject_reason_id, version=application.version, batch_id=note.batch_id,
            undoes_id=note.undoes_id, at=now,
        )
    )  # fmt: skip


def locked(uow: UnitOfWork, application_id: UUID) -> Application:
    """Raises NotFound."""
    application = repository.get(uow.session, application_id, lock=True)
    if application is None:
        raise NotFound(f"application {application_id}")
    return application


def cancel_interview(uow: UnitOfWork, application_id: UUID, by: str, *, now: datetime) -> None:
    """End an interview ahead; who did not end it is told."""
    # Interviews stand on applications; the other direction is only asked here.
    from huntred.interviews import service as interviews

    interview = interviews.ahead_of_applications(uow, [application_id], now=now).get(application_id)
    if interview is not None:
        interviews.cancel(uow, interview.id, by, "", now=now)


def _take(uow: UnitOfWork, application: Application, target: Stage, step: Step, now: datetime) -> None:
    from_stage_id = application.stage_id
    if application.stage.kind == "rejected":
        farewell.take_back(uow, application)
    why = step.reject_reason_id if target.kind == "rejected" else None
    note = MoveNote(step.user_id, step.reason.strip(), why, step.batch_id)
    to_stage(uow, application, target, now=now, note=note)
    if target.kind in {"rejected", "withdrawn"}:
        cancel_interview(uow, application.id, "consultant", now=now)
    if target.kind == "rejected" and step.message is not None:
        reason = repository.reject_reason(uow.session, why) if why is not None else None
        farewell.plan(uow, application, step.message, reason.message if reason is not None else "", now=now)
    uow.record(ApplicationMoved(application.id, from_stage_id, target.id), unit=application.unit)


def _target(uow: UnitOfWork, step: Step, unit: str) -> Stage:
    stage = repository.stage(uow.session, step.to_stage_id)
    if stage is None or stage.unit != unit:
        raise NotFound(f"stage {step.to_stage_id}")
    return stage


def _check_reason(uow: UnitOfWork, step: Step, target: Stage) -> None:
    if target.kind != "rejected":
        return
    if step.reject_reason_id is not None:
        reason = repository.reject_reason(uow.session, step.reject_reason_id)
        if reason is None or reason.unit != target.unit:
            raise FieldInvalid("reject_reason", "unknown")
    elif not step.reason.strip():
        raise FieldInvalid("reject_reason", "missing")
    if step.message is not None:
        if not step.message.strip():
            raise FieldInvalid("message", "missing")
        farewell.check(step.message)


def _sort_out(
    uow: UnitOfWork,
    seen: Sequence[Seen],
    found: dict[UUID, Application],
    target: Stage,
    step: Step,
    *,
    locking: bool,
) -> Batch:
    """Which of them move and which stay, in the order in which they were given."""
    going: list[Application] = []
    moves, stays = [], []
    for one in seen:
        application = found.get(one.application_id)
        if application is None or application.unit != target.unit:
            raise NotFound(f"application {one.application_id}")
        if application.version != one.version:
            stays.append(Stays(application.id, MovedMeanwhile.code))
        elif application.stage_id == target.id:
            stays.append(Stays(application.id, ALREADY_THERE))
        else:
            going.append(application)
    if step.over_limit or target.wip_limit is None:
        return Batch(tuple(application.id for application in going), tuple(stays))
    rooms = _rooms(uow, target, [application.vacancy_id for application in going], locking=locking)
    for application in going:
        if rooms[application.vacancy_id] < 1:
            stays.append(Stays(application.id, StageFull.code))
            continue
        rooms[application.vacancy_id] -= 1
        moves.append(application.id)
    return Batch(tuple(moves), tuple(stays))


def _rooms(
    uow: UnitOfWork, target: Stage, vacancy_ids: Sequence[UUID], *, locking: bool = True
) -> dict[UUID, int]:
    """How many more of each vacancy may enter the stage. Two who enter at once take turns, in one order for all."""
    wanted = sorted(set(vacancy_ids))
    if locking:
        for vacancy_id in wanted:
            uow.session.execute(
                func.pg_advisory_xact_lock(func.hashtextextended(f"{vacancy_id}:{target.id}", 0)).select()
            )
    standing = repository.count_in_stage(uow.session, target.id, wanted)
    return {vacancy_id: (target.wip_limit or 0) - standing.get(vacancy_id, 0) for vacancy_id in wanted}
