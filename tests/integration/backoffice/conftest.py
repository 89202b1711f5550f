"""The back office over a seeded database, with people who sign in."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice.app import create_app
from huntred.access.models import User
from huntred.access.passwords import hash_password
from huntred.settings import read_app_settings
from runtime.wiring import Wiring
from tests.factories.desk import Desk, desk, keys

__all__ = ["desk", "keys"]

PASSWORD = "una clave de prueba"
SALT = "the salt of these tests"
_HASH = hash_password(PASSWORD, SALT)


# One app a test process: its 300 routes are compiled once. What a test is given lies in the wiring, new for each.
_APPS: list[Flask] = []


@dataclass
class Office:
    """The app, and ways into it."""

    app: Flask
    desk: Desk

    def user(self, role: str = "consultant", unit: str | None = "amigro", **values: Any) -> User:
        return self.desk.user(unit if role != "super_admin" else None, role, password=_HASH, **values)

    def client(self, user: User | None = None) -> FlaskClient:
        """A browser; signed in where a user is named."""
        client = self.app.test_client()
        if user is not None:
            answer = post(client, "/login", {"email": user.email, "password": PASSWORD}, page="/login")
            assert answer.status_code == 302, answer.text
        return client


def csrf_of(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found, f"no form on {page}"
    return found[1]


def post(client: FlaskClient, path: str, data: dict[str, Any] | None = None, *, page: str = "/account/") -> Any:
    """Post as a browser does: with the token of a page's form."""
    return client.post(path, data={"csrf_token": csrf_of(client, page), **(data or {})})


@pytest.fixture
def office(desk: Desk, database: Any, redis_url: str) -> Office:
    key = base64.b64encode(b"k" * 32).decode()
    settings = read_app_settings(
        {
            "DATABASE_URL": database.url("app"), "REDIS_URL": redis_url, "ENVIRONMENT": "test",
            "ENCRYPTION_KEYS": f"test:{key}", "LOOKUP_KEY": key, "LINK_SECRET": desk.links.secret,
            "FLASK_SECRET_KEY": "the flask secret of these tests", "SECURITY_PASSWORD_SALT": SALT,
            "ACTIONS_SECRET": "the actions secret of these tests",
            "VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(b"v" * 32).decode(),
        }
    )  # fmt: skip
    wiring = Wiring(settings, desk.app, lambda: desk.now)
    if not _APPS:
        _APPS.append(create_app(wiring))
    [app] = _APPS
    app.extensions["wiring"] = wiring
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return Office(app, desk)


Signed = Callable[[str], FlaskClient]
