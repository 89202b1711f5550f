"""Tells who is responsible for vacancies what their facts want: each alert once, and all of a day's in one message."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from huntred.access import service as access
from huntred.attention import service as attention
from huntred.db.unit_of_work import UnitOfWork
from huntred.notifications import alerts
from huntred.notifications.team import tell_users
from huntred.notifications.wording import wording
from huntred.privacy.links import Links

# Nobody is told twice within it; what is raised meanwhile stands on the pages, and in the next message.
_EVERY = timedelta(hours=20)
_LISTED = 10


def tell(uow: UnitOfWork, links: Links, *, now: datetime) -> int:
    """Tell whoever is responsible and on duty; return how many were told. Demo vacancies are nobody's worry."""
    waiting = attention.untold(uow, last_told_before=now - _EVERY)
    users = {user.id: user for user in access.recipients(uow, list(waiting))}
    resting = alerts.off_duty(uow, list(users))
    told = 0
    for user_id, raised in waiting.items():
        if user_id not in users or user_id in resting:
            continue
        names = wording()["alert_kinds"]
        listed = [
            {
                "title": one.title, "number": one.number, "url": links.vacancy_page(one.vacancy_id),
                "why": ", ".join(names[kind] for kind in one.kinds),
            }
            for one in raised[:_LISTED]
        ]  # fmt: skip
        values = {"vacancies": listed, "more": max(0, len(raised) - _LISTED), "url": links.today_page()}
        tell_users(
            uow, (users[user_id],), "attention", _once(user_id, now), "vacancies_wanting", "vacancies",
            values | {"count": len(raised), "first": listed[0]["title"], "why": listed[0]["why"]}, unit=uow.unit,
        )  # fmt: skip
        attention.mark_told(uow, [row for one in raised for row in one.rows], user_id, now=now)
        told += 1
    return told


def _once(user_id: UUID, now: datetime) -> str:
    return f"{user_id}:{now:%Y-%m-%dT%H}"
