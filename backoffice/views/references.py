"""References: asked for on an application, seen side by side once they came, and written down after a call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.queries import references as queries
from backoffice.reference_form import read_answer, values_of
from backoffice.reports import pdf
from huntred.applications import service as applications
from huntred.applications.models import Application
from huntred.errors import FieldInvalid
from huntred.people import service as people
from huntred.references import answering, rules, service
from huntred.references.models import ReferenceRequest
from huntred.references.summary import flags, summarised


class ReferencesView(BaseView):
    """`/references`"""

    @expose("/")
    def index(self) -> str:
        session = work.current_work().session
        return self.render("references/index.html", found=queries.listed(session), calls=queries.to_call(session))

    @expose("/application/<id>/ask", methods=["POST"])
    def ask(self, id: str) -> Response:
        application = applications.get(work.current_work(), id_or_404(id))
        auth.needs("move_applications")
        application_id, unit, form = application.id, application.unit, FormReader(request.form)
        with refusals_flashed() as refused:
            service.ask(
                work.work_of(unit), application_id, form.integer("wanted"), form.day("due_on"),
                user_id=auth.acting_user(), now=work.now(),
            )  # fmt: skip
        if not refused:
            done("references_asked")
        return redirect(url_for("applications.details", id=application_id))

    @expose("/<id>")
    def details(self, id: str) -> str:
        found = service.get(work.current_work(), id_or_404(id))
        lost = queries.undelivered(work.current_work().session, found)
        return self.render("references/details.html", **_summary(found), undelivered=lost)

    @expose("/<id>/summary.pdf")
    def summary(self, id: str) -> Response:
        """The same as the page, to take along. It names the referees: it is for the team."""
        found = service.get(work.current_work(), id_or_404(id))
        response = FlaskResponse(
            pdf.write_pdf(render_template("references/summary.html", **_summary(found))), mimetype="application/pdf"
        )
        response.headers["Content-Disposition"] = f'inline; filename="referencias-{_application(found).number}.pdf"'
        return response

    @expose("/<id>/cancel", methods=["POST"])
    def cancel(self, id: str) -> Response:
        found = service.get(work.current_work(), id_or_404(id))
        auth.needs("move_applications")
        request_id, unit = found.id, found.unit
        with refusals_flashed() as refused:
            service.cancel(work.work_of(unit), request_id, now=work.now())
        if not refused:
            done("references_cancelled")
        return redirect(url_for("references.details", id=request_id))

    @expose("/<id>/seen", methods=["POST"])
    def seen(self, id: str) -> Response:
        """Put it away from Hoy, for everybody."""
        found = service.get(work.current_work(), id_or_404(id))
        auth.needs("move_applications")
        service.note_seen(work.work_of(found.unit), found.id, now=work.now())
        return redirect(url_for("home.index"))

    @expose("/referees/<id>/answer", methods=["GET", "POST"])
    def record(self, id: str) -> str | Response:
        """What a referee said on the phone, in the same questions that the others read."""
        uow = work.current_work()
        referee = service.get_referee(uow, id_or_404(id))
        auth.needs("move_applications")
        referee_id, request_id, unit = referee.id, referee.request_id, referee.unit
        error: Exception | None = None
        if request.method == "POST":
            send = FormReader(request.form).text("step", longest=20) == "send"
            with refusals_flashed() as refused:
                answering.save_answer(
                    work.work_of(unit), referee_id, read_answer(request.form), send=send, user_id=auth.acting_user(),
                    now=work.now(),
                )  # fmt: skip
            if not refused:
                done("reference_recorded" if send else "reference_draft")
                return redirect(url_for("references.details", id=request_id))
            error = refused.error
            referee = service.get_referee(work.current_work(), referee_id)
        return self.render(
            "references/record.html", referee=referee, error=error if isinstance(error, FieldInvalid) else None,
            values=request.form if error else values_of(referee.answer), competences=rules.COMPETENCES,
            questions=rules.QUESTIONS, candidate=people.name_of(work.work_of(unit), referee.request.person_id),
        )  # fmt: skip

    @expose("/referees/<id>/refused", methods=["POST"])
    def refused(self, id: str) -> Response:
        """They said on the phone that they would rather not answer."""
        referee = service.get_referee(work.current_work(), id_or_404(id))
        auth.needs("move_applications")
        referee_id, request_id, unit = referee.id, referee.request_id, referee.unit
        with refusals_flashed() as refused:
            answering.refuse_to_answer(work.work_of(unit), referee_id, now=work.now())
        if not refused:
            done("reference_recorded")
        return redirect(url_for("references.details", id=request_id))


def _application(found: ReferenceRequest) -> Application:
    return applications.get(work.current_work(), found.application_id)


def _summary(found: ReferenceRequest) -> dict[str, Any]:
    """What page and PDF show: counted, quoted, and what does not fit with the CV."""
    jobs = service.jobs_of(work.work_of(found.unit), found.person_id)
    marks: dict[UUID, Any] = {referee.id: flags(referee, jobs) for referee in found.referees}
    return {
        "found": found, "application": _application(found), "summary": summarised(found.referees), "flags": marks,
        "open": found.state in rules.OPEN_STATES,
    }  # fmt: skip
