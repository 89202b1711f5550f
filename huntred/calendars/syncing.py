"""Writes the interviews of users into their calendars: planned in a transaction, called outside, noted in another.

What is to be written is noted before the call, so that nothing that stands in a calendar is forgotten by a process
that dies; and it is put under a name of its own, so that it never stands there twice.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, select

from contract.ids import new_id
from huntred.access.models import User
from huntred.calendars import entries, rules
from huntred.calendars.models import UserCalendar
from huntred.calendars.ports import CalendarFault, CalendarServer, Login
from huntred.db.scope import Scope
from huntred.db.session import rescope
from huntred.db.unit_of_work import UnitOfWork
from huntred.interviews.models import Interview
from huntred.outside.due import call_due
from huntred.privacy.links import Links

_BACK = timedelta(days=1)
_AHEAD = timedelta(days=365)
_LEASE = timedelta(minutes=5)
# Of one calendar in one turn, so that a first one with hundreds of interviews holds up nobody else's.
_MOST_CALLS = 20
_EVERYBODY = Scope(login=True)
# Only spreads the tries of many: nothing is guarded by it.
_jitter = random.Random()


@dataclass(frozen=True)
class Turn:
    """What is done with one calendar now. put: files by interview id; more: whether something is left for the next."""

    calendar_id: UUID
    token: UUID
    url: str
    login: Login
    put: dict[str, bytes]
    remove: list[str]
    more: bool


@dataclass
class Done:
    """put: digests by interview id."""

    put: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    fault: str = ""


def write_due(engine: Engine, server: CalendarServer, links: Links, clock: Callable[[], datetime]) -> int:
    """Write until nothing is due, or for so long; return how many turns were taken."""
    return call_due(
        engine,
        _EVERYBODY,
        lambda uow, most: claim_due(uow, links, now=clock(), limit=most),
        lambda turn: carry_out(server, turn),
        lambda uow, turn, done: finish(uow, turn, done, now=clock()),
    )


def claim_due(uow: UnitOfWork, links: Links, *, now: datetime, limit: int) -> list[Turn]:
    """Take the calendars that are due; the caller commits before it calls."""
    rows = uow.session.scalars(
        select(UserCalendar)
        .where(UserCalendar.url != "", UserCalendar.due <= now)
        .order_by(UserCalendar.due, UserCalendar.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return [_plan(uow, row, links, now) for row in rows]


def _plan(uow: UnitOfWork, row: UserCalendar, links: Links, now: datetime) -> Turn:
    files = _wanted(uow, row, links, now)
    digests = {one: hashlib.sha256(content).hexdigest() for one, content in files.items()}
    put, remove = rules.changes(digests, row.written)
    remove, past = _still_ahead(uow, row, remove, now)
    more = len(put) + len(remove) > _MOST_CALLS
    remove = remove[:_MOST_CALLS]
    put = put[: _MOST_CALLS - len(remove)]
    row.written = {one: digest for one, digest in row.written.items() if one not in past} | dict.fromkeys(put, "")
    row.token, row.stale, row.due, row.attempts = new_id(), False, now + _LEASE, row.attempts + 1
    login = Login(row.username, row.password_sealed)
    return Turn(row.id, row.token, row.url, login, {one: files[one] for one in put}, remove, more)


def _wanted(uow: UnitOfWork, row: UserCalendar, links: Links, now: datetime) -> dict[str, bytes]:
    """The files by interview id; none for who is switched off or lets go of the calendar."""
    user = uow.session.get_one(User, row.user_id)
    if row.ending or not user.active:
        return {}
    rescope(uow.session, entries.scope_of(uow, user))
    try:
        found = entries.of_user(uow, user.id, now - _BACK, now + _AHEAD, links)
        return {str(interview.id): entries.alone(event) for interview, event in found}
    finally:
        rescope(uow.session, _EVERYBODY)


def _still_ahead(
    uow: UnitOfWork, row: UserCalendar, unwanted: Sequence[str], now: datetime
) -> tuple[list[str], set[str]]:
    """Part what is to be taken away from what took place and stays there, where nobody changes it any more."""
    if row.ending or not unwanted:
        return list(unwanted), set()
    user = uow.session.get_one(User, row.user_id)
    rescope(uow.session, entries.scope_of(uow, user))
    try:
        found = uow.session.scalars(select(Interview).where(Interview.id.in_([UUID(one) for one in unwanted]))).all()
    finally:
        rescope(uow.session, _EVERYBODY)
    past = {str(one.id) for one in found if one.state != "cancelled" and one.slot.starts_at < now - _BACK}
    return [one for one in unwanted if one not in past], past


def carry_out(server: CalendarServer, turn: Turn) -> Done:
    """Call the server until all is done or something comes of nothing."""
    done = Done()
    try:
        for one in turn.remove:
            server.remove(turn.url, turn.login, rules.name_of(UUID(one)))
            done.removed.append(one)
        for one, content in turn.put.items():
            server.put(turn.url, turn.login, rules.name_of(UUID(one)), content)
            done.put[one] = hashlib.sha256(content).hexdigest()
    except CalendarFault as fault:
        done.fault = fault.fault
    return done


def finish(uow: UnitOfWork, turn: Turn, done: Done, *, now: datetime) -> None:
    """Note what came of it. A calendar that is let go of goes with the last of what was written."""
    row = uow.session.scalars(
        select(UserCalendar)
        .where(UserCalendar.id == turn.calendar_id, UserCalendar.token == turn.token)
        .with_for_update()
    ).one_or_none()
    if row is None:
        return
    row.written = {one: digest for one, digest in row.written.items() if one not in done.removed} | done.put
    row.token, row.fault = None, done.fault
    if done.fault:
        row.due = rules.next_try(row.attempts, now, _jitter.random())
    else:
        row.due = now if turn.more or row.stale else now + rules.EVERY
        row.attempts, row.synced_at = 0, now
    if row.ending and not row.written:
        uow.session.delete(row)
