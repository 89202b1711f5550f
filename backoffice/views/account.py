"""One's own account: password, second factor, who I am, how I hear that somebody waits."""

from __future__ import annotations

from flask_admin import BaseView, expose

from backoffice import auth, work
from huntred.notifications import alerts


class AccountView(BaseView):
    """`/account`"""

    @expose("/")
    def index(self) -> str:
        uow, user = work.current_work(), auth.acting_user()
        chosen = alerts.of_user(uow, user)
        return self.render(
            "account/index.html", alerts=chosen, telegram=alerts.telegram_link(uow, chosen, now=work.now()),
            has_bot=bool(alerts.team_bot(uow)),
            may_reply=auth.may("reply"),
        )  # fmt: skip
