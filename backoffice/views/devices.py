"""The browsers in which I am told that somebody waits: added by a click there, tried, removed."""

from __future__ import annotations

from flask import g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, pushing, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from contract.ids import new_id
from huntred.errors import NotFound
from huntred.notifications.wording import wording
from huntred.push import queue, service
from huntred.push.ports import Subscription
from huntred.push.rules import Told

_LONGEST = 2000


class DevicesView(BaseView):
    """`/devices`; they are listed on one's account."""

    @expose("/")
    def index(self) -> Response:
        return redirect(url_for("account.index"))

    @expose("/new", methods=["POST"])
    def add(self) -> Response:
        """What the browser gave the page when its person allowed it."""
        form = FormReader(request.form)
        if not pushing.public_key():
            raise NotFound("web push")
        with refusals_flashed() as refused:
            given = Subscription(*(form.text(name, longest=_LONGEST) for name in ("endpoint", "p256dh", "auth")))
            service.add_device(
                work.current_work(), auth.acting_user(), given, request.user_agent.string, now=work.now(),
                allow_loopback=work.wiring().settings.webhooks_reach_loopback,
            )  # fmt: skip
        if not refused:
            done("device_added")
        return redirect(url_for("account.index"))

    @expose("/which", methods=["POST"])
    def which(self) -> dict[str, str]:
        """Whether the browser that asks is one of mine, for its page. No change: the audit leaves it out."""
        g.audited = True
        endpoint = FormReader(request.form).text("endpoint", longest=_LONGEST)
        found = service.find_device(work.current_work(), auth.acting_user(), endpoint)
        return {"device": str(found.id) if found else ""}

    @expose("/<id>/test", methods=["POST"])
    def test(self, id: str) -> Response:
        """Send this device something, to see whether it arrives."""
        uow, words = work.current_work(), wording()["push"]["test"]
        device = service.get_device(uow, auth.acting_user(), id_or_404(id))
        told = Told(words["title"], words["body"], url_for("account.index"), "test")
        queue.tell_device(uow, uow.scope.units[0], device.id, queue.TEST, str(new_id()), told, now=work.now())
        done("device_told")
        return redirect(url_for("account.index"))

    @expose("/<id>/remove", methods=["POST"])
    def remove(self, id: str) -> Response:
        service.remove_device(work.current_work(), auth.acting_user(), id_or_404(id))
        done("device_removed")
        return redirect(url_for("account.index"))
