"""Calendar and interviews: the page, times opened and changed, moves proposed, and what came of an interview."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, calendar_page, live_tokens, slot_form, work
from backoffice.errors import done, refusals_flashed
from backoffice.formats import local, viewer_zone
from backoffice.forms import FormReader, id_or_404
from backoffice.lists import listing
from backoffice.lists.catalogue import INTERVIEW_STATES
from backoffice.queries import interviews as queries
from backoffice.queries import vacancies as vacancy_queries
from huntred.errors import FieldInvalid, NotFound, RuleBroken
from huntred.interviews import calendar, holidays, proposals, rooms, service
from huntred.interviews.models import Interview, InterviewSlot


class InterviewsView(BaseView):
    """`/interviews`"""

    @expose("/")
    def index(self) -> str:
        uow = work.current_work()
        shown = _shown()
        return self.render(
            "interviews/index.html",
            **shown,
            live=live_tokens.for_units(),
            interviewers=queries.interviewers(uow.session, uow.scope.units),
            vacancies=queries.with_slots(uow.session, shown["asked"].wanted.vacancy_id),
            rooms=rooms.rooms(uow),
            states=calendar.STATES,
            zone=viewer_zone().key,
            zone_label=calendar_page.zone_label(viewer_zone(), shown["asked"].start),
        )

    @expose("/grid")
    def grid(self) -> str:
        """The part that changes, for an open page that hears of something new."""
        return self.render("interviews/_grid.html", **_shown())

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
        error: RuleBroken | None = None
        if request.method == "POST":
            with refusals_flashed() as refused:
                made = service.make_slots(work.work_of(unit), slot_form.read_plan(request.form), now=work.now())
                if not made.slots:
                    raise FieldInvalid("days", "nothing_made")
            if not refused:
                done(f"slots_made:{len(made.slots)}:{made.left_out}")
                return redirect(_day_of(made.slots[0]))
            error = refused.error
        session = work.current_work().session
        today = local(work.now()).date()
        return self.render(
            "interviews/new_slots.html",
            unit=unit,
            values=request.values,
            error=error,
            first_day=request.args.get("date", "") or (today + timedelta(days=1)).isoformat(),
            colleagues=vacancy_queries.colleagues(session, unit),
            vacancies=queries.open_vacancies(session, unit),
            rooms=rooms.rooms(work.current_work(), unit=unit),
            zones=slot_form.ZONES,
            zone=next(one.timezone for one in queries.units(session) if one.code == unit),
            me=auth.acting_user(),
        )

    @expose("/slots/<id>")
    def slot(self, id: str) -> str:
        return self._slot(queries.slot_or_404(work.current_work().session, id_or_404(id)))

    @expose("/slots/<id>/change", methods=["POST"])
    def change_slot(self, id: str) -> str | Response:
        slot = queries.slot_or_404(work.current_work().session, id_or_404(id))
        auth.needs("manage_slots")
        unit, slot_id = slot.unit, slot.id
        with refusals_flashed() as refused:
            changed, stayed = service.change_slot(
                work.work_of(unit), slot_id, slot_form.read_change(request.form),
                following=request.form.get("which") == "following", now=work.now(),
            )  # fmt: skip
        if not refused:
            done(f"slots_changed:{changed}:{stayed}")
            return redirect(url_for("interviews.slot", id=id))
        return self._slot(queries.slot_or_404(work.current_work().session, slot_id), refused.error)

    @expose("/slots/<id>/cancel", methods=["POST"])
    def cancel_slot(self, id: str) -> Response:
        slot = queries.slot_or_404(work.current_work().session, id_or_404(id))
        auth.needs("manage_slots")
        back = _day_of(slot)
        with refusals_flashed() as refused:
            gone, stayed = service.cancel_slot(
                work.work_of(slot.unit), slot.id, following=request.form.get("which") == "following", now=work.now()
            )
        if refused:
            return redirect(url_for("interviews.slot", id=id))
        done(f"slots_cancelled:{gone}:{stayed}")
        return redirect(back)

    @expose("/rooms", methods=["GET", "POST"])
    def rooms(self) -> str | Response:
        """The rooms in which interviews take place, of the units in scope."""
        if not auth.runs_unit():
            raise NotFound("rooms")
        uow = work.current_work()
        error: RuleBroken | None = None
        if request.method == "POST":
            form = FormReader(request.form)
            with refusals_flashed() as refused:
                unit = form.text("unit") or (uow.scope.units[0] if len(uow.scope.units) == 1 else "")
                if unit not in uow.scope.units:
                    raise NotFound("unit")
                rooms.add_room(work.work_of(unit), form.text("room_name"), form.text("address", longest=500))
            if not refused:
                done("room_saved")
                return redirect(url_for("interviews.rooms"))
            error = refused.error
        return self.render(
            "interviews/rooms.html", rooms=rooms.rooms(uow, active=False), values=request.form, error=error
        )

    @expose("/rooms/<id>/use", methods=["POST"])
    def use_room(self, id: str) -> Response:
        if not auth.runs_unit():
            raise NotFound("rooms")
        room = queries.room_or_404(work.current_work().session, id_or_404(id))
        rooms.use_room(work.work_of(room.unit), room.id, request.form.get("active") == "yes")
        done("room_saved")
        return redirect(url_for("interviews.rooms"))

    @expose("/<id>")
    def details(self, id: str) -> str:
        uow = work.current_work()
        interview = service.get(uow, id_or_404(id))
        return self.render(
            "interviews/details.html",
            interview=interview,
            interviewer=queries.user(uow.session, interview.interviewer_id),
            waiting=proposals.waiting_of(uow, [interview.id]).get(interview.id),
            asked_to=slot_form.moment_value(interview.slot.starts_at + timedelta(days=1)),
            others=interview.slot.booked - 1,
        )

    @expose("/<id>/propose", methods=["GET", "POST"])
    def propose(self, id: str) -> Any:
        """Ask the candidate about another time: a dialog of the calendar, and a page by itself."""
        uow = work.current_work()
        interview = service.get(uow, id_or_404(id))
        auth.needs("manage_slots")
        interview_id, raw = interview.id, request.values.get("to", "")
        error: RuleBroken | None = None
        if request.method == "POST":
            try:
                proposals.propose(
                    work.work_of(interview.unit), interview_id, slot_form.read_moment(raw), auth.acting_user(),
                    on_holiday=request.form.get("holidays") == "keep", now=work.now(),
                )  # fmt: skip
            except RuleBroken as problem:
                work.refuse()
                error = problem
            else:
                done("move_proposed")
                to = request.form.get("back", "") if _is_ours(request.form) else _details(interview_id)
                # The dialog goes there itself: a redirect that it follows would use up what the page has to say.
                return Response(status=204, headers={"HX-Redirect": to}) if _is_part() else redirect(to)
            interview = service.get(uow, interview_id)
        return self._proposing(interview, raw, error)

    @expose("/proposals/<id>/withdraw", methods=["POST"])
    def withdraw(self, id: str) -> Response:
        proposal = proposals.get(work.current_work(), id_or_404(id))
        auth.needs("manage_slots")
        interview_id = proposal.interview_id
        with refusals_flashed() as refused:
            proposals.withdraw(work.work_of(proposal.unit), proposal.id, now=work.now())
        if not refused:
            done("move_withdrawn")
        return redirect(request.form.get("back", "") if _is_ours(request.form) else _details(interview_id))

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

    def _slot(self, slot: InterviewSlot, error: RuleBroken | None = None) -> str:
        uow = work.current_work()
        unit_zone = next(one.timezone for one in queries.units(uow.session) if one.code == slot.unit)
        return self.render(
            "interviews/slot.html",
            entry=calendar.entry_of(uow, slot),
            values=request.form if error else slot_form.change_values(slot, unit_zone),
            error=error,
            rooms=rooms.rooms(uow, unit=slot.unit),
            zone=slot.timezone or unit_zone,
        )

    def _proposing(self, interview: Interview, raw: str, error: RuleBroken | None) -> str:
        try:
            to = slot_form.read_moment(raw) if raw else None
        except FieldInvalid as refused:
            to, error = None, refused
        length = interview.slot.ends_at - interview.slot.starts_at
        return self.render(
            "interviews/_propose.html" if _is_part() else "interviews/propose.html",
            interview=interview,
            to=to,
            to_end=to + length if to else None,
            to_value=slot_form.moment_value(to or interview.slot.starts_at + timedelta(days=1)),
            holiday=holidays.holiday(local(to).date()) if to else "",
            error=error,
            back=request.values.get("back", ""),
            zone=viewer_zone().key,
        )


def _shown() -> dict[str, Any]:
    uow = work.current_work()
    asked = calendar_page.read(request.args, local(work.now()).date())
    entries = calendar.between(uow, asked.start, asked.end, asked.wanted)
    days = calendar_page.days_of(asked, entries)
    hours = range(0)
    if asked.view in ("week", "day"):
        hours = calendar_page.hours_of(days)
        calendar_page.lay_out(days, asked.view, hours)
    return {
        "asked": asked, "days": days, "hours": hours, "today": local(work.now()).date(),
        "stamp": calendar_page.stamp(asked, entries), "any": bool(entries),
        "cut": len(entries) >= calendar.MOST_ENTRIES, "may_move": auth.may("manage_slots"),
    }  # fmt: skip


def _day_of(slot: InterviewSlot) -> str:
    return url_for("interviews.index", date=local(slot.starts_at).date().isoformat())


def _details(interview_id: UUID) -> str:
    return url_for("interviews.details", id=interview_id)


def _is_part() -> bool:
    return bool(request.headers.get("HX-Request"))


def _is_ours(form: Any) -> bool:
    """Whether the address to go back to is one of the calendar's."""
    return str(form.get("back", "")).startswith(url_for("interviews.index"))
