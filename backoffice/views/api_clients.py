"""Programs that use the API, for who runs their units: made, changed, given a new secret, ended.

A secret is shown on the page that answers the click, and on no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.queries.conversations import user_names
from huntred.api_clients import rules, service


class ApiClientsView(BaseView):
    """`/api-clients`"""

    def is_accessible(self) -> bool:
        return auth.runs_unit() or abort(404)

    @expose("/")
    def index(self) -> str:
        return self._page()

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> str:
        if request.method == "GET":
            return self.render("api_clients/form.html", client=None, values={}, error=None, **_choices())
        form, secret, made = FormReader(request.form), "", None
        with refusals_flashed() as refused:
            made, secret = service.create_client(
                work.current_work(), form.text("name"), form.texts("units"), form.texts("scopes"), auth.acting_user(),
                now=work.now(),
            )  # fmt: skip
        if refused or made is None:
            return self.render(
                "api_clients/form.html", client=None, values=_typed(), error=refused.error, **_choices()
            )
        return self._page(made.id, secret)

    @expose("/<id>", methods=["GET", "POST"])
    def details(self, id: str) -> str | Response:
        client = service.get_client(work.current_work(), id_or_404(id))
        values: dict[str, Any] = {"name": client.name, "units": client.units, "scopes": client.scopes}
        error = None
        if request.method == "POST":
            form = FormReader(request.form)
            with refusals_flashed() as refused:
                service.change_client(
                    work.current_work(), client.id, form.text("name"), form.texts("units"), form.texts("scopes"),
                    now=work.now(),
                )  # fmt: skip
            if not refused:
                done("api_client_saved")
                return redirect(url_for("api_clients.index"))
            values, error = _typed(), refused.error
            client = service.get_client(work.current_work(), id_or_404(id))
        return self.render(
            "api_clients/form.html", client=client, values=values, error=error, **_choices(client.scopes)
        )

    @expose("/<id>/secret", methods=["POST"])
    def secret(self, id: str) -> str:
        client_id = id_or_404(id)
        return self._page(client_id, service.new_secret(work.current_work(), client_id, now=work.now()))

    @expose("/<id>/revoke", methods=["POST"])
    def revoke(self, id: str) -> Response:
        service.revoke_client(work.current_work(), id_or_404(id), now=work.now())
        done("api_client_revoked")
        return redirect(url_for("api_clients.index"))

    def _page(self, shown: UUID | None = None, secret: str = "") -> str:
        clients = service.list_clients(work.current_work())
        return self.render(
            "api_clients/index.html", clients=clients, shown=shown, secret=secret,
            user_names=user_names(work.session, [client.created_by for client in clients]),
        )  # fmt: skip


def _choices(held: Sequence[str] = ()) -> dict[str, Any]:
    """held: the scopes that the client has."""
    scope = work.current_work().scope
    return {
        "choices": [unit for unit in g.units if unit.code in scope.units],
        "all_scopes": rules.grantable(scope.all_units, held),
    }


def _typed() -> dict[str, Any]:
    form = request.form
    return {"name": form.get("name", ""), "units": form.getlist("units"), "scopes": form.getlist("scopes")}
