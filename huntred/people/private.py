"""What only a web page asks for, by a signed link, and no chat ever shows: CURP, RFC, birth date."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from stdnum.exceptions import ValidationError
from stdnum.mx import curp as curp_number
from stdnum.mx import rfc as rfc_number

from huntred.db.base import KeyRing
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.people import repository
from huntred.people.dates import parse_birth_date
from huntred.privacy.links import Links


def private_page_link(uow: UnitOfWork, person_id: UUID, links: Links, *, now: datetime) -> str:
    """Return the link of the page that asks; it lives a day."""
    return links.private_page(uow.unit, person_id, now=now)


def set_private(
    uow: UnitOfWork,
    person_id: UUID,
    *,
    now: datetime,
    curp: str = "",
    birth_date: str = "",
    rfc: str = "",
) -> None:
    """Take what was written on the page; what is empty stays as it was. Raises FieldInvalid, NotFound."""
    profile = repository.profile(uow, person_id, for_update=True)
    if profile is None:
        raise NotFound("profile")
    born = _birth_date(birth_date, today=now.date()) if birth_date.strip() else None
    if curp.strip():
        number = curp_of(curp)
        of_curp: date = curp_number.get_birth_date(number)
        if born is not None and born != of_curp:
            raise FieldInvalid("birth_date", "differs_from_curp")
        known = profile.birth_date_sealed
        if born is None and known and date.fromisoformat(known) != of_curp:
            raise FieldInvalid("curp", "differs_from_birth_date")
        born = of_curp
        profile.curp_sealed = number
        profile.curp_hash = KeyRing.lookup(number)
    if rfc.strip():
        number = rfc_of(rfc)
        profile.rfc_sealed = number
        profile.rfc_hash = KeyRing.lookup(number)
    if born is not None:
        profile.birth_date_sealed = born.isoformat()
    profile.updated_at = now
    uow.session.flush()


def birth_date_of_curp(curp: str) -> date:
    """Return the day that a CURP of ours says."""
    born: date = curp_number.get_birth_date(curp)
    return born


def _birth_date(text: str, *, today: date) -> date:
    return parse_birth_date(text, today=today)


def curp_of(text: str) -> str:
    """Return the number as it is written officially. Raises FieldInvalid."""
    try:
        return str(curp_number.validate(text))
    except ValidationError:
        raise FieldInvalid("curp", "not_a_curp") from None


def rfc_of(text: str) -> str:
    """Check the form only: some real numbers fail their own check digit. Raises FieldInvalid."""
    try:
        return str(rfc_number.validate(text, validate_check_digits=False))
    except ValidationError:
        raise FieldInvalid("rfc", "not_an_rfc") from None
