"""One's own account: password, second factor, language, how I hear that somebody waits, time zone and calendar."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, language, pushing, slot_form, work
from backoffice.errors import done, refusals_flashed
from backoffice.formats import viewer_zone
from huntred.access import service as access
from huntred.calendars import service as calendars
from huntred.errors import FieldInvalid
from huntred.notifications import alerts, team_telegram
from huntred.push import service as devices


def facts() -> dict[str, object]:
    """What the page of one's account shows."""
    uow, user = work.current_work(), auth.acting_user()
    chosen, row = alerts.of_user(uow, user), access.get(uow, user)
    return {
        "alerts": chosen,
        "telegram": team_telegram.link_of(uow, chosen, now=work.now()),
        "has_bot": bool(team_telegram.team_bot(uow)),
        "push_key": pushing.public_key(),
        "devices": devices.devices_of(uow, user),
        "may_reply": auth.may("reply"),
        "zones": slot_form.ZONES,
        "own_zone": row.timezone,
        "zone": viewer_zone().key,
        "own_calendar": calendars.of_user(uow, user),
        "feed": work.wiring().links.calendar_feed(user, row.calendar_link),
    }


class AccountView(BaseView):
    """`/account`"""

    @expose("/")
    def index(self) -> str:
        return self.render("account/index.html", **facts())

    @expose("/language", methods=["POST"])
    def language(self) -> Response:
        """In which language I read these pages; the browser keeps it for the next log-in."""
        chosen = request.form.get("language", "")
        with refusals_flashed() as refused:
            if chosen not in language.LANGUAGES:
                raise FieldInvalid("page_language", "unknown")
            access.set_language(work.current_work(), auth.acting_user(), chosen)
        answer = redirect(url_for("account.index"))
        if not refused:
            done("language_saved")
            answer.set_cookie(
                language.COOKIE, chosen, max_age=language.COOKIE_SECONDS, httponly=True, samesite="Lax",
                secure=work.wiring().settings.session_cookie_secure,
            )  # fmt: skip
        return answer

    @expose("/zone", methods=["POST"])
    def zone(self) -> Response:
        """In which time zone I see times; empty: the unit's."""
        chosen = request.form.get("timezone", "")
        with refusals_flashed() as refused:
            if chosen and chosen not in slot_form.ZONES:
                raise FieldInvalid("timezone", "unknown")
            access.set_timezone(work.current_work(), auth.acting_user(), chosen)
        if not refused:
            done("zone_saved")
        return redirect(url_for("account.index"))

    @expose("/calendar", methods=["POST"])
    def new_link(self) -> Response:
        """End the address of my calendar and get another."""
        access.change_calendar_link(work.current_work(), auth.acting_user())
        done("calendar_link_changed")
        return redirect(url_for("account.index"))
