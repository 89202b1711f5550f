"""Business units: what each is called, who answers for it, its times and its privacy notice."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader
from huntred.errors import FieldInvalid
from huntred.units import editing
from huntred.units import service as units
from huntred.units.office_hours import GROUPS, Span

_LONGEST_NOTICE = 50_000


class UnitsView(BaseView):
    """`/units`: the super administrator's."""

    def is_accessible(self) -> bool:
        auth.needs_super()
        return True

    @expose("/")
    def index(self) -> str:
        uow = work.current_work()
        return self.render(
            "units/index.html",
            rows=[(unit, editing.form_of(unit)) for unit in units.all_units(uow) if unit.code in uow.scope.units],
        )

    @expose("/<code>", methods=["GET", "POST"])
    def details(self, code: str) -> str | Response:
        if code not in work.current_work().scope.units:
            abort(404)
        unit = units.get(work.current_work(), code)
        if request.method == "GET":
            return self.render("units/details.html", row=unit, values=editing.form_of(unit), error=None)
        with refusals_flashed() as refused:
            editing.save(work.work_of(code), code, _posted())
        if refused:
            unit = units.get(work.current_work(), code)
            values = {**editing.form_of(unit), **request.form.to_dict(), "in_picker": "in_picker" in request.form}
            return self.render("units/details.html", row=unit, values=values, error=refused.error)
        done("unit_saved")
        return redirect(url_for("units.details", code=code))


def _posted() -> editing.UnitForm:
    form = FormReader(request.form)
    return editing.UnitForm(
        name=form.text("unit_name"),
        tagline=form.text("tagline"),
        in_picker=form.flag("in_picker"),
        contact_name=form.text("contact_name"),
        contact_phone=form.text("phone"),
        contact_email=form.text("email"),
        hours_text=form.text("hours_text"),
        office={group: _span(form, group) for group in GROUPS},
        quiet_from=form.required(form.time("quiet_from"), "quiet_from"),
        quiet_to=form.required(form.time("quiet_to"), "quiet_to"),
        escalate_minutes=form.required(form.integer("escalate_minutes"), "escalate_minutes"),
        handoff_minutes=form.required(form.integer("handoff_minutes"), "handoff_minutes"),
        reminder_hours=_hours(form.text("reminder_hours")),
        profile_days=form.required(form.integer("profile_days"), "profile_days"),
        nearby_km=form.required(form.integer("nearby_km"), "nearby_km"),
        privacy_version=form.text("privacy_version"),
        privacy_notice=form.text("privacy_notice", longest=_LONGEST_NOTICE),
        reference_reminder_days=form.integer("reference_reminder_days"),
        reference_kept_days=form.integer("reference_kept_days"),
    )


def _span(form: FormReader, group: str) -> Span | None:
    """Both ends, or neither: then nobody works that day."""
    begins, ends = form.time(f"{group}_from"), form.time(f"{group}_to")
    if begins is None and ends is None:
        return None
    return form.required(begins, f"{group}_from"), form.required(ends, f"{group}_to")


def _hours(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.replace(" y ", ",").split(",") if part.strip())
    except ValueError:
        raise FieldInvalid("reminder_hours", "not_a_number") from None
