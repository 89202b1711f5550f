"""How each user of the back office hears that somebody waits: by what, when, and whether a page of theirs is open.

Only the user writes their row; whoever tells them reads it. Their own Telegram: team_telegram.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from huntred.access.models import User
from huntred.access.seeing import seeing_users
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.notifications import telling_hours
from huntred.notifications.models import UserAlerts
from huntred.notifications.telling_hours import Wanted
from huntred.units.models import Unit
from huntred.units.office_hours import of_unit

# Pages say every minute that they are open; a browser may slow a hidden one down.
PAGE_OPEN = timedelta(seconds=150)


@dataclass(frozen=True)
class Choices:
    """What a user wants. on_duty: told at all. any_hour: also out of the unit's office hours.

    quiet_from, quiet_to: of the day, in the user's zone; both or neither. in_digest: who waited while they were not
    told comes in one.
    """

    sound: bool = True
    on_duty: bool = True
    by_push: bool = True
    by_telegram: bool = True
    by_mail: bool = True
    any_hour: bool = False
    quiet_from: time | None = None
    quiet_to: time | None = None
    in_digest: bool = True


@dataclass(frozen=True)
class Reached:
    """A user who may be told now. since: since when; none where they may always be."""

    user: User
    chosen: UserAlerts
    since: datetime | None


def of_user(uow: UnitOfWork, user_id: UUID) -> UserAlerts:
    """Return a user's choices; what was never chosen is as usual."""
    return uow.session.get(UserAlerts, user_id) or _usual(user_id)


def choose(uow: UnitOfWork, user_id: UUID, choices: Choices) -> None:
    """Keep what a user wants. Raises FieldInvalid."""
    if (choices.quiet_from is None) != (choices.quiet_to is None):
        raise FieldInvalid("alerts_quiet_to" if choices.quiet_to is None else "alerts_quiet_from", "missing")
    write(uow, user_id, asdict(choices))


def note_open_page(uow: UnitOfWork, user_id: UUID, *, now: datetime) -> None:
    """A page of the user's says that it is open."""
    write(uow, user_id, {"page_at": now})


def open_pages(uow: UnitOfWork, user_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Return who of these has a page open."""
    if not user_ids:
        return set()
    with seeing_users(uow):
        query = select(UserAlerts.user_id).where(
            UserAlerts.user_id.in_(user_ids), UserAlerts.page_at > now - PAGE_OPEN
        )
        return set(uow.session.scalars(query))


def chosen_by(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, UserAlerts]:
    """Return what each of these wants."""
    with seeing_users(uow):
        rows = uow.session.scalars(select(UserAlerts).where(UserAlerts.user_id.in_(user_ids)))
        found = {row.user_id: row for row in rows}
    return {user_id: found.get(user_id) or _usual(user_id) for user_id in user_ids}


def reached(uow: UnitOfWork, users: Iterable[User], unit: Unit, *, now: datetime) -> list[Reached]:
    """Return who of these is on duty and may be told of this unit now, out of their quiet time."""
    everybody = list(users)
    if not everybody:
        return []
    office, found = of_unit(unit.settings, unit.timezone), []
    chosen = chosen_by(uow, [user.id for user in everybody])
    for user in everybody:
        wants = chosen[user.id]
        if not wants.on_duty:
            continue
        quiet = (wants.quiet_from, wants.quiet_to) if wants.quiet_from and wants.quiet_to else None
        told = telling_hours.told(Wanted(wants.any_hour, quiet, user.timezone), office, now)
        if told is not None:
            found.append(Reached(user, wants, told.since))
    return found


def write(uow: UnitOfWork, user_id: UUID, values: dict[str, Any]) -> None:
    """Write some of a user's row, which begins as usual."""
    uow.session.execute(
        insert(UserAlerts)
        .values(user_id=user_id, **values)
        .on_conflict_do_update(index_elements=["user_id"], set_=values)
        .execution_options(synchronize_session=False)
    )
    kept = uow.session.get(UserAlerts, user_id)
    if kept is not None:
        uow.session.refresh(kept)


def _usual(user_id: UUID) -> UserAlerts:
    return UserAlerts(user_id=user_id, telegram_user_id="", link_code="", **asdict(Choices()))
