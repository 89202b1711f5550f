"""Several vacancies at once: preview, do, undo. The rows are ticked in their list."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, mass, work
from backoffice.forms import FormReader, id_or_404


class MassView(BaseView):
    """`/mass/vacancies/…`, by POST alone but for the index, which leads home."""

    @expose("/")
    def index(self) -> Response:
        return redirect(url_for("home.index"))

    @expose("/vacancies/preview", methods=["POST"])
    def vacancies_preview(self) -> str | Response:
        step, ids = _step(), _ids()
        if isinstance(ids, Response):
            return ids
        return self.render("mass/preview.html", action=step, changes=mass.vacancies_planned(ids, step))

    @expose("/vacancies/apply", methods=["POST"])
    def vacancies_apply(self) -> str | Response:
        step, ids = _step(), _ids()
        if isinstance(ids, Response):
            return ids
        changes = mass.vacancies_done(ids, step, auth.acting_user(), now=work.now())
        return self.render("mass/done.html", action=step, changes=changes)


def _step() -> str:
    auth.needs("publish_vacancies")
    step = request.form.get("action", "")
    return step if step in mass.VACANCY_STEPS else abort(400)


def _ids() -> list[UUID] | Response:
    """The ticked rows, each once; without any the list says so."""
    found = list(dict.fromkeys(id_or_404(told) for told in FormReader(request.form).texts("id")))
    problem = "" if found else "nothing_ticked"
    problem = "too_many" if len(found) > mass.MOST else problem
    if not problem:
        return found
    work.refuse()
    flash(f"field_invalid|id|{problem}", "refused")
    return redirect(url_for("vacancies.index"))
