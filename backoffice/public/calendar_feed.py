"""The calendar of one consultant as a file that calendar programs fetch (RFC 5545), by a secret link.

It holds what the user may see now and leads or answers for: a user who is switched off, or asked for another link,
ends it. Of a candidate it says the name, nothing more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask import Response, abort, request, url_for
from icalendar import Calendar, Event
from sqlalchemy import select

from backoffice import work
from backoffice.public.pages import blueprint
from huntred.access import rules
from huntred.access.models import User
from huntred.db.scope import Scope
from huntred.disclosures import service as disclosures
from huntred.interviews import calendar
from huntred.interviews.models import Interview
from huntred.people.service import full_name
from huntred.privacy.links import LinkExpired, LinkInvalid, read_link
from huntred.units.models import Unit

_BACK = timedelta(days=30)
_AHEAD = timedelta(days=365)


@blueprint.get("/calendario/<token>.ics")
def calendar_feed(token: str) -> Response:
    user = _user(token)
    scope = rules.scope_of(user)
    if scope.all_units:
        scope = replace(scope, units=tuple(work.session.scalars(select(Unit.code))))
    work.set_scope(scope)
    now = work.now()
    found = calendar.led_or_owned_by(work.current_work(), user.id, now - _BACK, now + _AHEAD)
    answer = Response(_file(found), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _user(token: str) -> User:
    try:
        values = read_link(work.wiring().settings.link_secret, "calendar", token, now=work.now())
    except (LinkInvalid, LinkExpired):
        abort(404)
    work.set_scope(Scope(login=True))
    user = work.current_work().session.get(User, UUID(values["user"]))
    if user is None or not user.active or user.calendar_link != values["number"]:
        abort(404)
    return user


def _file(interviews: list[Interview]) -> bytes:
    """The same interviews give the same bytes, so that nothing is sent again for nothing."""
    file = Calendar()
    file.add("prodid", "-//Grupo huntRED//Calendar//ES")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", "huntRED")
    file.add("refresh-interval", timedelta(minutes=15), parameters={"value": "DURATION"})
    uow = work.current_work()
    for interview in interviews:
        is_open = disclosures.names_open(uow, interview.application.vacancy, interview.application.person_id)
        file.add_component(_event(interview, is_open))
    return bytes(file.to_ical())


def _event(interview: Interview, is_open: bool) -> Event:
    """is_open: whether the candidate may be named outside; a calendar is seen by more people than its owner."""
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
    event.add("url", url_for("interviews.details", id=interview.id, _external=True))
    event.add("status", "CONFIRMED")
    return event
