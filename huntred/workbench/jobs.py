"""The tests of changes: asked for here, done one at a time by the trainer (`bot/workbench`), published here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update

from contract.ids import new_id
from contract.nlu_patch import examples_of, read_files
from huntred.access.service import audit
from huntred.conversations import published
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit
from huntred.errors import NotFound
from huntred.workbench.changes import examples
from huntred.workbench.errors import ChangeClosed, ChangeEmpty, ChangeInTest, ModelNotTested, NoEarlierModel
from huntred.workbench.models import Change, Job

_UNFINISHED = ("queued", "running")
# Of each unit, so many tests keep their model; an older one is trained again where it is wanted.
_KEPT_MODELS = 5


def ask_for_test(uow: UnitOfWork, change_id: UUID, root: Path, user_id: UUID, *, now: datetime) -> Job:
    """Put the change, as it stands, into the queue. Raises NotFound, ChangeClosed, ChangeEmpty, ChangeInTest."""
    # Under the change's lock: two presses make one test.
    change = uow.session.scalar(select(Change).where(Change.id == change_id).with_for_update())
    if change is None:
        raise NotFound("change")
    if change.closed_at is not None:
        raise ChangeClosed
    if uow.session.scalar(select(Job.id).where(Job.change_id == change.id, Job.state.in_(_UNFINISHED))):
        raise ChangeInTest
    known = examples_of(read_files(root))
    additions = [
        {"intent": example.intent, "text": example.text}
        for example in examples(uow, change.id)
        # What was merged meanwhile stands in the data.
        if example.text not in known.get(example.intent, [])
    ]
    if not additions:
        raise ChangeEmpty
    job = Job(
        id=new_id(), unit=change.unit, change_id=change.id, additions=additions, state="queued", asked_by=user_id,
        asked_at=now,
    )  # fmt: skip
    uow.session.add(job)
    uow.session.flush()
    wake_after_commit(uow.session, "workbench")
    wake_after_commit(uow.session, "live")
    return job


def cancel(uow: UnitOfWork, job_id: UUID, *, now: datetime) -> UUID:
    """Stop a test that waits or runs; its trainer notices within seconds. Return its change. Raises NotFound."""
    job = get(uow, job_id, lock=True)
    if job.state not in _UNFINISHED:
        raise NotFound("test")
    job.state, job.token, job.due, job.ended_at = "cancelled", None, None, now
    wake_after_commit(uow.session, "live")
    return job.change_id


def get(uow: UnitOfWork, job_id: UUID, *, lock: bool = False) -> Job:
    """Raises NotFound, also for one of a unit that is not this scope's."""
    query = select(Job).where(Job.id == job_id)
    job = uow.session.scalar(query.with_for_update() if lock else query)
    if job is None:
        raise NotFound("test")
    return job


def tests_of(uow: UnitOfWork, change_id: UUID, *, most: int = 10) -> list[Job]:
    """Return the tests of a change, the newest first."""
    found = select(Job).where(Job.change_id == change_id).order_by(Job.asked_at.desc()).limit(most)
    return list(uow.session.scalars(found))


def queue(uow: UnitOfWork, *, units: Sequence[str]) -> list[tuple[Job, str]]:
    """Return what runs and waits of these units, in its order, with the titles of the changes."""
    rows = uow.session.execute(
        select(Job, Change.title)
        .join(Change, Change.id == Job.change_id)
        .where(Job.unit.in_(units), Job.state.in_(_UNFINISHED))
        .order_by(Job.state.desc(), Job.asked_at)
    )
    return [(row[0], row[1]) for row in rows]


def publishable(job: Job) -> bool:
    """Whether its test found nothing wrong and its model is still there."""
    return job.state == "done" and bool(job.result and job.result["passed"]) and bool(job.model_sha256)


def publish(uow: UnitOfWork, job_id: UUID, user_id: UUID, name: str, *, now: datetime) -> int:
    """Let the unit's turns run with the model that was tested; again: nothing changes. Return the model's id.

    name: of who does it, as the list of models shows it. Raises NotFound, ModelNotTested.
    """
    job = get(uow, job_id, lock=True)
    if not publishable(job):
        raise ModelNotTested
    job.published_id = published.publish_tested(
        uow, job.unit, job.model_name, job.model_sha256, select(Job.model).where(Job.id == job.id), name
    )
    changed = {"model": [None, job.model_name], "test": str(job.id)}
    audit(uow, "model.publish", "published_models", job.published_id, changed, user_id=user_id, unit=job.unit)
    kept = select(Job.id).where(Job.unit == job.unit, Job.model.is_not(None)).order_by(Job.ended_at.desc())
    uow.session.execute(
        update(Job).where(Job.unit == job.unit, Job.id.not_in(kept.limit(_KEPT_MODELS))).values(model=None),
        execution_options={"synchronize_session": False},
    )
    wake_after_commit(uow.session, "live")
    return job.published_id


def take_back(uow: UnitOfWork, unit: str, user_id: UUID, *, now: datetime) -> None:
    """Let the unit's turns run with the model before the current one again. Raises NotFound, NoEarlierModel."""
    if unit not in uow.scope.design:
        raise NotFound("unit")
    standing = [model for model in published.list_models(uow, units=[unit], most=50) if model.taken_back_at is None]
    if len(standing) < 2 or not standing[1].kept:
        raise NoEarlierModel
    published.make_current(uow, standing[1].id, user_id, now=now, units=[unit])
    wake_after_commit(uow.session, "live")
