"""Who calls WhatsApp: the bearer token of a number, and how a request is refused."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.requests import Request

from tests.standins.accounts import Account

VERSION = "{version:version}"


class Refused(Exception):
    """A request that is answered by an error. kind: what a violation is filed under; None files none."""

    def __init__(self, kind: str | None, code: int, detail: str) -> None:
        super().__init__(detail)
        self.kind, self.code, self.detail = kind, code, detail


def authorised(accounts: Mapping[str, Account], request: Request) -> Account:
    """Return the number whose node and token these are. Raises Refused."""
    account = accounts.get(request.path_params["node"])
    header = request.headers.get("authorization", "")
    if not header.startswith("Bearer "):
        raise Refused("auth", 190, "no bearer token")
    if account is None:
        raise Refused("auth", 100, f"no number with id {request.path_params['node']}")
    if not secrets.compare_digest(header[7:], account.secrets["access_token"]):
        raise Refused("auth", 190, "the token is not this number's")
    return account
