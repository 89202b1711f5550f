"""The calendar of one consultant as a file that calendar programs fetch (RFC 5545), by a secret link.

It holds what the user may see now and leads or answers for: a user who is switched off, or asked for another link,
ends it. Of a candidate it says the name, nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from flask import Response, abort, request
from icalendar import Event

from backoffice import work
from backoffice.public.pages import blueprint
from huntred.access.models import User
from huntred.calendars import entries
from huntred.db.scope import Scope
from huntred.privacy.links import LinkExpired, LinkInvalid, read_link

_BACK = timedelta(days=30)
_AHEAD = timedelta(days=365)


@blueprint.get("/calendario/<token>.ics")
def calendar_feed(token: str) -> Response:
    user = _user(token)
    work.set_scope(entries.scope_of(work.current_work(), user))
    now = work.now()
    found = entries.of_user(work.current_work(), user.id, now - _BACK, now + _AHEAD, work.wiring().links)
    answer = Response(_file(event for _, event in found), content_type="text/calendar; charset=utf-8")
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


def _file(events: Iterator[Event]) -> bytes:
    """The same interviews give the same bytes, so that nothing is sent again for nothing."""
    file = entries.new_file()
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", "huntRED")
    file.add("refresh-interval", timedelta(minutes=15), parameters={"value": "DURATION"})
    for event in events:
        file.add_component(event)
    return bytes(file.to_ical())
