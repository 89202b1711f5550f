"""Hashes passwords as Flask-Security reads them: HMAC-SHA512 with the salt of the installation, then Argon2id.

Here, because users are also made where there is no Flask (commands, demo data).
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac

from argon2 import PasswordHasher

from huntred.errors import FieldInvalid

SHORTEST = 10


def hash_password(password: str, salt: str) -> str:
    """Return the stored form. Raises FieldInvalid where the password is too short."""
    if len(password) < SHORTEST:
        raise FieldInvalid("password", "too_short")
    mixed = hmac.new(salt.encode(), password.encode(), hashlib.sha512).digest()
    return _hasher().hash(base64.b64encode(mixed))


@functools.cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()
