"""Reminds whoever agreed and stopped half-way of what their profile lacks: in their chat, else by mail.

At most once in the unit's number of days, and never more than once a week. In a chat it is a notice like any other:
quiet hours and opt-outs hold, and outside of WhatsApp's window the approved template goes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from huntred.conversations import repository as conversations
from huntred.conversations.language import language_of
from huntred.db.unit_of_work import UnitOfWork
from huntred.notifications.mail import written_in
from huntred.notifications.outbound import send_mail
from huntred.notifications.service import tell
from huntred.notifications.templates import template_use
from huntred.notifications.wording import wording
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.privacy import service as privacy
from huntred.privacy.links import Links
from huntred.units import service as units

_AT_ONCE = 100
_EVERY_DAYS = 7
_NOT_BEFORE = timedelta(days=1)
# A web chat is closed when its page is: nobody reads there what is said later.
_GONE = "web"
# Somebody of the team is at it.
_WITH_TEAM = ("queued", "with_person")


def remind(uow: UnitOfWork, links: Links, *, now: datetime) -> int:
    """Send this unit's reminders that are due; return how many. Demo people are left alone."""
    unit = units.get(uow, uow.unit)
    if not unit.settings.get("takes_applications", True):
        return 0  # nobody applies there: a profile is nothing to be completed
    days = int(unit.settings.get("reminders", {}).get("profile_incomplete_every_days", _EVERY_DAYS))
    last = now - timedelta(days=max(days, _EVERY_DAYS))
    waiting = uow.session.scalars(
        select(UnitProfile)
        .where(
            UnitProfile.unit == uow.unit,
            UnitProfile.completed_at.is_(None),
            UnitProfile.first_name != "",
            UnitProfile.generated.is_(False),
            UnitProfile.updated_at < now - _NOT_BEFORE,
            or_(UnitProfile.reminded_at.is_(None), UnitProfile.reminded_at < last),
        )
        .order_by(UnitProfile.updated_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    sent = 0
    for profile in waiting:
        missing = people.missing_fields(uow, profile.person_id)
        profile.reminded_at = now
        if missing and _remind(uow, profile, missing, links, now):
            sent += 1
    uow.session.flush()
    return sent


def _remind(uow: UnitOfWork, profile: UnitProfile, missing: list[str], links: Links, now: datetime) -> bool:
    once = f"{profile.id}:{now:%Y-%m-%d}"
    conversation = conversations.latest_of_person(uow, uow.unit, profile.person_id)
    if conversation is not None and conversation.handling in _WITH_TEAM:
        return False
    language = language_of(uow, conversation)
    if conversation is not None and (conversation.channel != _GONE or not profile.email):
        return tell(
            uow, conversation, f"profile:{once}", "utter_profile_missing",
            {"first_name": profile.first_name, "missing": ", ".join(_named(missing, language))}, now=now,
            template=template_use(
                "completar_perfil", uow.unit, language,
                lambda spoken: (profile.first_name, ", ".join(_named(missing, spoken))),
            ),
        )  # fmt: skip
    if not profile.email or not privacy.may_mail_first(uow, profile.person_id):
        return False
    language = written_in(uow.unit, "complete_profile", language)
    values = {
        "language": language, "first_name": profile.first_name, "missing": _named(missing, language),
        "url": links.profile_page(uow.unit, profile.person_id, now=now),
    }  # fmt: skip
    send_mail(uow, "profile", once, profile.email, "complete_profile", values)
    return True


def _named(fields: Sequence[str], language: str) -> list[str]:
    words = wording(language)["fields"]
    return [str(words[field]) for field in fields]
