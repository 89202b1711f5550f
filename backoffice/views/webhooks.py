"""Webhooks out, for who runs the unit: addresses that hear of its events, and the log of every call."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from huntred.db.unit_of_work import UnitOfWork
from huntred.webhooks import rules, service
from huntred.webhooks.models import WebhookSubscription
from huntred.webhooks.service import SubscriptionForm

_ON_PAGE = 30


class WebhooksView(BaseView):
    """`/webhooks`"""

    def is_accessible(self) -> bool:
        return auth.runs_unit() or abort(404)

    @expose("/")
    def index(self) -> str:
        return self.render("webhooks/index.html", subscriptions=service.list_subscriptions(work.current_work()))

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> str:
        if request.method == "GET":
            return self._form({}, None)
        unit = request.form.get("unit", "")
        if unit not in work.current_work().scope.units:
            abort(404)
        made = None
        with refusals_flashed() as refused:
            made = service.subscribe(work.work_of(unit), _read(), now=work.now(), allow_loopback=_loopback())
        if refused or made is None:
            return self._form(_typed(), refused.error)
        return self._details(made[0], made[1])

    @expose("/<id>", methods=["GET", "POST"])
    def details(self, id: str) -> str | Response:
        found, uow = _found(id)
        if request.method == "GET":
            return self._details(found)
        with refusals_flashed() as refused:
            service.change(uow, found.id, _read(), now=work.now(), allow_loopback=_loopback())
        if refused:
            found, _ = _found(id)
            return self._details(found, values=_typed(), error=refused.error)
        done("webhook_saved")
        return redirect(url_for("webhooks.details", id=id))

    @expose("/<id>/secret", methods=["POST"])
    def secret(self, id: str) -> str:
        found, uow = _found(id)
        return self._details(found, service.rotate_secret(uow, found.id, now=work.now()))

    @expose("/<id>/test", methods=["POST"])
    def test(self, id: str) -> Response:
        found, uow = _found(id)
        service.send_test(uow, found.id, now=work.now())
        done("webhook_test_sent")
        return redirect(url_for("webhooks.details", id=id))

    @expose("/<id>/remove", methods=["POST"])
    def remove(self, id: str) -> Response:
        found, uow = _found(id)
        service.remove(uow, found.id)
        done("webhook_removed")
        return redirect(url_for("webhooks.index"))

    @expose("/<id>/deliveries/<delivery>/redeliver", methods=["POST"])
    def redeliver(self, id: str, delivery: str) -> Response:
        found, uow = _found(id)
        service.redeliver(uow, found.id, id_or_404(delivery), now=work.now())
        done("webhook_redelivered")
        return redirect(url_for("webhooks.details", id=id))

    def _details(
        self, found: WebhookSubscription, secret: str = "", values: Any = None, error: Exception | None = None
    ) -> str:
        page = service.log(
            work.current_work(), found.id, cursor=request.args.get("cursor", ""), limit=_ON_PAGE
        )
        kept = {"url": found.url, "description": found.description, "events": found.events, "active": found.active}
        return self.render(
            "webhooks/details.html", found=found, secret=secret, page=page, values=values or kept, error=error,
            all_events=rules.EVENT_TYPES,
        )  # fmt: skip

    def _form(self, values: Any, error: Exception | None) -> str:
        seen = set(work.current_work().scope.units)
        return self.render(
            "webhooks/new.html", values=values, error=error, all_events=rules.EVENT_TYPES,
            choices=[unit for unit in g.units if unit.code in seen],
        )  # fmt: skip


def _found(id: str) -> tuple[WebhookSubscription, UnitOfWork]:
    found = service.get_subscription(work.current_work(), id_or_404(id))
    return found, work.work_of(found.unit)


def _loopback() -> bool:
    return work.wiring().settings.webhooks_reach_loopback


def _read() -> SubscriptionForm:
    form = FormReader(request.form)
    return SubscriptionForm(form.text("url"), form.texts("events"), form.text("description"), form.flag("active"))


def _typed() -> dict[str, Any]:
    form = request.form
    values: dict[str, Any] = {name: form.get(name, "") for name in ("url", "description", "unit")}
    return values | {"events": form.getlist("events"), "active": bool(form.get("active"))}
