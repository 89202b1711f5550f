"""Finds who may be in a unit twice: by email, phone, CURP and RFC (blind indexes), birth date with a similar name.

The page of a person asks for their own; the worker compares whoever is new or has changed and keeps the pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates import pairing
from huntred.duplicates.rules import similar_names, strength
from huntred.errors import NotFound
from huntred.people.models import DuplicatePair, UnitProfile, birth_hash

# An address that this many share is a shared one, and says little of each.
_MOST_BY_KEY = 20
_BATCH = 500


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be the same person. state: open, or different where a person said so."""

    profile: UnitProfile
    reasons: list[str]
    strength: int
    state: str = "open"


def candidates(uow: UnitOfWork, profile: UnitProfile) -> list[Candidate]:
    """Return who of the unit may be this person too, the surest first; those that were told apart as well."""
    found: dict[UUID, list[str]] = {}
    people: dict[UUID, UnitProfile] = {}
    for reason, column, value in _keys(profile):
        query = select(UnitProfile).where(
            UnitProfile.unit == profile.unit, column == value, UnitProfile.id != profile.id
        )
        rows = list(uow.session.scalars(query.limit(500 if reason == "birth" else _MOST_BY_KEY)))
        for row in rows:
            if reason == "birth" and not similar_names(_names(profile), _names(row)):
                continue
            people[row.id] = row
            found.setdefault(row.id, []).append(reason)
    for id_, reasons in found.items():
        if "birth" not in reasons and similar_names(_names(profile), _names(people[id_])):
            reasons.append("name")
    decided = pairing.states(uow, DuplicatePair, profile.id)
    ranked = [
        Candidate(people[id_], reasons, strength(reasons), decided.get(id_, "open")) for id_, reasons in found.items()
    ]
    return sorted(ranked, key=lambda one: (-one.strength, one.profile.number))


def pairs(
    uow: UnitOfWork, unit: str, *, limit: int = 50, state: str = "open"
) -> list[tuple[DuplicatePair, UnitProfile, UnitProfile]]:
    """Return pairs of the unit, the surest first, with both profiles; who is gone is left out."""
    first, second = aliased(UnitProfile), aliased(UnitProfile)
    query = (
        pairing.with_both(DuplicatePair, first, second)
        .where(DuplicatePair.unit == unit, DuplicatePair.state == state)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in uow.session.execute(query)]


def tell_apart(uow: UnitOfWork, first_id: UUID, second_id: UUID, *, user_id: UUID | None, now: datetime) -> None:
    """Remember that two profiles are different people; saying it again changes nothing. Raises NotFound."""
    for id_ in (first_id, second_id):
        if uow.session.get(UnitProfile, id_) is None:
            raise NotFound("profile")
    pairing.remember_different(uow, DuplicatePair, first_id, second_id, user_id=user_id, now=now)


def compare_new(uow: UnitOfWork, *, now: datetime, most: int = _BATCH) -> int:
    """Compare those who are new or changed since the last look; return how many were, 0 when all are done."""
    query = (
        select(UnitProfile)
        .where(
            UnitProfile.unit == uow.unit,
            or_(UnitProfile.compared_at.is_(None), UnitProfile.compared_at < UnitProfile.updated_at),
        )
        .order_by(UnitProfile.updated_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    profiles = list(uow.session.scalars(query))
    for profile in profiles:
        if profile.birth_hash is None and profile.birth_date_sealed:
            # From before birth dates had a blind index.
            profile.birth_hash = birth_hash(profile.birth_date_sealed)
    uow.session.flush()
    for profile in profiles:
        found = [
            pairing.Found(one.profile.id, one.reasons, one.strength)
            for one in candidates(uow, profile) if one.state == "open"
        ]  # fmt: skip
        pairing.keep(uow, DuplicatePair, profile.unit, profile.id, found, now=now)
    uow.session.execute(
        update(UnitProfile)
        .where(UnitProfile.id.in_([profile.id for profile in profiles]))
        .values(compared_at=UnitProfile.updated_at),
        execution_options={"synchronize_session": False},
    )
    return len(profiles)


def forget(uow: UnitOfWork, profile_ids: list[UUID]) -> None:
    """Forget the pairs of profiles that are erased."""
    uow.session.execute(
        delete(DuplicatePair).where(
            DuplicatePair.unit == uow.unit,
            or_(DuplicatePair.first_id.in_(profile_ids), DuplicatePair.second_id.in_(profile_ids)),
        ),
        execution_options={"synchronize_session": False},
    )


def _keys(profile: UnitProfile) -> list[tuple[str, InstrumentedAttribute[Any], str]]:
    told: tuple[tuple[str, InstrumentedAttribute[Any], str | None], ...] = (
        ("curp", UnitProfile.curp_hash, profile.curp_hash),
        ("rfc", UnitProfile.rfc_hash, profile.rfc_hash),
        ("email", UnitProfile.email, profile.email),
        ("phone", UnitProfile.phone, profile.phone),
        ("birth", UnitProfile.birth_hash, profile.birth_hash),
    )
    return [(reason, column, value) for reason, column, value in told if value]


def _names(profile: UnitProfile) -> tuple[str, str, str]:
    return profile.first_name or "", profile.last_name or "", profile.second_last_name or ""
