"""Starting all conversations of a unit anew: for the super administrator, who types the unit's code."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.queries.conversations import user_names
from huntred.conversations import resetting
from huntred.errors import NotFound


class ResetsView(BaseView):
    """`/resets`"""

    def is_accessible(self) -> bool:
        auth.needs_super()
        return True

    @expose("/")
    def index(self) -> str:
        uow = work.current_work()
        found = resetting.latest(uow)
        return self.render(
            "resets/index.html", resets=found, counts={code: resetting.count(uow, code) for code in uow.scope.units},
            user_names=user_names(uow.session, [one.asked_by for one in found]),
        )  # fmt: skip

    @expose("/<unit>", methods=["POST"])
    def ask(self, unit: str) -> Response:
        if unit not in work.current_work().scope.units:
            raise NotFound("unit")
        with refusals_flashed() as refused:
            confirmation = FormReader(request.form).text("unit_code", longest=100)
            resetting.ask(work.work_of(unit), confirmation, auth.acting_user(), now=work.now())
        if not refused:
            done("reset_asked")
        return redirect(url_for("resets.index"))

    @expose("/<id>/progress")
    def progress(self, id: str) -> str:
        """How far one is: what the page asks for until it is done."""
        return self.render("resets/_progress.html", reset=resetting.get(work.current_work(), id_or_404(id)))
