"""The API over a seeded database, and programs that call it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient

from huntred.api_clients import rules, service
from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from tests.factories.desk import Desk
from tests.integration.backoffice.conftest import Office, desk, keys, office

__all__ = ["desk", "keys", "office"]


@dataclass
class Program:
    """A client of the API with a token; each call is one request without a cookie."""

    http: FlaskClient
    client_id: str
    secret: str
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, verb: str, path: str, **told: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", **told.pop("headers", {})}
        return self.http.open(path, method=verb, headers=headers, **told)

    def get(self, path: str, **told: Any) -> Any:
        return self.call("GET", path, **told)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        told = {"json": body} if body is not None else {}
        return self.call("POST", path, headers=_headers(headers), **told)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("PATCH", path, json=body, headers=_headers(headers))

    def delete(self, path: str, **headers: str) -> Any:
        return self.call("DELETE", path, headers=_headers(headers))

    def tag(self, path: str) -> str:
        return self.get(path).headers["ETag"]


def _headers(given: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}


def program(office: Office, units: tuple[str, ...] = ("amigro",), scopes: tuple[str, ...] = rules.SCOPES) -> Program:
    """A program of these units; its token has all of its scopes."""
    desk = office.desk
    with unit_of_work(desk.app, Scope(units=units, all_units=True)) as uow:
        client, secret = service.create_client(uow, "Nómina", units, scopes, desk.user(units[0]).id, now=desk.now)
    made = Program(office.app.test_client(use_cookies=False), str(client.id), secret)
    answer = ask(made, grant_type="client_credentials")
    assert answer.status_code == 200, answer.text
    made.token = answer.json["access_token"]
    return made


def ask(made: Program, **form: str) -> Any:
    """POST /api/v1/token in the program's name."""
    return made.http.post("/api/v1/token", data={"client_id": made.client_id, "client_secret": made.secret} | form)


@pytest.fixture
def desk_of(office: Office) -> Desk:
    return office.desk
