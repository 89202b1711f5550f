"""Queries over people and their profiles."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from huntred.db.unit_of_work import UnitOfWork
from huntred.people.models import PersonIdentity, Referral, UnitProfile
from huntred.search import narrowing


def identity(uow: UnitOfWork, kind: str, channel_account_id: UUID, value: str) -> PersonIdentity | None:
    return uow.session.scalar(
        select(PersonIdentity).where(
            PersonIdentity.unit == uow.unit,
            PersonIdentity.kind == kind,
            PersonIdentity.channel_account_id == channel_account_id,
            PersonIdentity.value == value,
        )
    )


def profile(uow: UnitOfWork, person_id: UUID, *, for_update: bool = False) -> UnitProfile | None:
    query = select(UnitProfile).where(UnitProfile.unit == uow.unit, UnitProfile.person_id == person_id)
    return uow.session.scalar(query.with_for_update() if for_update else query)


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
