"""Applications: list, one with its answers and history, and the move to another stage with its reason."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.lists import listing
from backoffice.lists.catalogue import read_application_filter
from backoffice.queries import applications as queries
from huntred.applications import service
from huntred.interviews import service as interviews


class ApplicationsView(BaseView):
    """`/applications`"""

    @expose("/")
    def index(self) -> str:
        return self.render(
            "applications/index.html",
            listing=listing.show("applications"),
            wanted=read_application_filter(FormReader(request.args)),
            kinds=queries.KINDS,
        )

    @expose("/<id>")
    def details(self, id: str) -> str:
        uow = work.current_work()
        application = service.get(uow, id_or_404(id))
        unit_work = work.work_of(application.unit)
        return self.render(
            "applications/details.html",
            application=application,
            stages=service.stages(unit_work),
            moves=queries.moves(uow.session, application.id),
            ahead=interviews.ahead_of_applications(unit_work, [application.id], now=None).get(application.id),
            earlier=queries.interviews_of(uow.session, application.id),
        )

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:
        application = service.get(work.current_work(), id_or_404(id))
        auth.needs("move_applications")
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            service.move(
                work.work_of(application.unit),
                application.id,
                form.required(form.id("to_stage"), "to_stage"),
                auth.acting_user(),
                form.text("reason", longest=1000),
                form.required(form.id("expected_stage"), "to_stage"),
                now=work.now(),
            )
        if not refused:
            done("application_moved")
        return redirect(url_for("applications.details", id=id))
