"""What the super administrator sets of a unit once it lives: the seed's file only begins it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import time
from typing import Any

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.people.rules import email_of, phone_of
from huntred.units import office_hours, service
from huntred.units.models import Unit
from huntred.units.office_hours import GROUPS, Span

_DAY_MINUTES = 24 * 60
_WEEK_HOURS = 7 * 24
_MOST_REMINDERS = 3
_FARTHEST_KM = 500


@dataclass(frozen=True)
class UnitForm:
    """A unit as it was typed.

    escalate_minutes: until a person who waits goes up to the next level; handoff_minutes: until nobody came.
    office: of office_hours.GROUPS, from and to; none where nobody works. reminder_hours: before an interview.
    quiet_from, quiet_to: the same twice is no quiet time. nearby_km: how far a vacancy is near.
    privacy_notice: Markdown; changed only with a version of its own. reference_…_days: of units that ask for
    references, until a referee is reminded, and until what they said is deleted; None leaves them as they are.
    """

    name: str
    tagline: str
    in_picker: bool
    contact_name: str
    contact_phone: str
    contact_email: str
    hours_text: str
    office: Mapping[str, Span | None]
    quiet_from: time
    quiet_to: time
    escalate_minutes: int
    handoff_minutes: int
    reminder_hours: tuple[int, ...]
    profile_days: int
    nearby_km: int
    privacy_version: str
    privacy_notice: str
    reference_reminder_days: int | None = None
    reference_kept_days: int | None = None


def form_of(unit: Unit) -> dict[str, Any]:
    """Return a unit as its form shows it, by the form's names."""
    settings = unit.settings
    contact, conversation = settings.get("contact") or {}, settings.get("conversation") or {}
    reminders, quiet = settings.get("reminders") or {}, settings.get("quiet_hours") or {}
    spans = office_hours.spans_of(settings)
    return {
        "unit_name": unit.name, "tagline": unit.tagline, "in_picker": unit.in_picker,
        "contact_name": contact.get("name", ""), "phone": contact.get("phone", ""), "email": contact.get("email", ""),
        "hours_text": settings.get("hours_text", ""),
        "quiet_from": quiet.get("from", "21:00"), "quiet_to": quiet.get("to", "08:00"),
        "escalate_minutes": conversation.get("escalate_after_minutes", 10),
        "handoff_minutes": conversation.get("handoff_timeout_minutes", 480),
        "reminder_hours": ", ".join(str(hours) for hours in reminders.get("interview_before_hours", [24, 2])),
        "profile_days": reminders.get("profile_incomplete_every_days", 7),
        "nearby_km": settings.get("nearby_radius_km", 25),
        "privacy_version": unit.privacy_version, "privacy_notice": unit.privacy_notice,
        **{
            f"{group}_{end}": f"{spans[days[0]][index]:%H:%M}" if days[0] in spans else ""
            for group, days in GROUPS.items()
            for index, end in enumerate(("from", "to"))
        },
        "reference_reminder_days": settings.get("references_remind_after_days", 4),
        "reference_kept_days": settings.get("references_kept_days", 365),
    }  # fmt: skip


def save(uow: UnitOfWork, code: str, form: UnitForm) -> Unit:
    """What the form does not name stays as it is. Raises NotFound, FieldInvalid."""
    unit = service.get(uow, code)
    _check(form)
    if form.privacy_notice.strip() != unit.privacy_notice.strip() and form.privacy_version == unit.privacy_version:
        # People agreed to the text under its version: another text under the same one would put words in their mouth.
        raise FieldInvalid("privacy_version", "same_version")
    settings = deepcopy(unit.settings)
    contact = {"name": form.contact_name, "phone": phone_of(form.contact_phone), "email": email_of(form.contact_email)}
    _put(settings, "contact", contact)
    _put(
        settings, "conversation",
        {"escalate_after_minutes": form.escalate_minutes, "handoff_timeout_minutes": form.handoff_minutes},
    )  # fmt: skip
    _put(
        settings, "reminders",
        {
            "interview_before_hours": sorted(set(form.reminder_hours), reverse=True),
            "profile_incomplete_every_days": form.profile_days,
        },
    )  # fmt: skip
    _put(settings, "quiet_hours", {"from": f"{form.quiet_from:%H:%M}", "to": f"{form.quiet_to:%H:%M}"})
    settings |= {"hours_text": form.hours_text, "nearby_radius_km": form.nearby_km}
    settings["hours"] = office_hours.as_settings(form.office)
    if form.reference_reminder_days is not None and form.reference_kept_days is not None:
        settings["references_remind_after_days"] = form.reference_reminder_days
        settings["references_kept_days"] = form.reference_kept_days
    unit.name, unit.tagline, unit.in_picker, unit.settings = form.name, form.tagline, form.in_picker, settings
    unit.privacy_version, unit.privacy_notice = form.privacy_version, form.privacy_notice
    uow.session.flush()
    return unit


def _put(settings: dict[str, Any], part: str, values: dict[str, Any]) -> None:
    settings[part] = {**(settings.get(part) or {}), **values}


def _check(form: UnitForm) -> None:
    for field, text, longest in (
        ("unit_name", form.name, 80), ("contact_name", form.contact_name, 80), ("hours_text", form.hours_text, 200),
        ("privacy_version", form.privacy_version, 40), ("privacy_notice", form.privacy_notice, 50_000),
    ):  # fmt: skip
        if not text:
            raise FieldInvalid(field, "missing")
        if len(text) > longest:
            raise FieldInvalid(field, "too_long")
    if len(form.tagline) > 120:
        raise FieldInvalid("tagline", "too_long")
    if not 1 <= len(form.reminder_hours) <= _MOST_REMINDERS:
        raise FieldInvalid("reminder_hours", "out_of_range")
    for field, value, most in (
        ("escalate_minutes", form.escalate_minutes, _DAY_MINUTES),
        ("handoff_minutes", form.handoff_minutes, 7 * _DAY_MINUTES),
        *(("reminder_hours", hours, _WEEK_HOURS) for hours in form.reminder_hours),
        ("nearby_km", form.nearby_km, _FARTHEST_KM),
    ):  # fmt: skip
        if not 1 <= value <= most:
            raise FieldInvalid(field, "out_of_range")
    for group, span in form.office.items():
        if span is not None and span[1] <= span[0]:
            raise FieldInvalid(f"{group}_to", "before_start")
    for field, days, least, most in (
        ("reference_reminder_days", form.reference_reminder_days, 1, 30),
        ("reference_kept_days", form.reference_kept_days, 30, 1825),
    ):
        if days is not None and not least <= days <= most:
            raise FieldInvalid(field, "out_of_range")
    # Never more than once a week (product.md, C16).
    if not 7 <= form.profile_days <= 365:
        raise FieldInvalid("profile_days", "weekly_at_most")
    if form.handoff_minutes <= form.escalate_minutes:
        raise FieldInvalid("handoff_minutes", "before_escalation")
