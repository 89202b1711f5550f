"""Log-in, log-out, second factor, rate limit."""

from __future__ import annotations

import base64
import time

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import text

from tests.integration.backoffice.conftest import PASSWORD, Office, post


def test_the_right_password_opens_the_home_page(office: Office) -> None:
    client = office.client(office.user(name="Marisol Téllez"))

    page = client.get("/")

    assert page.status_code == 200
    assert "Marisol Téllez" in page.text


@pytest.mark.parametrize("password", ["otra clave cualquiera", ""])
def test_a_wrong_password_is_refused_in_the_same_words_as_an_unknown_address(office: Office, password: str) -> None:
    user = office.user()
    client = office.client()

    known = post(client, "/login", {"email": user.email, "password": password}, page="/login")
    unknown = post(client, "/login", {"email": "nadie@example.com", "password": password}, page="/login")

    assert known.status_code == unknown.status_code == 200
    assert "No reconocemos ese correo con esa contraseña" in known.text
    assert "No reconocemos ese correo con esa contraseña" in unknown.text
    assert client.get("/").status_code == 302


def test_who_is_switched_off_cannot_enter_and_loses_the_session(office: Office) -> None:
    user = office.user()
    client = office.client(user)
    office.desk.execute("UPDATE users SET active = false WHERE id = :id", id=user.id)

    assert client.get("/").status_code == 302
    answer = post(office.client(), "/login", {"email": user.email, "password": PASSWORD}, page="/login")
    assert answer.status_code == 200


def test_log_out_needs_a_post_and_ends_the_session(office: Office) -> None:
    client = office.client(office.user())

    assert client.get("/logout").status_code == 405
    post(client, "/logout")

    assert client.get("/").status_code == 302


def test_the_log_in_is_limited(office: Office) -> None:
    client = office.client()
    data = {"email": "nadie@example.com", "password": "nada de nada"}

    codes = [post(client, "/login", data, page="/login").status_code for _ in range(12)]

    assert codes[:10] == [200] * 10
    assert codes[10:] == [429] * 2


# Flask-Security 5.9 builds its form in a way that WTForms will drop in 3.4.
@pytest.mark.filterwarnings("ignore:Passing SelectField choices:DeprecationWarning")
def test_a_second_factor_is_set_up_and_then_asked_for(office: Office) -> None:
    user = office.user()
    client = office.client(user)

    shown = post(client, "/tf-setup", {"setup": "authenticator"}, page="/tf-setup").text
    key = shown.split('<div class="key">')[1].split("</div>")[0].replace("-", "").replace(" ", "")
    action = shown.split('<form method="post" action="')[1].split('"')[0]
    done = post(client, action, {"code": _code(key)})
    assert done.status_code == 302, done.text
    assert office.desk.rows(text("SELECT tf_primary_method FROM users WHERE id = '%s'" % user.id)) == ["authenticator"]

    again = office.app.test_client()
    half_way = post(again, "/login", {"email": user.email, "password": PASSWORD}, page="/login")
    assert "/tf-validate" in half_way.headers["Location"]
    assert again.get("/").status_code == 302
    wrong = post(again, "/tf-validate", {"code": "000000"}, page="/tf-validate")
    assert wrong.status_code == 200
    assert again.get("/").status_code == 302


def _code(key: str) -> str:
    padded = key + "=" * (-len(key) % 8)
    return TOTP(base64.b32decode(padded), 6, SHA1(), 30, enforce_key_length=False).generate(time.time()).decode()  # type: ignore[arg-type]
