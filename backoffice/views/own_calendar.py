"""The calendar on a server of my own into which my interviews are written (CalDAV); it is shown on one's account."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader
from backoffice.views.account import facts
from huntred.calendars import service
from huntred.calendars.ports import Login
from huntred.errors import FieldInvalid


class OwnCalendarView(BaseView):
    """`/own-calendar`"""

    @expose("/")
    def index(self) -> Response:
        return redirect(url_for("account.index", _anchor="caldav"))

    @expose("/connect", methods=["POST"])
    def connect(self) -> Response | tuple[str, int]:
        """Where it is refused the page comes again, with what was typed but the password."""
        wiring, typed = work.wiring(), FormReader(request.form)
        try:
            # A password may begin or end with a space.
            login = Login(typed.text(service.USERNAME), request.form.get(service.PASSWORD, ""))
            service.connect(
                work.current_work(), auth.acting_user(), wiring.calendar_server, typed.text(service.SERVER), login,
                now=work.now(), allow_loopback=wiring.settings.webhooks_reach_loopback,
            )  # fmt: skip
        except FieldInvalid as error:
            work.refuse()
            again = self.render("account/index.html", calendar_typed=request.form, calendar_refused=error, **facts())
            return again, 422
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
