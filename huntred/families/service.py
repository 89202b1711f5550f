"""Begins, joins and leaves a family group. Nobody puts anybody else into one, and leaving needs no reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.families.errors import FamilyFull, FamilyUnknown, InAnotherFamily, NotInFamily
from huntred.families.models import Family, FamilyMember
from huntred.people import invitations
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.privacy import service as privacy

MOST_ADULTS = 12
MOST_CHILDREN = 20


def family_of(uow: UnitOfWork, person_id: UUID) -> Family | None:
    """Return the person's group in this unit."""
    return uow.session.scalar(
        select(Family)
        .join(FamilyMember, FamilyMember.family_id == Family.id)
        .where(FamilyMember.unit == uow.unit, FamilyMember.person_id == person_id)
    )


def by_code(uow: UnitOfWork, code: str) -> Family | None:
    """Return the group that a code invites to; None for any other code."""
    return uow.session.scalar(
        select(Family).where(Family.unit == uow.unit, Family.code == invitations.clean_code(code))
    )


def members_of(uow: UnitOfWork, family: Family) -> list[UnitProfile]:
    """Return the adults of a group, who joined first first."""
    return list(
        uow.session.scalars(
            select(UnitProfile)
            .join(FamilyMember, FamilyMember.person_id == UnitProfile.person_id)
            .where(FamilyMember.family_id == family.id, UnitProfile.unit == uow.unit)
            .order_by(FamilyMember.joined_at, FamilyMember.id)
        )
    )


def start(uow: UnitOfWork, person_id: UUID, channel: str, *, now: datetime) -> Family:
    """Begin a group with this person, who agrees to it by that; again, the group that they are in."""
    people.lock(uow, person_id)
    family = family_of(uow, person_id)
    if family is None:
        family = Family(unit=uow.unit, code=invitations.new_code(), children=0, created_at=now)
        uow.session.add(family)
        uow.session.flush()
        _add(uow, family, person_id, channel, now)
    return family


def join(uow: UnitOfWork, code: str, person_id: UUID, channel: str, *, now: datetime) -> Family:
    """Let the person into the group of a code, who agrees to it by that; again changes nothing.

    Who began it has invited them, where nobody else did before. Raises FamilyUnknown, InAnotherFamily, FamilyFull.
    """
    people.lock(uow, person_id)
    family = uow.session.scalar(
        select(Family)
        .where(Family.unit == uow.unit, Family.code == invitations.clean_code(code))
        .with_for_update()
    )
    if family is None:
        raise FamilyUnknown
    current = family_of(uow, person_id)
    if current is not None:
        if current.id != family.id:
            raise InAnotherFamily
        return family
    others = members_of(uow, family)
    if len(others) >= MOST_ADULTS:
        raise FamilyFull
    _add(uow, family, person_id, channel, now)
    if others:
        invitations.note_inviter(uow, others[0].person_id, person_id, now=now)
    return family


def set_children(uow: UnitOfWork, person_id: UUID, count: int) -> Family:
    """Note how many children travel along. Raises NotInFamily, FieldInvalid."""
    family = family_of(uow, person_id)
    if family is None:
        raise NotInFamily
    if not 0 <= count <= MOST_CHILDREN:
        raise FieldInvalid("children", "out_of_range")
    family.children = count
    uow.session.flush()
    return family


def leave(uow: UnitOfWork, person_id: UUID, channel: str, *, now: datetime) -> None:
    """Let the person out, and note that they agree no more. Raises NotInFamily."""
    family = family_of(uow, person_id)
    if family is None:
        raise NotInFamily
    _remove(uow, family.id, person_id)
    privacy.allow_family(uow, person_id, False, channel, family.id, now=now)


def forget(uow: UnitOfWork, person_id: UUID) -> None:
    """Take an erased person out of their group."""
    family = family_of(uow, person_id)
    if family is not None:
        _remove(uow, family.id, person_id)


def exported(uow: UnitOfWork, person_id: UUID) -> dict[str, Any] | None:
    """Return what the person's own data says of the group: the others' names are theirs."""
    row = uow.session.execute(
        select(FamilyMember.joined_at, Family.children)
        .join(Family, Family.id == FamilyMember.family_id)
        .where(FamilyMember.unit == uow.unit, FamilyMember.person_id == person_id)
    ).one_or_none()
    return {"joined_at": row.joined_at, "children": row.children} if row else None


def _add(uow: UnitOfWork, family: Family, person_id: UUID, channel: str, now: datetime) -> None:
    uow.session.add(FamilyMember(unit=uow.unit, family_id=family.id, person_id=person_id, joined_at=now))
    uow.session.flush()
    privacy.allow_family(uow, person_id, True, channel, family.id, now=now)


def _remove(uow: UnitOfWork, family_id: UUID, person_id: UUID) -> None:
    """Who was the last takes the group along."""
    # Whoever joins meanwhile waits for this, and then finds the group or none.
    uow.session.execute(select(Family.id).where(Family.id == family_id).with_for_update())
    uow.session.execute(
        delete(FamilyMember).where(FamilyMember.family_id == family_id, FamilyMember.person_id == person_id)
    )
    if uow.session.scalar(select(FamilyMember.id).where(FamilyMember.family_id == family_id).limit(1)) is None:
        uow.session.execute(delete(Family).where(Family.id == family_id))
