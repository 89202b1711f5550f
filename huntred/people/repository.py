"""Queries over people and their profiles."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from huntred.db.unit_of_work import UnitOfWork
from huntred.people.models import PersonIdentity, PersonMerge, Referral, UnitProfile
from huntred.search import narrowing

_LONGEST_CHAIN = 100


def identity(uow: UnitOfWork, kind: str, channel_account_id: UUID, value: str) -> PersonIdentity | None:
    return uow.session.scalar(
        select(PersonIdentity).where(
            PersonIdentity.unit == uow.unit,
            PersonIdentity.kind == kind,
            PersonIdentity.channel_account_id == channel_account_id,
            PersonIdentity.value == value,
        )
    )


def has_identity(uow: UnitOfWork, person_id: UUID) -> bool:
    query = select(PersonIdentity.id).where(PersonIdentity.unit == uow.unit, PersonIdentity.person_id == person_id)
    return uow.session.scalar(query.limit(1)) is not None


def profile(uow: UnitOfWork, person_id: UUID, *, for_update: bool = False, held: bool = False) -> UnitProfile | None:
    """Return what the person told the unit; of one who was merged into another, that one's.

    held: until the end of the transaction nobody merges it away, so that rows may be hung on it.
    """
    query = select(UnitProfile).where(UnitProfile.unit == uow.unit, UnitProfile.person_id == person_id)
    if for_update:
        query = query.with_for_update()
    elif held:
        query = query.with_for_update(read=True, key_share=True)
    found = uow.session.scalar(query)
    if found is None:
        now_is = who_it_is_now(uow, person_id)
        if now_is != person_id:
            return profile(uow, now_is, for_update=for_update, held=held)
    return found


def who_it_is_now(uow: UnitOfWork, person_id: UUID) -> UUID:
    """Return the person into whom this one was merged in the unit, or the same one."""
    for _ in range(_LONGEST_CHAIN):
        into = uow.session.scalar(
            select(PersonMerge.kept_person_id).where(
                PersonMerge.unit == uow.unit, PersonMerge.other_person_id == person_id, PersonMerge.undone_at.is_(None)
            )
        )
        if into is None:
            return person_id
        person_id = into
    raise RuntimeError(f"person {person_id} was merged in a circle")


def matching(session: Session, text: str = "", *, place: str = "", skill: str = "") -> Select[UnitProfile]:
    """Return what a search leaves, in no order; each word begins one of a name, the work, a skill, the place."""
    found = narrowing.condition(session, "person", UnitProfile.id, UnitProfile.search_text, text, place, skill)
    return select(UnitProfile) if found is None else select(UnitProfile).where(found)


def knows_email(uow: UnitOfWork, email: str) -> bool:
    """Whether somebody told this unit the address (lower case)."""
    found = uow.session.scalar(
        select(UnitProfile.id).where(UnitProfile.unit == uow.unit, UnitProfile.email == email).limit(1)
    )
    return found is not None


def referral_by_code(uow: UnitOfWork, code: str) -> Referral | None:
    return uow.session.scalar(
        select(Referral).where(Referral.unit == uow.unit, Referral.code == code).with_for_update()
    )


def open_referral(uow: UnitOfWork, inviter_id: UUID) -> Referral | None:
    """Return the invitation of a person that no friend has used yet."""
    return uow.session.scalar(
        select(Referral)
        .where(Referral.unit == uow.unit, Referral.inviter_id == inviter_id, Referral.invited_id.is_(None))
        .order_by(Referral.created_at.desc())
        .limit(1)
    )


def referral_of_friend(uow: UnitOfWork, invited_id: UUID) -> Referral | None:
    return uow.session.scalar(
        select(Referral).where(Referral.unit == uow.unit, Referral.invited_id == invited_id)
    )
