"""What the facts of a vacancy want: a part of its page, and what somebody sets aside."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.queries.conversations import user_names
from huntred.attention import rules, service
from huntred.vacancies import service as vacancies


class AttentionView(BaseView):
    """`/attention/<vacancy id>`"""

    @expose("/")
    def index(self) -> Response:
        """What wants somebody stands on the page of the day."""
        return redirect(url_for("home.index"))

    @expose("/<id>")
    def vacancy(self, id: str) -> str:
        """What to do about one vacancy and how it stands beside alike ones; a part of its page, loaded behind it."""
        vacancy = vacancies.get(work.current_work(), id_or_404(id))
        told = service.attention_to(work.work_of(vacancy.unit), vacancy, now=work.now())
        return self.render(
            "attention/_vacancy.html", vacancy=vacancy, told=told, least=rules.LEAST_ALIKE,
            longest=service.LONGEST_REASON,
            names=user_names(work.session, [one.by for one in told.dismissed if one.by]),
        )  # fmt: skip

    @expose("/<id>/<kind>/dismiss", methods=["POST"])
    def dismiss(self, id: str, kind: str) -> Response:
        vacancy = vacancies.get(work.current_work(), id_or_404(id))
        vacancy_id, unit = vacancy.id, vacancy.unit
        auth.needs("move_applications")
        reason = FormReader(request.form).text("dismiss_reason")
        with refusals_flashed() as refused:
            service.dismiss(work.work_of(unit), vacancy_id, kind, reason, auth.acting_user(), now=work.now())
        if not refused:
            done("alert_dismissed")
        return _to(vacancy_id)

    @expose("/<id>/<kind>/recall", methods=["POST"])
    def recall(self, id: str, kind: str) -> Response:
        vacancy = vacancies.get(work.current_work(), id_or_404(id))
        auth.needs("move_applications")
        service.recall(work.work_of(vacancy.unit), vacancy.id, kind)
        done("alert_recalled")
        return _to(vacancy.id)


def _to(vacancy_id: UUID) -> Response:
    return redirect(url_for("vacancies.details", id=vacancy_id, _anchor="todo"))
