"""Users and what they may do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.access import service
from huntred.access.errors import EmailTaken, LastAdministrator
from huntred.access.models import AuditEntry, User
from huntred.access.service import GrantForm
from huntred.errors import FieldInvalid, NotFound
from huntred.units.models import Division
from tests.factories.desk import Desk

SALT = "a salt of the tests."
ADMIN = {"units": ("amigro", "huntu"), "all_units": True}


def _make(desk: Desk, email: str = "laura@example.com", *grants: GrantForm) -> User:
    with desk.work(**ADMIN) as uow:
        return service.create_user(
            uow, email=email, name=" Laura ", grants=grants or [GrantForm("consultant", "amigro")], now=desk.now,
            password="una contraseña larga", password_salt=SALT, phone="55 1234 5678",
        )  # fmt: skip


def test_a_user_is_made_with_rights_and_a_hashed_password(desk: Desk) -> None:
    made = _make(desk, "Laura@Example.com")
    stored = desk.one(User, made.id)
    assert (stored.email, stored.name, stored.phone) == ("laura@example.com", "Laura", "+525512345678")
    assert stored.password.startswith("$argon2id$")
    assert service.scope_of(stored).units == ("amigro",)
    with pytest.raises(EmailTaken):
        _make(desk, "LAURA@example.com")


def test_only_the_super_administrator_makes_users(desk: Desk) -> None:
    """The service does not ask; the database refuses."""
    with pytest.raises(Exception, match="row-level security"), desk.work() as uow:
        service.create_user(uow, email="x@example.com", name="X", grants=[], now=desk.now)


@pytest.mark.parametrize(
    ("grant", "field"),
    [
        (GrantForm("king"), "role"), (GrantForm("consultant"), "unit"), (GrantForm("consultant", "nadie"), "unit"),
        (GrantForm("super_admin", "amigro"), "unit"), (GrantForm("division_consultant", "amigro"), "division_id"),
        (GrantForm("division_consultant", "amigro", new_id()), "division_id"),
        (GrantForm("consultant", "amigro", new_id()), "division_id"),
        (GrantForm("consultant", "amigro", permissions=("fly",)), "permissions"),
    ],
)  # fmt: skip
def test_a_wrong_right_is_named(desk: Desk, grant: GrantForm, field: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        _make(desk, "x@example.com", grant)
    assert refused.value.field == field
    assert desk.rows(select(User)) == []


def test_rights_are_replaced_and_an_administrator_is_left(desk: Desk) -> None:
    division = Division(id=new_id(), unit="amigro", code="norte", name="Norte")
    desk.add(division)
    boss = _make(desk, "boss@example.com", GrantForm("super_admin"))
    user = _make(desk)
    part = GrantForm("division_consultant", "amigro", division.id, ("reply", "reply"))
    with desk.work(**ADMIN) as uow:
        service.change_grants(uow, user.id, [part], now=desk.now)
        service.change_grants(uow, user.id, [part], now=desk.now)
        with pytest.raises(LastAdministrator):
            service.change_grants(uow, boss.id, [], now=desk.now)
        with pytest.raises(LastAdministrator):
            service.set_active(uow, boss.id, False, now=desk.now)
        service.change_grants(uow, user.id, [GrantForm("super_admin")], now=desk.now)
        service.change_grants(uow, boss.id, [GrantForm("consultant", "huntu")], now=desk.now)
    (grant,) = desk.one(User, boss.id).grants
    assert (grant.role, grant.unit) == ("consultant", "huntu")


def test_switched_off_or_with_a_new_password_open_sessions_end(desk: Desk) -> None:
    user = _make(desk)
    before = desk.one(User, user.id).fs_uniquifier
    with desk.work(**ADMIN) as uow:
        service.set_active(uow, user.id, False, now=desk.now + timedelta(days=1))
        assert service.users(uow) == []
        assert [one.id for one in service.users(uow, active_only=False)] == [user.id]
    switched_off = desk.one(User, user.id)
    assert not switched_off.active and switched_off.fs_uniquifier != before
    with desk.work(**ADMIN) as uow:
        service.set_password(uow, user.id, "otra contraseña larga", password_salt=SALT)
    assert desk.one(User, user.id).fs_uniquifier != switched_off.fs_uniquifier


def test_another_units_user_is_not_there(desk: Desk) -> None:
    stranger = desk.user("huntu")
    with desk.work() as uow, pytest.raises(NotFound):
        service.get(uow, stranger.id)


def test_the_audit_only_grows(desk: Desk) -> None:
    user = _make(desk)
    with desk.work(user_id=user.id) as uow:
        service.audit(
            uow, "vacancy.published", "vacancy", user.id, {"at": desk.now}, user_id=user.id, address="10.0.0.1",
            unit="amigro",
        )  # fmt: skip
    (entry,) = desk.rows(select(AuditEntry))
    assert (entry.action, entry.user_id, entry.changes) == ("vacancy.published", user.id, {"at": desk.now.isoformat()})
