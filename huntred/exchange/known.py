"""Who of a unit a row of a file is: by the other system's own id, else by the rules for who is there twice."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from contract.ids import new_id
from contract.text import normalise
from huntred.applications.models import Application
from huntred.db.base import KeyRing
from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates import finding
from huntred.duplicates.rules import similar_names
from huntred.exchange.models import ImportedPerson
from huntred.exchange.reading import ReadPerson
from huntred.people import repository as people
from huntred.people.models import UnitProfile

OWN_SYSTEM = "huntred"
# Each of these alone says who it is; an address or a number that people share says so with a name that agrees.
_SURE = frozenset({"curp", "rfc", "birth"})


def find(uow: UnitOfWork, system: str, read: ReadPerson) -> UnitProfile | None:
    """Return the one who is meant, or none. Who merely might be is left to *Posibles duplicados*."""
    known = _by_external_id(uow, system, read)
    if known is not None:
        return known
    for candidate in finding.candidates(uow, _sketch(uow.unit, read)):
        if _SURE & set(candidate.reasons) or "name" in candidate.reasons or _nothing_against(read, candidate.profile):
            return candidate.profile
    return None


def of_division(uow: UnitOfWork, profile: UnitProfile, division_id: UUID) -> bool:
    """Whether a division sees this person: who applied to one of its vacancies."""
    query = select(Application.id).where(
        Application.profile_id == profile.id, Application.division_id == division_id
    )
    return uow.session.scalar(query.limit(1)) is not None


def keys(read: ReadPerson) -> list[str]:
    """Keyed hashes by which two rows of one file are the same person's."""
    told = read.columns
    first = normalise(told.get("first_name", "")).split()[:1]
    told_keys = [
        f"{name}:{value}"
        for name, value in (
            ("id", read.external_id), ("curp", told.get("curp_sealed")), ("rfc", told.get("rfc_sealed")),
            ("email", told.get("email") and f"{told['email']}:{first}"),
            ("phone", told.get("phone") and f"{told['phone']}:{first}"),
        )
        if value
    ]  # fmt: skip
    return [KeyRing.lookup(key) for key in told_keys]


def hashes(read: ReadPerson) -> None:
    """Put beside sealed numbers what they are found by."""
    for name in ("curp", "rfc"):
        number = read.columns.get(f"{name}_sealed")
        if number:
            read.columns[f"{name}_hash"] = KeyRing.lookup(number)


def _by_external_id(uow: UnitOfWork, system: str, read: ReadPerson) -> UnitProfile | None:
    if not read.external_id:
        return None
    person_id = uow.session.scalar(
        select(ImportedPerson.person_id).where(
            ImportedPerson.unit == uow.unit, ImportedPerson.system == system,
            ImportedPerson.external_id == read.external_id,
        )
    )  # fmt: skip
    known = people.profile(uow, person_id) if person_id is not None else None
    if known is not None and _may_be(read, known):
        return known
    if system == OWN_SYSTEM and read.external_id.isdecimal() and len(read.external_id) < 10:
        own = uow.session.scalar(
            select(UnitProfile).where(UnitProfile.unit == uow.unit, UnitProfile.number == int(read.external_id))
        )
        if own is not None and _may_be(read, own):
            return own
    return None


def _may_be(read: ReadPerson, there: UnitProfile) -> bool:
    """Whether the one whom an id names is who the row tells of: two systems, or two accounts, number from 1 alike."""
    told = read.columns
    return (
        similar_names(read.names, (there.first_name, there.last_name, there.second_last_name))
        or _nothing_against(read, there)
        or any(told.get(name) and told[name] == getattr(there, name) for name in ("email", "phone", "curp_hash"))
    )


def _nothing_against(read: ReadPerson, there: UnitProfile) -> bool:
    """Whether the names agree as far as they go, where one of the two has no surname."""
    mine, theirs = (normalise(name).split()[:1] for name in (read.names[0], there.first_name))
    return mine == theirs and not (read.names[1] and there.last_name)


def _sketch(unit: str, read: ReadPerson) -> UnitProfile:
    """The row as a profile that is never stored: what the rules for duplicates compare."""
    told = read.columns
    names = ("first_name", "last_name", "second_last_name", "email", "phone")
    sketch = UnitProfile(id=new_id(), unit=unit, **{name: told.get(name, "") for name in names})
    sketch.curp_hash, sketch.rfc_hash = told.get("curp_hash"), told.get("rfc_hash")
    if told.get("birth_date_sealed"):
        sketch.birth_date_sealed = told["birth_date_sealed"]
    return sketch
