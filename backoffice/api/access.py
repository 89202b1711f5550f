"""Who calls: a program with an access token. A session's cookie is never looked at."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, request

from backoffice import work
from backoffice.api.limits import Limits
from backoffice.api.problems import Problem
from huntred.api_clients import service
from huntred.api_clients.service import Caller
from huntred.db.session import NOTHING, Scope

_LOGIN = Scope(login=True)
# Of one address, before anybody is known.
_ADDRESS_LIMIT = 60


def authenticate() -> None:
    """Know the caller and take its units' scope. Raises Problem."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem("unauthorized", WWW_Authenticate="Bearer")
    work.set_scope(_LOGIN)
    found = service.caller_of(work.current_work(), token.strip(), now=work.now())
    work.set_scope(NOTHING)
    if found is None:
        raise Problem("unauthorized", WWW_Authenticate='Bearer error="invalid_token"')
    count(str(found.token_id), work.wiring().settings.api_requests_per_minute)
    g.api_caller = found
    work.set_scope(Scope(units=found.units))


def caller() -> Caller:
    """The program of this request."""
    return cast(Caller, g.api_caller)


def needs(scope: str) -> None:
    """Raises Problem where the token may not do it."""
    if scope not in caller().scopes:
        raise Problem("insufficient_scope", WWW_Authenticate=f'Bearer error="insufficient_scope", scope="{scope}"')


def count_address() -> None:
    """Nobody tries secrets by the thousand. Raises Problem."""
    count(f"address:{request.remote_addr}", _ADDRESS_LIMIT)


def count(key: str, limit: int) -> None:
    limits = cast(Limits, current_app.extensions["api_limits"])
    found = limits.count(key, limit)
    g.api_count = found
    if found.exceeded:
        raise Problem("too_many_requests")


def unit_of_new(asked: str | None) -> str:
    """The unit that something new belongs to: the one named, or the only one. Raises Problem, NotFound."""
    units = caller().units
    if asked is None:
        if len(units) != 1:
            raise Problem("unit_missing", [{"pointer": "/unit", "code": "missing", "detail": "hace falta"}])
        return units[0]
    if asked not in units:
        raise Problem("not_found")
    return asked
