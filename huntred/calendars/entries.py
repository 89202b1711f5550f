"""An interview as calendar programs have it (RFC 5545): of a candidate the name, where it may be said, nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from icalendar import Calendar, Event
from sqlalchemy import select

from huntred.access import rules
from huntred.access.models import User
from huntred.db.scope import Scope
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures import service as disclosures
from huntred.interviews import calendar
from huntred.interviews.models import Interview
from huntred.people.service import full_name
from huntred.privacy.links import Links
from huntred.units.models import Unit


def scope_of(uow: UnitOfWork, user: User) -> Scope:
    """Return what the user sees now, unit by unit, as a page of theirs does; nothing for who is switched off."""
    scope = rules.scope_of(user)
    return replace(scope, units=tuple(uow.session.scalars(select(Unit.code)))) if scope.all_units else scope


def of_user(
    uow: UnitOfWork, user_id: UUID, start: datetime, end: datetime, links: Links
) -> Iterator[tuple[Interview, Event]]:
    """Yield what the user leads or answers for and may see, by time; the same gives the same events."""
    for interview in calendar.led_or_owned_by(uow, user_id, start, end):
        # A calendar is seen by more people than its owner.
        is_open = disclosures.names_open(uow, interview.application.vacancy, interview.application.person_id)
        yield interview, _event(interview, is_open, links.interview_page(interview.id))


def new_file() -> Calendar:
    """Return an empty calendar of ours, without a method: it is kept, not sent (RFC 4791, 4.1)."""
    file = Calendar()
    file.add("prodid", "-//Grupo huntRED//Calendar//ES")
    file.add("version", "2.0")
    return file


def alone(event: Event) -> bytes:
    """Return a file of one event."""
    file = new_file()
    file.add_component(event)
    return bytes(file.to_ical())


def _event(interview: Interview, is_open: bool, page: str) -> Event:
    slot, application = interview.slot, interview.application
    who = full_name(application.profile) if is_open else f"Candidatura {application.number}"
    event = Event()
    # The UID of the invitation: a program that has both shows one.
    event.add("uid", f"interview-{interview.id}@huntred")
    event.add("sequence", interview.sequence)
    event.add("dtstamp", interview.booked_at)
    event.add("dtstart", slot.starts_at)
    event.add("dtend", slot.ends_at)
    event.add("summary", f"{who} · {application.vacancy.title}")
    place = ", ".join(part for part in (slot.room.name if slot.room else "", slot.address) if part)
    if slot.modality == "video":
        place = slot.video_url
    if place:
        event.add("location", place)
    event.add("url", page)
    event.add("status", "CONFIRMED")
    return event
