"""The calendar on a server of my own into which my interviews are written (CalDAV); it is shown on one's account."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader
from huntred.calendars import service
from huntred.calendars.ports import Login


class OwnCalendarView(BaseView):
    """`/own-calendar`"""

    @expose("/")
    def index(self) -> Response:
        return redirect(url_for("account.index", _anchor="caldav"))

    @expose("/connect", methods=["POST"])
    def connect(self) -> Response:
        form, wiring = FormReader(request.form), work.wiring()
        with refusals_flashed() as refused:
            # A password may begin or end with a space.
            login = Login(form.text(service.USERNAME), request.form.get(service.PASSWORD, ""))
            service.connect(
                work.current_work(), auth.acting_user(), wiring.calendar_server, form.text(service.SERVER), login,
                now=work.now(), allow_loopback=wiring.settings.webhooks_reach_loopback,
            )  # fmt: skip
        if not refused:
            done("calendar_connected")
        return self.index()

    @expose("/choose", methods=["POST"])
    def choose(self) -> Response:
        """Which of the calendars that were found."""
        with refusals_flashed() as refused:
            url = FormReader(request.form).text("calendar", longest=2000)
            service.choose(work.current_work(), auth.acting_user(), url, now=work.now())
        if not refused:
            done("calendar_chosen")
        return self.index()

    @expose("/disconnect", methods=["POST"])
    def disconnect(self) -> Response:
        """What was written there is taken away; a second time it is forgotten at once."""
        service.disconnect(work.current_work(), auth.acting_user(), now=work.now())
        done("calendar_disconnected")
        return self.index()
