"""One's own account: password, second factor, who I am."""

from __future__ import annotations

from flask_admin import BaseView, expose


class AccountView(BaseView):
    """`/account`"""

    @expose("/")
    def index(self) -> str:
        return self.render("account/index.html")
