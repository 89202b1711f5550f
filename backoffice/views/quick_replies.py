"""Quick replies of a unit: what its consultants often write, kept on one page."""

from __future__ import annotations

from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from huntred.conversations.quick_replies import (
    get_quick_reply,
    list_quick_replies,
    placeholders,
    remove_quick_reply,
    save_quick_reply,
)


class QuickRepliesView(BaseView):
    """`/quick-replies`"""

    @expose("/")
    def index(self) -> str:
        return self._page()

    @expose("/new", methods=["POST"])
    def new(self) -> str | Response:
        auth.needs("reply")
        unit = request.form.get("unit", "")
        if unit not in work.current_work().scope.units:
            abort(404)
        return self._save(unit)

    @expose("/<id>/edit", methods=["POST"])
    def edit(self, id: str) -> str | Response:
        reply = get_quick_reply(work.current_work(), id_or_404(id))
        auth.needs("reply")
        return self._save(reply.unit, id)

    @expose("/<id>/remove", methods=["POST"])
    def remove(self, id: str) -> Response:
        reply = get_quick_reply(work.current_work(), id_or_404(id))
        auth.needs("reply")
        remove_quick_reply(work.work_of(reply.unit), reply.id)
        done("quick_reply_removed")
        return redirect(url_for("quick_replies.index"))

    def _save(self, unit: str, id: str = "") -> str | Response:
        form = FormReader(request.form)
        values = {"shortcut": form.text("shortcut"), "quick_text": form.text("quick_text"), "unit": unit}
        with refusals_flashed() as refused:
            save_quick_reply(
                work.work_of(unit), values["shortcut"], values["quick_text"], now=work.now(),
                reply_id=id_or_404(id) if id else None,
            )  # fmt: skip
        if refused:
            return self._page(values, id)
        done("quick_reply_saved")
        return redirect(url_for("quick_replies.index"))

    def _page(self, values: dict[str, str] | None = None, edited: str = "") -> str:
        """values: what was typed and refused; edited: of which one, where it is no new one."""
        uow = work.current_work()
        shown = [unit for unit in g.units if unit.code in uow.scope.units]
        return self.render(
            "quick_replies/index.html",
            by_unit=[(unit, list_quick_replies(uow, unit.code)) for unit in shown],
            values=values or {},
            edited=edited,
            words=list(placeholders()),
            may_reply=auth.may("reply"),
        )
