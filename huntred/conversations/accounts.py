"""Channel accounts and vendor apps as the super administrator keeps them. Secrets are written and never read.

The column of the secrets is not granted to the app, so what is sealed here is opened by the gateway alone; new
secrets therefore take the place of all the old ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from contract import tables
from contract.ids import new_id
from huntred.db.base import KeyRing
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit
from huntred.errors import FieldInvalid, NotFound, RuleBroken

# By channel: what the gateway needs to write as the account, and what signs the webhooks of the app.
SECRET_FIELDS: dict[str, tuple[str, ...]] = {
    "whatsapp": ("access_token", "business_account_id"),
    "telegram": ("bot_token",),
    "messenger": ("access_token",),
    "instagram": ("access_token", "page_id"),
    "slack": ("bot_token",),
    "x": ("access_token", "access_token_secret"),
    "email": ("imap_url", "imap_user", "imap_password"),
    "web": ("allowed_origins",),
}
APP_SECRET_FIELDS: dict[str, tuple[str, ...]] = {
    "whatsapp": ("app_secret", "verify_token"),
    "telegram": ("secret_token",),
    "messenger": ("app_secret", "verify_token"),
    "instagram": ("app_secret", "verify_token"),
    "slack": ("signing_secret",),
    "x": ("consumer_secret", "consumer_key"),
    "email": ("webhook_secret",),
    "web": (),
}
_OPTIONAL = frozenset(
    {
        "business_account_id", "page_id", "allowed_origins", "access_token_secret", "consumer_key", "imap_url",
        "imap_user", "imap_password",
    }
)  # fmt: skip

PURPOSES = ("chat", "vacancies")

_ACCOUNTS = tables.channel_accounts
_APPS = tables.channel_apps
_SHOWN = [column for column in _ACCOUNTS.columns if column.name != "secrets"]


class AccountExists(RuleBroken):
    """The number, bot or page is an account of some unit already."""

    code = "account_exists"


@dataclass(frozen=True)
class AccountForm:
    unit: str
    app_id: UUID
    external_id: str
    name: str
    address: str = ""
    purpose: str = "chat"
    secrets: Mapping[str, str] = field(default_factory=dict)


def of_scope(uow: UnitOfWork) -> list[Row[Any]]:
    """The accounts of the scope's units, without their secrets."""
    return list(
        uow.session.execute(
            select(*_SHOWN, _APPS.c.name.label("app"))
            .join(_APPS, _APPS.c.id == _ACCOUNTS.c.app_id)
            .where(_ACCOUNTS.c.unit.in_(uow.scope.units))
            .order_by(_ACCOUNTS.c.unit, _ACCOUNTS.c.channel, _ACCOUNTS.c.name)
        )
    )


def apps(uow: UnitOfWork) -> list[Row[Any]]:
    return list(
        uow.session.execute(
            select(_APPS.c.id, _APPS.c.channel, _APPS.c.name).order_by(_APPS.c.channel, _APPS.c.name)
        )
    )


def find(uow: UnitOfWork, account_id: UUID) -> Row[Any] | None:
    found: Row[Any] | None = uow.session.execute(
        select(*_SHOWN, _APPS.c.name.label("app"))
        .join(_APPS, _APPS.c.id == _ACCOUNTS.c.app_id)
        .where(_ACCOUNTS.c.id == account_id, _ACCOUNTS.c.unit.in_(uow.scope.units))
    ).one_or_none()  # type: ignore[assignment]  # of the columns above
    return found


def create(uow: UnitOfWork, form: AccountForm, *, now: datetime) -> UUID:
    """Raises FieldInvalid, NotFound, AccountExists."""
    app = uow.session.execute(select(_APPS.c.channel).where(_APPS.c.id == form.app_id)).one_or_none()
    if app is None:
        raise NotFound("app")
    if form.unit not in uow.scope.units:
        raise FieldInvalid("unit", "unknown" if form.unit else "missing")
    if form.unit == "sexsi" and app.channel not in ("telegram", "web", "email"):
        raise FieldInvalid("app_id", "not_for_this_unit")
    for name, value in (("external_id", form.external_id), ("name", form.name)):
        if not value:
            raise FieldInvalid(name, "missing")
    _check_purpose(form.purpose, app.channel)
    _check(form.secrets, SECRET_FIELDS.get(app.channel, ()))
    account_id = new_id()
    try:
        with uow.session.begin_nested():
            uow.session.execute(
                insert(_ACCOUNTS).values([
                    {
                        "id": account_id, "unit": form.unit, "app_id": form.app_id, "channel": app.channel,
                        # A mailbox is looked for by its address in small letters.
                        "external_id": form.external_id.lower() if app.channel == "email" else form.external_id,
                        "name": form.name, "address": form.address, "purpose": form.purpose,
                        "secrets": _seal(form.secrets, "channel_accounts.secrets"),
                        "created_at": now, "updated_at": now,
                    }
                ])
            )  # fmt: skip
    except IntegrityError:
        raise AccountExists(form.external_id) from None
    wake_after_commit(uow.session, "outbox")
    return account_id


def update_account(
    uow: UnitOfWork,
    account_id: UUID,
    *,
    name: str,
    address: str,
    active: bool,
    secrets: Mapping[str, str],
    now: datetime,
    purpose: str = "",
) -> None:
    """Change what is shown, what it is for and the secrets, each where new ones are given.

    Raises NotFound, FieldInvalid.
    """
    account = find(uow, account_id)
    if account is None:
        raise NotFound("channel account")
    if not name:
        raise FieldInvalid("name", "missing")
    values: dict[str, Any] = {"name": name, "address": address, "active": active, "updated_at": now}
    if purpose:
        _check_purpose(purpose, account.channel)
        values["purpose"] = purpose
    if secrets:
        _check(secrets, SECRET_FIELDS.get(account.channel, ()))
        values["secrets"] = _seal(secrets, "channel_accounts.secrets")
    uow.session.execute(update(_ACCOUNTS).where(_ACCOUNTS.c.id == account_id).values(**values))


def set_app_secrets(uow: UnitOfWork, app_id: UUID, secrets: Mapping[str, str], *, now: datetime) -> None:
    """Put new secrets in the place of a vendor app's. Raises NotFound, FieldInvalid."""
    app = uow.session.execute(select(_APPS.c.channel).where(_APPS.c.id == app_id)).one_or_none()
    if app is None:
        raise NotFound("app")
    _check(secrets, APP_SECRET_FIELDS.get(app.channel, ()))
    uow.session.execute(
        update(_APPS).where(_APPS.c.id == app_id).values(secrets=_seal(secrets, "channel_apps.secrets"))
    )


def _check_purpose(purpose: str, channel: str) -> None:
    """Only a mailbox may take vacancies instead of talking with people."""
    if purpose not in PURPOSES or (purpose == "vacancies" and channel != "email"):
        raise FieldInvalid("purpose", "unknown")


def _check(secrets: Mapping[str, str], fields: tuple[str, ...]) -> None:
    for name in fields:
        if not secrets.get(name) and name not in _OPTIONAL:
            raise FieldInvalid(f"secret_{name}", "missing")
    for name in secrets:
        if name not in fields:
            raise FieldInvalid(f"secret_{name}", "unknown")


def _seal(secrets: Mapping[str, str], place: str) -> str:
    if KeyRing.cipher is None:
        raise RuntimeError("no keys in this process")
    return KeyRing.cipher.seal(json.dumps(dict(secrets)), place)
