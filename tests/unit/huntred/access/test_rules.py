"""What grants let a user see and do (R1)."""

from __future__ import annotations

from uuid import UUID

from huntred.access.models import Grant, User
from huntred.access.rules import PERMISSIONS, may, scope_of
from huntred.db.session import Scope

ME, NORTE, SUR = UUID(int=1), UUID(int=2), UUID(int=3)


def user(*grants: Grant, active: bool = True) -> User:
    return User(id=ME, active=active, grants=list(grants))


def test_without_a_grant_or_switched_off_one_sees_nothing() -> None:
    assert scope_of(user()).units == ()
    assert scope_of(user(Grant(role="super_admin"), active=False)) == Scope()
    assert not may(user(Grant(role="super_admin"), active=False), "reply")


def test_the_super_administrator_sees_all_units() -> None:
    assert scope_of(user(Grant(role="super_admin"))) == Scope(all_units=True, user_id=ME)


def test_a_consultant_sees_whole_units() -> None:
    grants = (Grant(role="consultant", unit="huntu"), Grant(role="consultant", unit="amigro"))
    assert scope_of(user(*grants)) == Scope(units=("amigro", "huntu"), user_id=ME)
    assert all(may(user(*grants), permission) for permission in PERMISSIONS)


def test_a_division_consultant_is_confined_and_does_what_is_switched_on() -> None:
    grants = (
        Grant(role="division_consultant", unit="amigro", division_id=NORTE, permissions=["reply"]),
        Grant(role="division_consultant", unit="amigro", division_id=SUR, permissions=[]),
    )
    assert scope_of(user(*grants)) == Scope(units=("amigro",), divisions=(NORTE, SUR), user_id=ME)
    assert may(user(*grants), "reply")
    assert not may(user(*grants), "publish_vacancies")


def test_a_division_beside_a_whole_unit_opens_nothing_more() -> None:
    """The policies know units and divisions, not pairs: the division's unit stays shut."""
    grants = (
        Grant(role="consultant", unit="amigro"),
        Grant(role="division_consultant", unit="huntu", division_id=NORTE, permissions=[]),
    )
    assert scope_of(user(*grants)) == Scope(units=("amigro",), user_id=ME)
