"""Settings of a unit's board, for who runs the unit: limits and ageing of the stages, reasons of rejections."""

from __future__ import annotations

from uuid import UUID

from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.moving import units_with_board
from huntred.applications import board_settings, farewell, service
from huntred.applications.board_settings import ReasonForm
from huntred.applications.rules import ENDED_KINDS
from huntred.db.unit_of_work import UnitOfWork


class BoardSettingsView(BaseView):
    """`/board/settings`"""

    @expose("/")
    def index(self) -> str:
        uow = _named_unit()
        return self.render(
            "board/settings.html",
            unit_code=uow.unit,
            choices=units_with_board(),
            stages=service.stages(uow),
            reasons=board_settings.reasons(uow, only_active=False),
            ended=ENDED_KINDS,
            longest=farewell.LONGEST,
        )

    @expose("/stages", methods=["POST"])
    def stages(self) -> Response:
        uow, form = _named_unit(), FormReader(request.form)
        with refusals_flashed() as refused:
            for stage in service.stages(uow):
                if stage.kind not in ENDED_KINDS:
                    wip_limit, ageing_days = (form.integer(f"{name}_{stage.id}") for name in _LIMITS)
                    board_settings.set_limits(uow, stage.id, wip_limit=wip_limit, ageing_days=ageing_days)
        return _back(uow.unit, saved=not refused)

    @expose("/reasons", methods=["POST"])
    def add_reason(self) -> Response:
        return _write_reason(None)

    @expose("/reasons/<id>", methods=["POST"])
    def change_reason(self, id: str) -> Response:
        return _write_reason(id_or_404(id))


_LIMITS = ("wip_limit", "ageing_days")


def _write_reason(reason_id: UUID | None) -> Response:
    uow, form = _named_unit(), FormReader(request.form)
    with refusals_flashed() as refused:
        reason = ReasonForm(form.text("reason_name"), form.text("message"), form.flag("active"))
        if reason_id is None:
            board_settings.add_reason(uow, reason)
        else:
            board_settings.change_reason(uow, reason_id, reason)
    return _back(uow.unit, saved=not refused)


def _named_unit() -> UnitOfWork:
    """The work of the unit that is named, else of the first with a board; only for who runs it."""
    code = request.values.get("unit") or next(iter(units_with_board()), "")
    if code not in work.current_work().scope.units or not auth.runs_unit():
        abort(404)
    return work.work_of(code)


def _back(unit: str, *, saved: bool) -> Response:
    if saved:
        done("board_settings_saved")
    return redirect(url_for("board_settings.index", unit=unit))
