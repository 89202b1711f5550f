"""Starts all conversations of a unit anew (C14): asked for once, done by the worker in small transactions.

Each is reset as one is (`service.reset`): where it stands is forgotten, what was said stays, nobody is written to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, func, or_, select

from contract.ids import new_id
from huntred.conversations import service
from huntred.conversations.models import Chat, Conversation, UnitReset
from huntred.db.session import Scope
from huntred.db.unit_of_work import UnitOfWork, unit_of_work
from huntred.errors import FieldInvalid, NotFound

# Of one transaction: no chat is held longer than a moment.
_BATCH = 200
_LEASE = timedelta(minutes=2)
_OPEN = ("waiting", "running")


def count(uow: UnitOfWork, unit: str) -> int:
    """Return how many conversations the unit has."""
    return uow.session.scalar(select(func.count()).where(Conversation.unit == unit)) or 0


def ask(uow: UnitOfWork, confirmation: str, user_id: UUID | None, *, now: datetime) -> UnitReset:
    """Ask for all of the unit's conversations to be reset; one that is under way already is returned instead.

    confirmation: the unit's code, typed by whoever asks. Raises FieldInvalid.
    """
    if confirmation != uow.unit:
        raise FieldInvalid("confirm", "not_confirmed")
    # Two who ask at once would both see none: the second waits here, and sees the first.
    uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"reset:{uow.unit}"))))
    open_one = uow.session.scalar(select(UnitReset).where(UnitReset.unit == uow.unit, UnitReset.state.in_(_OPEN)))
    if open_one is not None:
        return open_one
    reset = UnitReset(unit=uow.unit, asked_by=user_id, asked_at=now, touched_at=now, total=count(uow, uow.unit))
    uow.session.add(reset)
    uow.session.flush()
    return reset


def get(uow: UnitOfWork, reset_id: UUID) -> UnitReset:
    """Raises NotFound."""
    found = uow.session.get(UnitReset, reset_id)
    if found is None:
        raise NotFound(f"reset {reset_id}")
    return found


def latest(uow: UnitOfWork, limit: int = 20) -> list[UnitReset]:
    """Return those of this scope, the latest first."""
    query = select(UnitReset).where(UnitReset.unit.in_(uow.scope.units))
    return list(uow.session.scalars(query.order_by(UnitReset.asked_at.desc(), UnitReset.id).limit(limit)))


def work_next(engine: Engine, unit: str, clock: Callable[[], datetime]) -> bool:
    """Do the reset that waits in this unit, or say that none does. One that a worker left is gone on with."""
    scope = Scope(units=(unit,))
    with unit_of_work(engine, scope) as uow:
        claimed = _claim(uow, now=clock())
    if claimed is None:
        return False
    reset_id, token = claimed
    while True:
        with unit_of_work(engine, scope) as uow:
            if not _work_batch(uow, reset_id, token, now=clock()):
                return True


def _claim(uow: UnitOfWork, *, now: datetime) -> tuple[UUID, UUID] | None:
    reset = uow.session.scalar(
        select(UnitReset)
        .where(
            UnitReset.unit == uow.unit,
            or_(
                UnitReset.state == "waiting",
                (UnitReset.state == "running") & (UnitReset.touched_at < now - _LEASE),
            ),
        )
        .limit(1)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    if reset is None:
        return None
    reset.state, reset.token, reset.touched_at = "running", new_id(), now
    uow.session.flush()
    return reset.id, reset.token


def _work_batch(uow: UnitOfWork, reset_id: UUID, token: UUID, *, now: datetime) -> bool:
    """Reset the next ones and note how far it is, in one transaction; return whether more may be left."""
    reset = uow.session.get_one(UnitReset, reset_id, with_for_update=True)
    if reset.token != token or reset.state != "running":
        return False
    query = select(Conversation.id, Conversation.chat_id).where(
        Conversation.unit == uow.unit, Conversation.created_at <= reset.asked_at
    )
    if reset.last_id is not None:
        query = query.where(Conversation.id > reset.last_id)
    rows = uow.session.execute(query.order_by(Conversation.id).limit(_BATCH)).all()
    # In one order, as whoever locks several: a turn that runs meanwhile commits before, or is refused and tried again.
    chats = select(Chat.id).where(Chat.id.in_([row.chat_id for row in rows])).order_by(Chat.id)
    uow.session.execute(chats.with_for_update()).all()
    service.reset_all(uow, [row.id for row in rows])
    reset.touched_at, reset.done = now, reset.done + len(rows)
    if rows:
        reset.last_id = rows[-1].id
    if len(rows) < _BATCH:
        reset.state, reset.finished_at = "done", now
    uow.session.flush()
    return reset.state == "running"
