"""Mentors: the list, the form, one with their sessions, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from backoffice import auth, formats, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.slot_form import ZONES
from huntred import fields
from huntred.errors import FieldInvalid
from huntred.mentoring import rules, service
from huntred.mentoring.models import Mentor, MentorSession
from huntred.people.models import UnitProfile
from huntred.units import service as units

_PLAIN = ("name", "email", "about", "timezone", "weekly_capacity", "session_minutes", "meeting_place")


class MentorsView(BaseView):
    """`/mentors`"""

    @expose("/")
    def index(self) -> str:
        uow = work.current_work()
        found = service.mentors(uow)
        ahead: dict[UUID, int] = {}
        for session in service.sessions(uow):
            if session.state in rules.OPEN_STATES and session.ends_at > work.now():
                ahead[session.mentor_id] = ahead.get(session.mentor_id, 0) + 1
        return self.render("mentors/index.html", mentors=found, ahead=ahead, field_name=formats.field_name)

    @expose("/sessions")
    def sessions(self) -> str:
        state = request.args.get("state", "")
        found = service.sessions(work.current_work())
        shown = [session for session in found if not state or session.state == state]
        return self.render("mentors/sessions.html", state=state, states=rules.STATES, **_table(shown))

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> str | Response:
        auth.needs("manage_slots")
        uow = work.current_work()
        having = [code for code in uow.scope.units if units.get(uow, code).settings.get("mentors")] or uow.scope.units
        unit = request.values.get("unit", "") or having[0]
        if unit not in uow.scope.units:
            abort(404)
        if request.method == "GET":
            return self._form(unit, None, _blank())
        made = None
        with refusals_flashed() as refused:
            made = service.create(work.work_of(unit), _read(request.form), now=work.now())
        if refused or made is None:
            return self._form(unit, None, _posted(request.form), refused.error)
        done("mentor_saved")
        return redirect(url_for("mentors.details", id=made.id))

    @expose("/<id>")
    def details(self, id: str) -> str:
        uow = work.current_work()
        mentor = service.get(uow, id_or_404(id))
        found = service.sessions(uow, mentor_id=mentor.id)
        return self.render(
            "mentors/details.html", mentor=mentor, field_names=[formats.field_name(code) for code in mentor.fields],
            **_table(found),
        )  # fmt: skip

    @expose("/<id>/edit", methods=["GET", "POST"])
    def edit(self, id: str) -> str | Response:
        mentor = service.get(work.current_work(), id_or_404(id))
        auth.needs("manage_slots")
        mentor_id, unit = mentor.id, mentor.unit
        if request.method == "GET":
            return self._form(unit, mentor, _written(mentor))
        with refusals_flashed() as refused:
            service.update_mentor(work.work_of(unit), mentor_id, _read(request.form), now=work.now())
        if refused:
            mentor = service.get(work.current_work(), mentor_id)
            return self._form(unit, mentor, _posted(request.form), refused.error)
        done("mentor_saved")
        return redirect(url_for("mentors.details", id=mentor_id))

    @expose("/sessions/<id>/outcome", methods=["POST"])
    def outcome(self, id: str) -> Response:
        session = service.get_session(work.current_work(), id_or_404(id))
        auth.needs("manage_slots")
        mentor_id, form = session.mentor_id, FormReader(request.form)
        with refusals_flashed() as refused:
            happened = form.text("happened") == "yes"
            service.note_outcome(
                work.work_of(session.unit), session.id, happened, form.text("outcome"), now=work.now()
            )
        if not refused:
            done("mentor_outcome")
        return redirect(url_for("mentors.details", id=mentor_id))

    @expose("/sessions/<id>/cancel", methods=["POST"])
    def cancel_session(self, id: str) -> Response:
        session = service.get_session(work.current_work(), id_or_404(id))
        auth.needs("manage_slots")
        mentor_id = session.mentor_id
        with refusals_flashed() as refused:
            service.cancel(work.work_of(session.unit), session.id, "consultant", now=work.now())
        if not refused:
            done("mentor_session_cancelled")
        return redirect(url_for("mentors.details", id=mentor_id))

    def _form(
        self, unit: str, mentor: Mentor | None, values: dict[str, Any], error: Exception | None = None
    ) -> str:
        return self.render(
            "mentors/form.html", unit=unit, mentor=mentor, values=values, zones=ZONES,
            error=error if isinstance(error, FieldInvalid) else None,
            fields=[(code, formats.field_name(code)) for code in fields.codes()],
        )  # fmt: skip


def _table(found: Sequence[MentorSession]) -> dict[str, Any]:
    """What a table of sessions shows: who it is, and for what waits the mentor's link."""
    query = select(UnitProfile).where(UnitProfile.person_id.in_({session.person_id for session in found}))
    profiles = {(row.unit, row.person_id): row for row in work.session.scalars(query)}
    links = work.wiring().links
    return {
        "sessions": [(session, profiles.get((session.unit, session.person_id))) for session in found],
        "links": {
            session.id: links.mentor_page(session.unit, session.id, until=session.ends_at)
            for session in found if session.state == "asked"
        },
        "now": work.now(), "field_name": formats.field_name,
    }  # fmt: skip


def _blank() -> dict[str, Any]:
    plain = dict.fromkeys(_PLAIN, "")
    return plain | {
        "timezone": "America/Mexico_City", "weekly_capacity": "1", "session_minutes": "45", "active": True,
        "mentor_fields": [], "days": {},
    }  # fmt: skip


def _written(mentor: Mentor) -> dict[str, Any]:
    plain = {name: str(getattr(mentor, name)) for name in _PLAIN}
    return plain | {"active": mentor.active, "mentor_fields": mentor.fields, "days": mentor.availability}


def _posted(form: MultiDict[str, str]) -> dict[str, Any]:
    plain: dict[str, Any] = {name: form.get(name, "") for name in _PLAIN}
    days = {str(day): [form.get(f"from_{day}", ""), form.get(f"to_{day}", "")] for day in range(7)}
    return plain | {
        "active": bool(form.get("active")), "mentor_fields": form.getlist("mentor_fields"), "days": days,
    }  # fmt: skip


def _read(form: MultiDict[str, str]) -> rules.MentorForm:
    """Raises FieldInvalid."""
    reader = FormReader(form)
    days: dict[int, tuple[time, time]] = {}
    for day in range(7):
        since, upto = reader.time(f"from_{day}"), reader.time(f"to_{day}")
        if (since is None) != (upto is None):
            raise FieldInvalid("availability", "half")
        if since is not None and upto is not None:
            days[day] = (since, upto)
    return rules.MentorForm(
        name=reader.text("name", longest=200), email=reader.text("email", longest=200),
        about=reader.text("about", longest=300), fields=tuple(reader.texts("mentor_fields")), availability=days,
        timezone=reader.text("timezone"), weekly_capacity=reader.integer("weekly_capacity") or 0,
        session_minutes=reader.integer("session_minutes") or 0,
        meeting_place=reader.text("meeting_place", longest=300), active=reader.flag("active"),
    )  # fmt: skip
