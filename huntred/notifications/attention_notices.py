"""Tells who is responsible for vacancies what their facts want: each alert once, and all of a day's in one message."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from huntred.access import service as access
from huntred.attention import service as attention
from huntred.db.unit_of_work import UnitOfWork
from huntred.notifications import alerts
from huntred.notifications.outbound import send_mail
from huntred.notifications.team import by_telegram
from huntred.notifications.wording import wording
from huntred.privacy.links import Links
from huntred.units import service as units

# Nobody is told twice within it; what is raised meanwhile stands on the pages, and in the next message.
_EVERY = timedelta(hours=20)
_LISTED = 10


def tell(uow: UnitOfWork, links: Links, *, now: datetime) -> int:
    """Tell whoever is responsible, when and as they chose; return how many were told. Demo vacancies worry nobody."""
    waiting = attention.untold(uow, last_told_before=now - _EVERY)
    unit = units.get(uow, uow.unit)
    responsible = access.recipients(uow, list(waiting))
    reached = {one.user.id: one for one in alerts.reached(uow, responsible, unit, now=now)}
    told = 0
    for user_id, raised in waiting.items():
        one = reached.get(user_id)
        if one is None or not (one.chosen.by_mail or one.chosen.by_telegram):
            continue
        texts = wording()
        why = [", ".join(texts["alert_kinds"][kind] for kind in wanting.kinds) for wanting in raised]
        lines = [
            texts["vacancy_wants"].format(title=wanting.title, number=wanting.number, why=reasons)
            for wanting, reasons in zip(raised[:_LISTED], why, strict=False)
        ]
        if len(raised) > _LISTED:
            lines.append(texts["more_vacancies"].format(count=len(raised) - _LISTED))
        values = {
            "vacancies": lines, "url": links.today_page(), "count": len(raised), "first": raised[0].title, "why": why[0]
        }
        source_id = _once(user_id, now)
        if one.chosen.by_mail:
            own = f"{source_id}:{user_id}"
            send_mail(uow, "attention", own, one.user.email, "vacancies_wanting", values, unit=unit.code)
        if one.chosen.by_telegram:
            by_telegram(uow, [one.user], "attention", source_id, "vacancies", values, unit=unit.code)
        attention.mark_told(uow, [row for wanting in raised for row in wanting.rows], user_id, now=now)
        told += 1
    return told


def _once(user_id: UUID, now: datetime) -> str:
    return f"{user_id}:{now:%Y-%m-%dT%H}"
