"""Put people on a vacancy's shortlist, order them, and share it with the client.

A client sees only who allowed it (`privacy.may_be_shown`), and of them only what `backoffice/public` shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.people.models import UnitProfile
from huntred.shortlists.errors import ShortlistEmpty, ShortlistFull
from huntred.shortlists.models import ShortlistEntry, ShortlistShare
from huntred.vacancies import service as vacancies

MOST = 30
LONGEST_NOTE = 500
SHARE_DAYS = (1, 60)


def entries(uow: UnitOfWork, vacancy_id: UUID) -> list[ShortlistEntry]:
    """Return who stands on the vacancy's shortlist, in its order."""
    query = (
        select(ShortlistEntry)
        .where(ShortlistEntry.vacancy_id == vacancy_id)
        .order_by(ShortlistEntry.ord, ShortlistEntry.created_at)
    )
    return list(uow.session.scalars(query))


def add(uow: UnitOfWork, vacancy_id: UUID, profile_id: UUID, user_id: UUID, *, now: datetime) -> ShortlistEntry:
    """Put somebody at the end of the list; who stands on it stays as they are. Raises NotFound, ShortlistFull."""
    vacancy = vacancies.get(uow, vacancy_id)
    known = uow.session.scalar(
        select(UnitProfile.id)
        .where(UnitProfile.id == profile_id, UnitProfile.unit == vacancy.unit)
        .with_for_update(read=True, key_share=True)
    )
    if known is None:
        raise NotFound(f"profile {profile_id}")
    there = _locked(uow, vacancy_id)
    found = next((entry for entry in there if entry.profile_id == profile_id), None)
    if found is not None:
        return found
    if len(there) >= MOST:
        raise ShortlistFull(f"{MOST} people")
    last = there[-1].ord if there else 0
    entry = ShortlistEntry(
        unit=vacancy.unit, vacancy_id=vacancy_id, profile_id=profile_id, ord=last + 1, added_by=user_id, created_at=now
    )
    uow.session.add(entry)
    uow.session.flush()
    return entry


def add_many(
    uow: UnitOfWork, vacancy_id: UUID, profile_ids: Sequence[UUID], user_id: UUID, *, now: datetime
) -> list[ShortlistEntry]:
    """Put several at the end of the list in this order, all or none. Raises NotFound, ShortlistFull."""
    return [add(uow, vacancy_id, profile_id, user_id, now=now) for profile_id in dict.fromkeys(profile_ids)]


def vacancy_of(uow: UnitOfWork, entry_id: UUID) -> UUID:
    """Return the vacancy on whose shortlist an entry stands. Raises NotFound."""
    return _entry(uow, entry_id).vacancy_id


def person_of(uow: UnitOfWork, entry_id: UUID) -> UUID:
    """Return who stands there. Raises NotFound."""
    return _entry(uow, entry_id).profile.person_id


def remove(uow: UnitOfWork, entry_id: UUID) -> None:
    """Take somebody from the list. Raises NotFound."""
    uow.session.delete(_entry(uow, entry_id))
    uow.session.flush()


def write_note(uow: UnitOfWork, entry_id: UUID, note: str) -> None:
    """Keep the team's note. Raises NotFound, FieldInvalid."""
    entry = _entry(uow, entry_id)
    if len(note) > LONGEST_NOTE:
        raise FieldInvalid("note", "too_long")
    entry.note = note.strip()


def move(uow: UnitOfWork, entry_id: UUID, step: int) -> None:
    """Change places with the one before (-1) or after (1), if any. Raises NotFound."""
    entry = _entry(uow, entry_id)
    there = _locked(uow, entry.vacancy_id)
    place = there.index(entry)
    other = place + step
    if 0 <= other < len(there):
        there[place], there[other] = there[other], there[place]
    for number, one in enumerate(there, 1):
        one.ord = number


def share(uow: UnitOfWork, vacancy_id: UUID, user_id: UUID, *, days: int, now: datetime) -> ShortlistShare:
    """Make a link of so many days. Raises NotFound, FieldInvalid, ShortlistEmpty."""
    vacancy = vacancies.get(uow, vacancy_id)
    if not SHARE_DAYS[0] <= days <= SHARE_DAYS[1]:
        raise FieldInvalid("share_days", "out_of_range")
    if not entries(uow, vacancy_id):
        raise ShortlistEmpty(f"vacancy {vacancy_id}")
    made = ShortlistShare(
        unit=vacancy.unit, vacancy_id=vacancy_id, created_by=user_id, created_at=now,
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    return made


def shares(uow: UnitOfWork, vacancy_id: UUID, *, now: datetime) -> list[ShortlistShare]:
    """Return the links that still open, newest first."""
    query = select(ShortlistShare).where(
        ShortlistShare.vacancy_id == vacancy_id, ShortlistShare.revoked_at.is_(None), ShortlistShare.expires_at > now
    )
    return list(uow.session.scalars(query.order_by(ShortlistShare.created_at.desc())))


def revoke(uow: UnitOfWork, share_id: UUID, *, now: datetime) -> UUID:
    """Take a link back, once and for all; return the vacancy's id. Raises NotFound."""
    found = share_of(uow, share_id)
    found.revoked_at = found.revoked_at or now
    return found.vacancy_id


def share_of(uow: UnitOfWork, share_id: UUID) -> ShortlistShare:
    """Raises NotFound."""
    found = uow.session.get(ShortlistShare, share_id)
    if found is None:
        raise NotFound(f"share {share_id}")
    return found


def opened(uow: UnitOfWork, share_id: UUID, *, now: datetime) -> ShortlistShare:
    """Return a link's row while it opens. Raises NotFound."""
    found = share_of(uow, share_id)
    if found.revoked_at is not None or found.expires_at <= now:
        raise NotFound(f"share {share_id}")
    return found


def forget(uow: UnitOfWork, person_id: UUID) -> None:
    """Take a person who is erased from every shortlist of the unit, with what was noted of them."""
    theirs = select(UnitProfile.id).where(UnitProfile.unit == uow.unit, UnitProfile.person_id == person_id)
    uow.session.execute(
        delete(ShortlistEntry).where(ShortlistEntry.unit == uow.unit, ShortlistEntry.profile_id.in_(theirs)),
        execution_options={"synchronize_session": False},
    )


def _entry(uow: UnitOfWork, entry_id: UUID) -> ShortlistEntry:
    entry = uow.session.get(ShortlistEntry, entry_id)
    if entry is None:
        raise NotFound(f"shortlist entry {entry_id}")
    return entry


def _locked(uow: UnitOfWork, vacancy_id: UUID) -> list[ShortlistEntry]:
    """The list as it stands, while nobody else changes it."""
    vacancies.hold(uow, vacancy_id)
    return entries(uow, vacancy_id)
