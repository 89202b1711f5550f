"""What a user's grants let them see and do; pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from huntred.db.scope import Scope

SUPER_ADMIN, CONSULTANT, DIVISION_CONSULTANT = "super_admin", "consultant", "division_consultant"
# Works on the words of a unit in the workbench; sees nobody and nothing else of it.
DESIGNER = "designer"
ROLES = (SUPER_ADMIN, CONSULTANT, DIVISION_CONSULTANT, DESIGNER)

# The switches of a division consultant: what they may do beyond looking.
PERMISSIONS = (
    "edit_vacancies", "publish_vacancies", "move_applications", "manage_slots", "reply", "edit_companies",
    "exchange_people",
)  # fmt: skip


class Granted(Protocol):
    """A grant as the rules read it."""

    @property
    def role(self) -> str: ...

    @property
    def unit(self) -> str | None: ...

    @property
    def division_id(self) -> UUID | None: ...

    @property
    def permissions(self) -> list[str]: ...


class Granting(Protocol):
    """Somebody with grants."""

    @property
    def id(self) -> UUID: ...

    @property
    def active(self) -> bool: ...

    @property
    def grants(self) -> Sequence[Granted]: ...


def scope_of(user: Granting) -> Scope:
    """Return what the user may see. Without a grant, or switched off: only themselves.

    Divisions confine only where every grant is of a division: who has a whole unit sees all of it. A designer's grant
    opens the unit's workbench, and no row beside it.
    """
    if not user.active:
        return Scope()
    if any(grant.role == SUPER_ADMIN for grant in user.grants):
        return Scope(all_units=True, user_id=user.id)
    design = tuple(sorted({grant.unit for grant in user.grants if grant.role == DESIGNER and grant.unit}))
    whole = sorted({grant.unit for grant in user.grants if grant.role == CONSULTANT and grant.unit})
    if whole:
        return Scope(units=tuple(whole), user_id=user.id, design=design)
    parts = [grant for grant in user.grants if grant.role == DIVISION_CONSULTANT and grant.unit and grant.division_id]
    return Scope(
        units=tuple(sorted({grant.unit for grant in parts if grant.unit})),
        divisions=tuple(sorted({grant.division_id for grant in parts if grant.division_id}, key=str)),
        user_id=user.id,
        design=design,
    )


def only_designs(user: Granting) -> bool:
    """Whether the workbench is all that this user may open."""
    return bool(user.grants) and all(grant.role == DESIGNER for grant in user.grants)


def may(user: Granting, permission: str) -> bool:
    """Whether the user may do it: a division consultant only with the switch, everybody else with a role, yes."""
    if not user.active:
        return False
    if any(grant.role in {SUPER_ADMIN, CONSULTANT} for grant in user.grants):
        return True
    return any(permission in grant.permissions for grant in user.grants)


def works_in(user: Granting, unit: str, divisions: Collection[UUID]) -> bool:
    """Whether the user sees what belongs to a unit and, where they are confined to divisions, to one of these."""
    if not user.active:
        return False
    for grant in user.grants:
        if grant.role == SUPER_ADMIN or (grant.role == CONSULTANT and grant.unit == unit):
            return True
        if grant.role == DIVISION_CONSULTANT and grant.unit == unit and grant.division_id in divisions:
            return True
    return False
