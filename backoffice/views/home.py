"""The home page: what today asks of a consultant."""

from __future__ import annotations

from flask_admin import AdminIndexView, expose

from backoffice import auth, live_tokens, work
from backoffice.queries import conversations, references, today


class HomeView(AdminIndexView):
    """`/` is the whole page; `/today` its part that the live stream refreshes."""

    @expose("/")
    def index(self) -> str:
        return self.render("home/index.html", live=live_tokens.for_units(), **_content())

    @expose("/today")
    def today(self) -> str:
        return self.render("home/_today.html", **_content())


def _content() -> dict[str, object]:
    session, now = work.current_work().session, work.now()
    still, still_total = today.standing_still(session, now)
    return {
        "interviews": today.interviews_today(session, now),
        "waiting": today.waiting(session),
        "mentions": conversations.open_mentions(session, auth.acting_user()),
        "references": references.ready(session),
        "to_call": references.to_call(session),
        "at_risk": today.at_risk(work.current_work(), auth.acting_user(), now),
        "still": still,
        "still_total": still_total,
        "most_counted": today.MOST_COUNTED,
        "still_days": today.STILL_DAYS,
        "counts": today.counts(session, now),
    }
