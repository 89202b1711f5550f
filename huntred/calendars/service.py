"""Connecting a calendar: where it is, which one of several, and letting go of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select, update

from contract.ids import new_id
from huntred.access.seeing import seeing_users
from huntred.calendars.models import UserCalendar
from huntred.calendars.ports import CalendarFault, CalendarServer, Login
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.outside.addresses import check_url

SERVER, USERNAME, PASSWORD = "calendar_server", "calendar_username", "calendar_password"
_LONGEST = 200


def of_user(uow: UnitOfWork, user_id: UUID) -> UserCalendar | None:
    return uow.session.scalars(select(UserCalendar).where(UserCalendar.user_id == user_id)).one_or_none()


def connect(
    uow: UnitOfWork, user_id: UUID, server: CalendarServer, url: str, login: Login, *, now: datetime,
    allow_loopback: bool = False,
) -> UserCalendar:  # fmt: skip
    """Look up the calendars there and keep them; where there is one, it is the one that is written into.

    The server is called at once, so that whoever types a password sees whether it is right. Raises FieldInvalid, also
    where the user has a calendar already.
    """
    if of_user(uow, user_id) is not None:
        raise FieldInvalid(SERVER, "calendar_connected_already")
    url = check_url(url, allow_loopback=allow_loopback, field=SERVER)
    for field, value in ((USERNAME, login.username), (PASSWORD, login.password)):
        if not value:
            raise FieldInvalid(field, "missing")
        if len(value) > _LONGEST:
            raise FieldInvalid(field, "too_long")
    try:
        found = server.calendars(url, login)
    except CalendarFault as fault:
        if fault.fault == "login":
            raise FieldInvalid(PASSWORD, "not_let_in") from None
        raise FieldInvalid(SERVER, f"calendar_{fault.fault}") from None
    kept = UserCalendar(
        id=new_id(), user_id=user_id, server=url, username=login.username, password_sealed=login.password,
        choices=[{"url": one.url, "name": one.name} for one in found], due=now, created_at=now,
    )  # fmt: skip
    if len(found) == 1:
        kept.url, kept.name, kept.choices = found[0].url, found[0].name, []
    uow.session.add(kept)
    uow.session.flush()
    return kept


def choose(uow: UnitOfWork, user_id: UUID, url: str, *, now: datetime) -> UserCalendar:
    """Write into this one of those that were found. Raises FieldInvalid."""
    kept = of_user(uow, user_id)
    names = {one["url"]: one["name"] for one in kept.choices} if kept else {}
    if kept is None or url not in names:
        raise FieldInvalid("calendar", "unknown")
    kept.url, kept.name, kept.choices, kept.due = url, names[url], [], now
    uow.session.flush()
    return kept


def disconnect(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> None:
    """Take away what was written, then forget the password; at once where nothing was. Without one nothing happens."""
    kept = of_user(uow, user_id)
    if kept is None:
        return
    if kept.ending or not kept.written:
        uow.session.delete(kept)
    else:
        kept.ending, kept.due, kept.attempts = True, now, 0
    uow.session.flush()


def bring_forward(uow: UnitOfWork, user_ids: Collection[UUID], *, now: datetime) -> None:
    """Let the calendars of these users be written at once: something of theirs changed."""
    with seeing_users(uow):
        uow.session.execute(
            update(UserCalendar)
            .where(UserCalendar.user_id.in_(user_ids), UserCalendar.fault == "")
            .values(
                # Who writes now finishes first: two at once could leave the older of two entries there.
                due=case((UserCalendar.token.is_(None), func.least(UserCalendar.due, now)), else_=UserCalendar.due),
                stale=UserCalendar.token.is_not(None),
            )
        )
