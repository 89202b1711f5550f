"""Who waits, told on every open page; how each user wants to be told; and what they were named in."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.queries import conversations as queries
from huntred.conversations import notes
from huntred.notifications import alerts, team_telegram
from huntred.notifications.alerts import Choices

_SWITCHES = ("sound", "on_duty", "by_push", "by_telegram", "by_mail", "any_hour", "in_digest")


class AnnouncementsView(BaseView):
    """`/announcements`"""

    @expose("/")
    def index(self) -> Response:
        return redirect(url_for("account.index"))

    @expose("/waiting")
    def waiting(self) -> dict[str, Any]:
        """Who waits now, for the script of every page: ids and names, the longest first; and whether to sound."""
        uow = work.current_work()
        chosen = alerts.of_user(uow, auth.acting_user())
        return {
            "waiting": [
                {"handoff": str(one.handoff_id), "conversation": str(one.conversation_id), "name": one.name}
                for one in queries.waiting(uow.session)
            ],
            "announce": bool(chosen.on_duty and auth.may("reply")),
            "sound": chosen.sound,
        }

    @expose("/presence", methods=["POST"])
    def presence(self) -> Response:
        """A page of the user's is open. No change of theirs: the audit leaves it out."""
        alerts.note_open_page(work.current_work(), auth.acting_user(), now=work.now())
        g.audited = True
        return Response(status=204)

    @expose("/choices", methods=["POST"])
    def choices(self) -> Response:
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            alerts.choose(
                work.current_work(),
                auth.acting_user(),
                Choices(
                    **{name: form.flag(name) for name in _SWITCHES},
                    quiet_from=form.time("alerts_quiet_from"),
                    quiet_to=form.time("alerts_quiet_to"),
                ),
            )
        if not refused:
            done("alerts_saved")
        return redirect(url_for("account.index"))

    @expose("/telegram/<any(begin, finish, end):step>", methods=["POST"])
    def telegram(self, step: str) -> Response:
        """Link one's own Telegram: a code, what came of it, and the end."""
        uow, user = work.current_work(), auth.acting_user()
        with refusals_flashed() as refused:
            if step == "begin":
                team_telegram.begin_link(uow, user, now=work.now())
            elif step == "finish":
                team_telegram.check_link(uow, user)
            else:
                team_telegram.unlink(uow, user)
        if not refused and step != "begin":
            done("telegram_linked" if step == "finish" else "telegram_unlinked")
        return redirect(url_for("account.index"))

    @expose("/mentions/<id>/seen", methods=["POST"])
    def seen(self, id: str) -> Response:
        mention = notes.tick_off(work.current_work(), id_or_404(id), auth.acting_user(), now=work.now())
        if request.form.get("open"):
            return redirect(url_for("conversations.details", id=mention.conversation_id))
        return redirect(url_for("home.index"))
