"""Several vacancies or applications at once: preview, do, undo. The rows are ticked in their lists."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, mass, work
from backoffice.forms import FormReader, id_or_404


class MassView(BaseView):
    """`/mass/<vacancies|applications>/…`, by POST alone but for the index, which leads home."""

    @expose("/")
    def index(self) -> Response:
        return redirect(url_for("home.index"))

    @expose("/vacancies/preview", methods=["POST"])
    def vacancies_preview(self) -> str | Response:
        step, ids = _step(), _ids("vacancies.index")
        if isinstance(ids, Response):
            return ids
        return self.render(
            "mass/preview.html", kind="vacancies", action=step, reason="", changes=mass.vacancies_planned(ids, step)
        )

    @expose("/vacancies/apply", methods=["POST"])
    def vacancies_apply(self) -> str | Response:
        step, ids = _step(), _ids("vacancies.index")
        if isinstance(ids, Response):
            return ids
        changes = mass.vacancies_done(ids, step, auth.acting_user(), now=work.now())
        return self.render("mass/done.html", kind="vacancies", action=step, changes=changes)

    @expose("/applications/preview", methods=["POST"])
    def applications_preview(self) -> str | Response:
        kind, reason, ids = _target(), _reason(), _ids("applications.index")
        if isinstance(ids, Response):
            return ids
        changes = mass.applications_planned(ids, kind, reason)
        return self.render("mass/preview.html", kind="applications", action=kind, reason=reason, changes=changes)

    @expose("/applications/apply", methods=["POST"])
    def applications_apply(self) -> str | Response:
        kind, reason, ids = _target(), _reason(), _ids("applications.index")
        if isinstance(ids, Response):
            return ids
        changes = mass.applications_done(ids, kind, reason, auth.acting_user(), now=work.now())
        return self.render("mass/done.html", kind="applications", action=kind, changes=changes)

    @expose("/applications/undo", methods=["POST"])
    def applications_undo(self) -> str:
        auth.needs("move_applications")
        moves = [_move(told) for told in FormReader(request.form).texts("move")[: mass.MOST]]
        changes = mass.applications_undone(moves, auth.acting_user(), now=work.now())
        return self.render("mass/done.html", kind="applications", action="undo", changes=changes)


def _step() -> str:
    auth.needs("publish_vacancies")
    step = request.form.get("action", "")
    return step if step in mass.VACANCY_STEPS else abort(400)


def _target() -> str:
    auth.needs("move_applications")
    kind = request.form.get("action", "")
    return kind if kind in mass.TARGETS else abort(400)


def _reason() -> str:
    return FormReader(request.form).text("reason", longest=1000)


def _ids(back: str) -> list[UUID] | Response:
    """The ticked rows, each once; without any the list says so."""
    found = list(dict.fromkeys(id_or_404(told) for told in FormReader(request.form).texts("id")))
    problem = "" if found else "nothing_ticked"
    problem = "too_many" if len(found) > mass.MOST else problem
    if not problem:
        return found
    work.refuse()
    flash(f"field_invalid|id|{problem}", "refused")
    return redirect(url_for(back))


def _move(told: str) -> tuple[UUID, UUID, UUID]:
    parts = told.split(":")
    if len(parts) != 3:
        abort(400)
    one, back, expected = (id_or_404(part) for part in parts)
    return one, back, expected
