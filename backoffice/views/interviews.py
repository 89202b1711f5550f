"""Interviews and slots: the week, slots made and taken away, and what came of an interview."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.formats import MEXICO, local
from backoffice.forms import FormReader, id_or_404
from backoffice.lists import listing
from backoffice.lists.catalogue import INTERVIEW_STATES
from backoffice.queries import interviews as queries
from backoffice.queries import vacancies as vacancy_queries
from huntred.errors import FieldInvalid
from huntred.interviews import service
from huntred.interviews.errors import NotBookable
from huntred.interviews.types import SlotPlan, WeekEntry

_MOST_DAYS = 31


class InterviewsView(BaseView):
    """`/interviews`"""

    @expose("/")
    def index(self) -> str:
        monday = self._monday()
        start = datetime.combine(monday, time(), MEXICO)
        entries = service.week(work.current_work(), start, start + timedelta(days=7))
        entries = [entry for entry in entries if entry.interview or entry.slot.cancelled_at is None]
        shown = request.args.get("show", "")
        if shown == "booked":
            entries = [entry for entry in entries if entry.interview]
        days = [monday + timedelta(days=offset) for offset in range(7)]
        by_day: dict[date, list[WeekEntry]] = {day: [] for day in days}
        for entry in entries:
            by_day[local(entry.slot.starts_at).date()].append(entry)
        if not by_day[days[6]]:
            days.pop()
            if not by_day[days[5]]:
                days.pop()
        return self.render(
            "interviews/index.html",
            days=days,
            by_day=by_day,
            monday=monday,
            previous=monday - timedelta(days=7),
            following=monday + timedelta(days=7),
            today=local(work.now()).date(),
            shown=shown,
        )

    @expose("/list")
    def table(self) -> str:
        """All of them, with filters, as a table."""
        return self.render("interviews/table.html", listing=listing.show("interviews"), states=INTERVIEW_STATES)

    @expose("/slots/new", methods=["GET", "POST"])
    def new_slots(self) -> str | Response:
        auth.needs("manage_slots")
        units = work.current_work().scope.units
        unit = request.values.get("unit", "") or (units[0] if len(units) == 1 else "")
        if unit not in units:
            return self.render("interviews/choose_unit.html")
        error: Exception | None = None
        if request.method == "POST":
            with refusals_flashed() as refused:
                made = service.make_slots(work.work_of(unit), _read_plan(request.form), now=work.now())
                if not made:
                    raise FieldInvalid("days", "nothing_made")
            if not refused:
                done(f"slots_made:{len(made)}")
                first = local(made[0].starts_at).date()
                return redirect(url_for("interviews.index", week=first.isoformat()))
            error = refused.error
        session = work.current_work().session
        tomorrow = local(work.now()).date() + timedelta(days=1)
        return self.render(
            "interviews/new_slots.html",
            unit=unit,
            values=request.form,
            error=error,
            tomorrow=tomorrow,
            colleagues=vacancy_queries.colleagues(session, unit),
            vacancies=queries.open_vacancies(session, unit),
            me=auth.acting_user(),
        )

    @expose("/slots/<id>/cancel", methods=["POST"])
    def cancel_slot(self, id: str) -> Response:
        slot = queries.slot_or_404(work.current_work().session, id_or_404(id))
        auth.needs("manage_slots")
        with refusals_flashed() as refused:
            service.cancel_slot(work.work_of(slot.unit), slot.id, now=work.now())
        if not refused:
            done("slot_cancelled")
        return redirect(url_for("interviews.index", week=local(slot.starts_at).date().isoformat()))

    @expose("/<id>")
    def details(self, id: str) -> str:
        uow = work.current_work()
        interview = service.get(uow, id_or_404(id))
        return self.render(
            "interviews/details.html",
            interview=interview,
            interviewer=queries.user(uow.session, interview.interviewer_id),
            free=_free(interview.unit, interview.application_id) if interview.state == "booked" else [],
        )

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:
        interview = service.get(work.current_work(), id_or_404(id))
        auth.needs("manage_slots")
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            slot_id = form.required(form.id("slot"), "slot")
            service.reschedule(work.work_of(interview.unit), interview.id, slot_id, now=work.now())
        if not refused:
            done("interview_moved")
        return redirect(url_for("interviews.details", id=id))

    @expose("/<id>/cancel", methods=["POST"])
    def cancel(self, id: str) -> Response:
        interview = service.get(work.current_work(), id_or_404(id))
        auth.needs("manage_slots")
        reason = FormReader(request.form).text("reason", longest=500)
        with refusals_flashed() as refused:
            service.cancel(work.work_of(interview.unit), interview.id, "consultant", reason, now=work.now())
        if not refused:
            done("interview_cancelled")
        return redirect(url_for("interviews.details", id=id))

    @expose("/<id>/outcome", methods=["POST"])
    def outcome(self, id: str) -> Response:
        interview = service.get(work.current_work(), id_or_404(id))
        auth.needs("manage_slots")
        attended = request.form.get("attended") == "yes"
        with refusals_flashed() as refused:
            service.record_outcome(work.work_of(interview.unit), interview.id, attended, now=work.now())
        if not refused:
            done("interview_outcome")
        return redirect(url_for("interviews.details", id=id))

    def _monday(self) -> date:
        try:
            asked = date.fromisoformat(request.args.get("week", ""))
        except ValueError:
            asked = local(work.now()).date()
        asked = min(max(asked, date(2000, 1, 8)), date(2100, 1, 1))
        return asked - timedelta(days=asked.weekday())


def _free(unit: str, application_id: UUID) -> list[object]:
    try:
        return list(service.free_slots(work.work_of(unit), application_id, now=work.now(), limit=12))
    except NotBookable:
        return []


def _read_plan(form: object) -> SlotPlan:
    reader = FormReader(form)  # type: ignore[arg-type]
    first = reader.required(reader.day("first_day"), "first_day")
    last = reader.day("last_day") or first
    if last < first or (last - first).days > _MOST_DAYS:
        raise FieldInvalid("last_day", "out_of_range")
    weekdays = {int(value) for value in reader.texts("weekdays") if value in "0123456" and value}
    days = tuple(
        day for offset in range((last - first).days + 1)
        if (day := first + timedelta(days=offset)).weekday() in weekdays or first == last
    )  # fmt: skip
    return SlotPlan(
        interviewer_id=reader.required(reader.id("interviewer_id"), "interviewer_id"),
        days=days,
        from_time=reader.required(reader.time("from_time"), "from_time"),
        to_time=reader.required(reader.time("to_time"), "to_time"),
        minutes=reader.integer("minutes") or 30,
        modality=reader.text("modality"),
        vacancy_id=reader.id("vacancy_id"),
        # A division's consultant offers times of the division; a vacancy brings its own.
        division_id=next(iter(work.current_work().scope.divisions), None),
        address=reader.text("address", longest=500),
        latitude=reader.coordinate("latitude"),
        longitude=reader.coordinate("longitude"),
        video_url=_video_url(reader.text("video_url", longest=500)),
    )


def _video_url(value: str) -> str:
    if value and not value.startswith("https://"):
        raise FieldInvalid("video_url", "not_a_link")
    return value
