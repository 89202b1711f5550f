"""Who is signed in: Flask-Security over the users of `huntred.access`, and the scope that follows from it.

Flask-Security's mixin sits on `Account`, a view of a user row, so that the business core never hears of it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, g, redirect, request, url_for
from flask import session as cookie
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_security import RoleMixin, Security, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import func, select

from backoffice import language, work
from backoffice.ports import Wiring
from huntred.access import rules
from huntred.access.models import User
from huntred.db.session import Scope
from huntred.units.models import Unit

_LOGIN = Scope(login=True)
# All that exists for who only designs; about oneself besides.
_OF_DESIGNERS = ("workbench.", "account.", "about.", "security.")
_DELEGATED = frozenset(
    {"id", "email", "password", "active", "fs_uniquifier", "confirmed_at", "tf_primary_method", "tf_totp_secret",
     "last_login_at"}
)  # fmt: skip


class Role(RoleMixin):
    """A role as Flask-Security wants to see it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_permissions(self) -> set[str]:
        return set()


def _delegate(name: str) -> property:
    def read(self: Account) -> Any:
        return getattr(self.row, name)

    def write(self: Account, value: Any) -> None:
        setattr(self.row, name, value)

    return property(read, write)


class Account(UserMixin):
    """A user row with what Flask-Login and Flask-Security ask of it."""

    def __init__(self, row: User) -> None:
        self.row = row

    @property
    def name(self) -> str:
        return self.row.name or self.row.email

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]  # read from the grants, never assigned
        return [Role(grant.role) for grant in self.row.grants]

    @property
    def is_super(self) -> bool:
        return any(grant.role == "super_admin" for grant in self.row.grants)

    @property
    def runs_unit(self) -> bool:
        """Whether this user answers for a whole unit."""
        return any(grant.role in {"super_admin", "consultant"} for grant in self.row.grants)

    @property
    def only_designs(self) -> bool:
        """Whether the workbench is all that this user may open."""
        return rules.only_designs(self.row)

    def may(self, permission: str) -> bool:
        """Whether this user may do it (see `huntred.access.rules`)."""
        return rules.may(self.row, permission)


for _name in _DELEGATED:
    setattr(Account, _name, _delegate(_name))


class Accounts(UserDatastore):
    """Finds users for Flask-Security, seeing them only for as long as it looks."""

    def __init__(self) -> None:
        super().__init__(Account, Role)

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        ((name, value),) = kwargs.items()
        if name not in {"id", "email", "fs_uniquifier"}:
            return None
        column = getattr(User, name)
        condition = func.lower(column) == str(value).lower() if case_insensitive else column == value
        scope = work.current_work().scope
        work.set_scope(_LOGIN)
        try:
            row = work.session.scalar(select(User).where(condition))
        finally:
            work.set_scope(scope)
        return Account(row) if row else None

    def find_role(self, role: str) -> Role:
        return Role(role)

    def put(self, model: Account) -> Account:
        return model

    def delete(self, model: Account) -> None:
        """Refuse: the audit names its users for ever. They are switched off instead."""
        raise TypeError("users are switched off, never deleted")

    def commit(self) -> None:
        """The edge commits (`work.py`)."""
        work.session.flush()


def init_app(app: Flask, wiring: Wiring) -> Limiter:
    """Put the log-in into the app."""
    settings = wiring.settings
    totp = hmac.new(settings.flask_secret_key.encode(), b"two-factor secrets", hashlib.sha256).hexdigest()
    app.config.update(
        SECURITY_PASSWORD_SALT=settings.password_salt,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  # the name of the algorithm
        SECURITY_PASSWORD_LENGTH_MIN=10,
        SECURITY_TOTP_SECRETS={"1": totp},
        SECURITY_TOTP_ISSUER="huntRED",
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_REQUIRED=False,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_CHANGEABLE=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_POST_CHANGE_VIEW="/account/",
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="/account/",
        SECURITY_FRESHNESS_GRACE_PERIOD=timedelta(hours=1),
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_I18N_DIRNAME="builtin",
        SECURITY_TRACKABLE=False,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.session_cookie_secure,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.session_cookie_secure,
    )
    app.before_request(_enter)
    Security(app, Accounts())

    limiter = Limiter(
        get_remote_address, app=app, storage_uri=settings.redis_url, key_prefix="backoffice",
        swallow_errors=True,
    )  # fmt: skip
    attempts = limiter.limit("10 per minute; 60 per hour", methods=["POST"])
    for endpoint in ("security.login", "security.two_factor_token_validation", "security.verify"):
        app.view_functions[endpoint] = attempts(app.view_functions[endpoint])  # type: ignore[assignment]
    return limiter


def _enter() -> Response | None:
    """Give the request the scope of who is signed in; without a log-in, only public pages and the log-in itself.

    The API knows its callers by their tokens alone (`api/access.py`).
    """
    endpoint = request.endpoint or ""
    if endpoint in {"static", "health", "push_worker"} or endpoint.startswith(("public.", "api.")):
        return None
    if not current_user.is_authenticated:
        language.choose_of_browser()
        if endpoint.startswith("security."):
            work.set_scope(_LOGIN)
            return None
        if request.headers.get("HX-Request") or request.path.startswith("/live"):
            abort(401)
        if not endpoint:
            return None
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    language.choose(current_user.row.language)
    work.set_scope(signed_in_scope(current_user))
    if current_user.only_designs and not endpoint.startswith(_OF_DESIGNERS):
        if endpoint == "home.index":
            return redirect(url_for("workbench.index"))  # type: ignore[return-value]
        abort(404)
    return None


def signed_in_scope(account: Account) -> Scope:
    """The scope of a user; the super administrator sees every unit, or the one that was switched to."""
    scope = rules.scope_of(account.row)
    if scope.all_units:
        g.units = _units(None)
        codes = tuple(unit.code for unit in g.units)
        chosen = cookie.get("unit")
        units = (chosen,) if chosen in codes else codes
        scope = replace(scope, units=units, design=units)
    else:
        g.units = _units(scope.units or scope.design)
    zones = {unit.timezone for unit in g.units if unit.code in scope.units}
    name = account.row.timezone or (zones.pop() if len(zones) == 1 else "")
    if name:
        g.zone = ZoneInfo(name)
    return scope


def _units(codes: tuple[str, ...] | None) -> list[Unit]:
    found = work.session.scalars(select(Unit).order_by(Unit.position, Unit.code)).all()
    return [unit for unit in found if codes is None or unit.code in codes]


def acting_user() -> UUID:
    """The signed-in user's id, for services that note who did it."""
    return current_user.row.id


def acting_name() -> str:
    """The signed-in user's name as it is shown."""
    return str(current_user.name)


def may(permission: str) -> bool:
    """Whether the signed-in user has the switch, so that a page need not offer what would be refused."""
    return bool(current_user.may(permission))


def runs_unit() -> bool:
    """Whether the signed-in user answers for a whole unit."""
    return bool(current_user.runs_unit)


def is_super() -> bool:
    """Whether the signed-in user is a super administrator."""
    return bool(current_user.is_super)


def needs_designer() -> None:
    """The workbench does not exist but for designers and the super administrator."""
    if not current_user.is_authenticated or not work.current_work().scope.design:
        abort(404)


def needs(permission: str) -> None:
    """Refuse (403) where the signed-in user lacks the switch."""
    if not current_user.may(permission):
        abort(403)


def needs_super() -> None:
    """Pages of the super administrator do not exist for anybody else."""
    if not current_user.is_authenticated or not current_user.is_super:
        abort(404)
