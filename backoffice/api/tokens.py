"""OAuth 2 (RFC 6749, client credentials; RFC 7009): a program shows its secret and is given tokens that end soon."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import unquote_plus

from flask import Response, request

from backoffice import work
from backoffice.api import access
from backoffice.api.operations import blueprint
from huntred.api_clients import rules, service
from huntred.api_clients.errors import TokenRefused
from huntred.api_clients.service import Issued
from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work

_LOGIN = Scope(login=True)
_LONGEST = 4000


@blueprint.post("/api/v1/token")
def token() -> Response:
    """Client credentials, or a refresh token for a new pair."""
    access.count_address()
    form, now = request.form, work.now()
    grant = form.get("grant_type", "")
    if grant not in {"client_credentials", "refresh_token"}:
        return _refused("unsupported_grant_type" if grant else "invalid_request")
    try:
        with unit_of_work(work.wiring().engine, _LOGIN) as uow:
            client = service.authenticate(uow, *_credentials())
            wanted = form.get("scope", "")[:_LONGEST]
            if grant == "client_credentials":
                issued: Issued | None = service.issue(uow, client, wanted, now=now)
            else:
                issued = service.refresh(uow, client, form.get("refresh_token", "")[:_LONGEST], wanted, now=now)
    except TokenRefused as error:
        return _refused(error.reason)
    return _refused("invalid_grant") if issued is None else _given(issued)


@blueprint.post("/api/v1/token/revoke")
def revoke() -> Response:
    """End a token; a refresh token with all that it led to."""
    access.count_address()
    try:
        with unit_of_work(work.wiring().engine, _LOGIN) as uow:
            client = service.authenticate(uow, *_credentials())
            service.revoke_token(uow, client, request.form.get("token", "")[:_LONGEST], now=work.now())
    except TokenRefused as error:
        return _refused(error.reason)
    return _json({}, 200)


def _credentials() -> tuple[str, str]:
    """By HTTP Basic, or in the form."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return "", ""
        return unquote_plus(client_id), unquote_plus(secret)
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _given(issued: Issued) -> Response:
    return _json(
        {
            "access_token": issued.access_token, "token_type": "Bearer",
            "expires_in": int(rules.ACCESS_LIVES.total_seconds()), "refresh_token": issued.refresh_token,
            "refresh_expires_in": int(rules.REFRESH_LIVES.total_seconds()), "scope": " ".join(issued.scopes),
        },
        200,
    )  # fmt: skip


def _refused(reason: str) -> Response:
    response = _json({"error": reason}, 401 if reason == "invalid_client" else 400)
    if reason == "invalid_client":
        response.headers["WWW-Authenticate"] = 'Basic realm="huntRED"'
    return response


def _json(body: dict[str, Any], status: int) -> Response:
    response = Response(json.dumps(body), status, mimetype="application/json")
    response.headers["Pragma"] = "no-cache"
    return response
