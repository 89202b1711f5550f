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
        texts = wording()
        why = [", ".join(texts["alert_kinds"][kind] for kind in one.kinds) for one in raised]
        lines = [
            texts["vacancy_wants"].format(title=one.title, number=one.number, why=reasons)
            for one, reasons in zip(raised[:_LISTED], why, strict=False)
        ]
        if len(raised) > _LISTED:
            lines.append(texts["more_vacancies"].format(count=len(raised) - _LISTED))
        values = {
            "vacancies": lines, "url": links.today_page(), "count": len(raised), "first": raised[0].title, "why": why[0]
        }
        tell_users(
            uow, (users[user_id],), "attention", _once(user_id, now), "vacancies_wanting", "vacancies", values,
            unit=uow.unit,
        )  # fmt: skip
        attention.mark_told(uow, [row for one in raised for row in one.rows], user_id, now=now)
        told += 1
    return told


def _once(user_id: UUID, now: datetime) -> str:
    return f"{user_id}:{now:%Y-%m-%dT%H}"
