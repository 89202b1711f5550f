"""The learning plan of a person, written by the team; it is shown on the person's page."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from huntred.errors import NotFound
from huntred.learning import service
from huntred.learning.models import LearningStep
from huntred.people.models import UnitProfile


class LearningView(BaseView):
    """`/learning`"""

    @expose("/")
    def index(self) -> Response:
        """Each belongs to a person; the list of them leads there."""
        return redirect(url_for("people.index"))

    @expose("/person/<id>/add", methods=["POST"])
    def add(self, id: str) -> Response:
        profile = work.session.get(UnitProfile, id_or_404(id))
        if profile is None:
            raise NotFound(f"profile {id}")
        auth.needs("reply")
        profile_id, form = profile.id, FormReader(request.form)
        with refusals_flashed() as refused:
            service.add(
                work.work_of(profile.unit), profile.person_id, form.text("step_skill"), form.text("step_note"),
                now=work.now(),
            )  # fmt: skip
        if not refused:
            done("plan_saved")
        return _to(profile_id)

    @expose("/steps/<id>/<any(done, open, write, remove):what>", methods=["POST"])
    def step(self, id: str, what: str) -> Response:
        step = service.get(work.current_work(), id_or_404(id))
        auth.needs("reply")
        profile_id, uow, form = _profile_of(step), work.work_of(step.unit), FormReader(request.form)
        with refusals_flashed() as refused:
            if what == "remove":
                service.remove(uow, step.id)
            elif what == "write":
                service.write(uow, step.id, form.text("step_skill"), form.text("step_note"))
            else:
                service.mark(uow, step.id, what == "done", "consultant", now=work.now())
        if not refused:
            done("plan_saved")
        return _to(profile_id)


def _profile_of(step: LearningStep) -> UUID:
    query = select(UnitProfile.id).where(UnitProfile.unit == step.unit, UnitProfile.person_id == step.person_id)
    found = work.session.scalar(query)
    if found is None:
        raise NotFound(f"learning step {step.id}")
    return found


def _to(profile_id: UUID) -> Response:
    return redirect(url_for("people.details", id=profile_id, _anchor="plan"))
