"""What a program may be allowed to do, and how its secrets look; pure."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta

from huntred.api_clients.errors import TokenRefused
from huntred.errors import FieldInvalid

# resource:action
SCOPES = (
    "vacancies:read", "vacancies:write", "people:read", "people:write", "applications:read", "applications:write",
    "interviews:read", "interviews:write", "conversations:read", "conversations:write", "metrics:read",
    "webhooks:read", "webhooks:write", "conversations:reset",
)  # fmt: skip
# What only the super administrator may give.
SUPER_SCOPES = frozenset({"conversations:reset"})
ACCESS_LIVES = timedelta(minutes=15)
REFRESH_LIVES = timedelta(days=30)
LONGEST_NAME = 100


def new_secret(prefix: str) -> str:
    """Return 256 random bits, with what they are in front: leaked ones are found by it."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hashed(secret: str) -> str:
    """Return what is kept of a random secret. No slow hash: there is nothing to guess in 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret(secret: str, kept: str) -> bool:
    return hmac.compare_digest(hashed(secret), kept)


def check_scopes(scopes: Sequence[str], grantable: Collection[str]) -> list[str]:
    """Return them in order. Raises FieldInvalid where one cannot be given or there is none."""
    if not scopes:
        raise FieldInvalid("scopes", "missing")
    if set(scopes) - set(grantable):
        raise FieldInvalid("scopes", "unknown")
    return [scope for scope in SCOPES if scope in scopes]


def grantable(by_super: bool, held: Collection[str] = ()) -> list[str]:
    """Return the scopes that somebody may give to a program. held: those that it has already."""
    return [scope for scope in SCOPES if by_super or scope not in SUPER_SCOPES or scope in held]


def narrowed(wanted: str, allowed: Sequence[str]) -> list[str]:
    """Return the scopes that a token is given: those asked for, separated by spaces, or all. Raises TokenRefused."""
    asked = wanted.split()
    if set(asked) - set(allowed):
        raise TokenRefused("invalid_scope")
    return [scope for scope in SCOPES if scope in (asked or allowed)]
