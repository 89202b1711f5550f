"""Mails "complete your profile": to who agreed and stopped half-way, at most once in the unit's number of days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from huntred.db.unit_of_work import UnitOfWork
from huntred.notifications.outbound import send_mail
from huntred.notifications.wording import wording
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.privacy import service as privacy
from huntred.privacy.links import Links
from huntred.units import service as units

_AT_ONCE = 100
_EVERY_DAYS = 7
_NOT_BEFORE = timedelta(days=1)


def remind(uow: UnitOfWork, links: Links, *, now: datetime) -> int:
    """Send this unit's reminders that are due; return how many. Demo people are left alone."""
    unit = units.get(uow, uow.unit)
    days = int(unit.settings.get("reminders", {}).get("profile_incomplete_every_days", _EVERY_DAYS))
    waiting = uow.session.scalars(
        select(UnitProfile)
        .where(
            UnitProfile.unit == uow.unit,
            UnitProfile.completed_at.is_(None),
            UnitProfile.email != "",
            UnitProfile.first_name != "",
            UnitProfile.generated.is_(False),
            UnitProfile.updated_at < now - _NOT_BEFORE,
            or_(UnitProfile.reminded_at.is_(None), UnitProfile.reminded_at < now - timedelta(days=days)),
        )
        .order_by(UnitProfile.updated_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    names = wording()["fields"]
    sent = 0
    for profile in waiting:
        missing = people.missing_fields(uow, profile.person_id)
        profile.reminded_at = now
        if not missing or not privacy.may_mail_first(uow, profile.person_id):
            continue
        send_mail(
            uow, "profile", f"{profile.id}:{now:%Y-%m-%d}", profile.email, "complete_profile",
            {
                "first_name": profile.first_name, "missing": [names[field] for field in missing],
                "url": links.profile_page(uow.unit, profile.person_id, now=now),
            },
        )  # fmt: skip
        sent += 1
    uow.session.flush()
    return sent
