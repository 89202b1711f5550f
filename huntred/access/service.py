"""Makes users, changes what they may do, and writes the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, insert, select

from huntred.access.errors import EmailTaken, LastAdministrator
from huntred.access.models import AuditEntry, Grant, User
from huntred.access.passwords import hash_password
from huntred.access.rules import (
    CONSULTANT,
    DESIGNER,
    DIVISION_CONSULTANT,
    PERMISSIONS,
    ROLES,
    SUPER_ADMIN,
    may,
    scope_of,
)
from huntred.access.seeing import seeing_users
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.events.types import plain
from huntred.people.rules import email_of, phone_of
from huntred.units.models import Division, Unit

__all__ = [
    "GrantForm",
    "audit",
    "change_grants",
    "create_user",
    "get",
    "may",
    "recipients",
    "remove_two_factor",
    "scope_of",
    "change_calendar_link",
    "set_active",
    "set_password",
    "set_language",
    "set_timezone",
    "super_administrators",
    "users",
]


@dataclass(frozen=True)
class GrantForm:
    """role: super_admin (nothing else), consultant or designer (unit), division_consultant (unit, division,
    permissions).
    """

    role: str
    unit: str | None = None
    division_id: UUID | None = None
    permissions: tuple[str, ...] = ()


def get(uow: UnitOfWork, user_id: UUID) -> User:
    """Raises NotFound."""
    user = uow.session.get(User, user_id)
    if user is None:
        raise NotFound("user")
    return user


def set_timezone(uow: UnitOfWork, user_id: UUID, timezone: str) -> None:
    """Show this user times in a zone; empty: in their unit's. Raises NotFound."""
    get(uow, user_id).timezone = timezone


def set_language(uow: UnitOfWork, user_id: UUID, language: str) -> None:
    """Show this user the back office in a language. Raises NotFound."""
    get(uow, user_id).language = language


def change_calendar_link(uow: UnitOfWork, user_id: UUID) -> None:
    """End the link of the user's calendar; the next one differs. Raises NotFound."""
    get(uow, user_id).calendar_link += 1


def users(uow: UnitOfWork, *, active_only: bool = True) -> list[User]:
    """Return the users that this scope sees, by name."""
    query = select(User).order_by(User.name, User.email)
    return list(uow.session.scalars(query.where(User.active) if active_only else query))


def recipients(uow: UnitOfWork, user_ids: Sequence[UUID]) -> list[User]:
    """Return those of them who are switched on, whatever this scope sees: they are about to be told of something."""
    return _whoever(uow, select(User).where(User.active, User.id.in_(user_ids)))


def super_administrators(uow: UnitOfWork) -> list[User]:
    """Return those who are switched on, whatever this scope sees: they are told where a unit has nobody left."""
    return _whoever(uow, select(User).where(User.active, User.grants.any(Grant.role == SUPER_ADMIN)))


def create_user(
    uow: UnitOfWork,
    *,
    email: str,
    name: str,
    grants: Sequence[GrantForm],
    now: datetime,
    password: str | None = None,
    password_salt: str = "",
    phone: str = "",
    generated: bool = False,
) -> User:
    """Make a user who may sign in (with a password, else only after setting one).

    Raises EmailTaken, FieldInvalid.
    """
    address = email_of(email)
    if not name.strip():
        raise FieldInvalid("name", "missing")
    rows = [_grant(uow, form) for form in grants]
    if uow.session.scalar(select(User.id).where(func.lower(User.email) == address)) is not None:
        raise EmailTaken(address)
    user = User(
        email=address,
        name=name.strip(),
        phone=phone_of(phone) if phone.strip() else "",
        password=hash_password(password, password_salt) if password is not None else None,
        active=True,
        fs_uniquifier=uuid4().hex,
        confirmed_at=now,
        generated=generated,
        created_at=now,
        grants=rows,
    )
    uow.session.add(user)
    uow.session.flush()
    return user


def change_grants(uow: UnitOfWork, user_id: UUID, grants: Sequence[GrantForm], *, now: datetime) -> User:
    """Replace what a user may do. Raises NotFound, FieldInvalid, LastAdministrator."""
    user = get(uow, user_id)
    rows = [_grant(uow, form) for form in grants]
    if not any(form.role == SUPER_ADMIN for form in grants):
        _keep_an_administrator(uow, user)
    # First away with the old ones: the same grant again would meet itself in the unique index.
    user.grants = []
    uow.session.flush()
    user.grants = rows
    uow.session.flush()
    return user


def set_active(uow: UnitOfWork, user_id: UUID, active: bool, *, now: datetime) -> User:
    """Let a user in or not; who is switched off loses every open session. Raises LastAdministrator."""
    user = get(uow, user_id)
    if not active:
        _keep_an_administrator(uow, user)
        user.fs_uniquifier = uuid4().hex
    user.active = active
    uow.session.flush()
    return user


def set_password(uow: UnitOfWork, user_id: UUID, password: str, *, password_salt: str) -> User:
    """Set a password; every open session of the user ends. Raises FieldInvalid."""
    user = get(uow, user_id)
    user.password = hash_password(password, password_salt)
    user.fs_uniquifier = uuid4().hex
    uow.session.flush()
    return user


def remove_two_factor(uow: UnitOfWork, user_id: UUID) -> User:
    """For somebody who has lost the device. Raises NotFound."""
    user = get(uow, user_id)
    user.tf_primary_method = None
    user.tf_totp_secret = None
    uow.session.flush()
    return user


def audit(
    uow: UnitOfWork,
    action: str,
    object_type: str,
    object_id: Any,
    changes: Mapping[str, Any],
    *,
    user_id: UUID | None,
    address: str = "",
    unit: str | None = None,
) -> None:
    """Write who did what to which object. Rows are only ever added."""
    # Nothing is asked back: reading the new row may be beyond what the user may see.
    uow.session.execute(
        insert(AuditEntry.__table__)  # type: ignore[arg-type]  # a Table, which the stubs call a FromClause
        .inline()
        .values(
            unit=unit,
            user_id=user_id,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            changes=plain(dict(changes)),
            address=address,
        )
    )


def _grant(uow: UnitOfWork, form: GrantForm) -> Grant:
    if form.role not in ROLES:
        raise FieldInvalid("role", "unknown")
    if form.role == SUPER_ADMIN and (form.unit or form.division_id):
        raise FieldInvalid("unit", "not_for_this_role")
    if form.role != SUPER_ADMIN and (not form.unit or uow.session.get(Unit, form.unit) is None):
        raise FieldInvalid("unit", "unknown" if form.unit else "missing")
    if form.role in {CONSULTANT, DESIGNER} and form.division_id:
        raise FieldInvalid("division_id", "not_for_this_role")
    if form.role == DIVISION_CONSULTANT:
        division = uow.session.get(Division, form.division_id) if form.division_id else None
        if division is None or division.unit != form.unit:
            raise FieldInvalid("division_id", "unknown" if form.division_id else "missing")
    unknown = sorted(set(form.permissions) - set(PERMISSIONS))
    if unknown:
        raise FieldInvalid("permissions", "unknown")
    return Grant(
        role=form.role, unit=form.unit, division_id=form.division_id, permissions=sorted(set(form.permissions))
    )


def _whoever(uow: UnitOfWork, query: Select[User]) -> list[User]:
    with seeing_users(uow):
        return list(uow.session.scalars(query.order_by(User.name, User.email)))


def _keep_an_administrator(uow: UnitOfWork, user: User) -> None:
    if not any(grant.role == SUPER_ADMIN for grant in user.grants):
        return
    others = uow.session.scalar(
        select(func.count())
        .select_from(Grant)
        .join(User, User.id == Grant.user_id)
        .where(Grant.role == SUPER_ADMIN, User.active, User.id != user.id)
    )
    if not others:
        raise LastAdministrator(user.email)
