"""Passwords of users that commands make open the door that Flask-Security guards."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_security import Security, verify_password
from flask_security.datastore import UserDatastore

from huntred.access.passwords import hash_password
from huntred.errors import FieldInvalid

SALT = "a salt of the tests."


class _Model:
    """The columns that Flask-Security looks for at its start."""

    fs_uniquifier = email = password = active = roles = tf_primary_method = tf_totp_secret = us_totp_secrets = None


def test_flask_security_takes_it() -> None:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="x" * 32, SECURITY_PASSWORD_SALT=SALT, SECURITY_PASSWORD_HASH="argon2")
    Security(app, UserDatastore(_Model, _Model), register_blueprint=False)  # type: ignore[type-abstract]
    stored = hash_password("una contraseña larga", SALT)
    assert stored.startswith("$argon2id$")
    with app.app_context():
        assert verify_password("una contraseña larga", stored)
        assert not verify_password("una contraseña larg", stored)
        assert not verify_password("una contraseña larga", hash_password("una contraseña larga", "another salt"))


def test_a_short_one_is_refused() -> None:
    with pytest.raises(FieldInvalid) as refused:
        hash_password("corta", SALT)
    assert (refused.value.field, refused.value.problem) == ("password", "too_short")
