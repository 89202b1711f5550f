"""Channel accounts: what a unit is reached by. Secrets can be written and never read."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from huntred.conversations import accounts
from huntred.errors import NotFound


class ChannelsView(BaseView):
    """`/channels`"""

    def is_accessible(self) -> bool:
        auth.needs_super()
        return True

    @expose("/")
    def index(self) -> str:
        uow = work.current_work()
        return self.render(
            "channels/index.html", accounts=accounts.of_scope(uow), apps=accounts.apps(uow),
            app_fields=accounts.APP_SECRET_FIELDS,
        )  # fmt: skip

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> str | Response:
        if request.method == "GET":
            return self._form({}, None)
        form = FormReader(request.form)
        account_id = None
        with refusals_flashed() as refused:
            account_id = accounts.create(
                work.current_work(),
                accounts.AccountForm(
                    unit=form.text("unit"),
                    app_id=form.required(form.id("app_id"), "app_id"),
                    external_id=form.text("external_id", longest=200),
                    name=form.text("name", longest=200),
                    address=form.text("address", longest=200),
                    purpose=form.text("purpose", longest=20) or "chat",
                    secrets=_secrets(form),
                ),
                now=work.now(),
            )
        if refused or account_id is None:
            return self._form(request.form, refused.error)
        done("channel_created")
        return redirect(url_for("channels.details", id=account_id))

    @expose("/<id>", methods=["GET", "POST"])
    def details(self, id: str) -> str | Response:
        uow = work.current_work()
        account = accounts.find(uow, id_or_404(id))
        if account is None:
            raise NotFound("channel account")
        if request.method == "GET":
            return self.render(
                "channels/details.html", account_row=account, fields=accounts.SECRET_FIELDS.get(account.channel, ()),
                error=None,
            )  # fmt: skip
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            accounts.update_account(
                uow,
                account.id,
                name=form.text("name", longest=200),
                address=form.text("address", longest=200),
                active=form.flag("active"),
                purpose=form.text("purpose", longest=20),
                secrets=_secrets(form),
                now=work.now(),
            )
        if not refused:
            done("channel_saved")
        return redirect(url_for("channels.details", id=id))

    @expose("/apps/<id>", methods=["POST"])
    def app_secrets(self, id: str) -> Response:
        """Put new secrets in place of a vendor app's."""
        with refusals_flashed() as refused:
            accounts.set_app_secrets(
                work.current_work(), id_or_404(id), _secrets(FormReader(request.form)), now=work.now()
            )
        if not refused:
            done("channel_saved")
        return redirect(url_for("channels.index"))

    def _form(self, values: Any, error: Exception | None) -> str:
        return self.render(
            "channels/new.html",
            values=values,
            error=error,
            apps=accounts.apps(work.current_work()),
            secret_channels=_secret_channels(),
        )


def _secret_channels() -> dict[str, list[str]]:
    """Each secret of an account with the channels that have it. A widget's sites are set on its own page."""
    found: dict[str, list[str]] = {}
    for channel, names in accounts.SECRET_FIELDS.items():
        for name in names if channel != "web" else ():
            found.setdefault(name, []).append(channel)
    return found


def _secrets(form: FormReader) -> dict[str, str]:
    """What was typed into the fields named `secret_…`; an empty one stays as it was."""
    groups = (*accounts.SECRET_FIELDS.values(), *accounts.APP_SECRET_FIELDS.values())
    names = {name for fields in groups for name in fields}
    values = {name: form.text(f"secret_{name}", longest=4000) for name in sorted(names)}
    return {name: value for name, value in values.items() if value}
