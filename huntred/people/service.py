"""Registers and corrects people. Invitations live in invitations.py, what only the web asks in private.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, inspect, null, text, update

from contract.text import normalise
from huntred.conversations import repository as conversations
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.people import repository
from huntred.people.events import PermitChanged, PersonRegistered, ProfileCompleted
from huntred.people.models import Person, PersonIdentity, UnitProfile
from huntred.people.recap import shown
from huntred.people.repository import who_it_is_now
from huntred.people.rules import (
    APPLY_REQUIRED,
    EXPIRING_PERMITS,
    RECAP_ORDER,
    FieldValue,
    missing,
    parse_field,
    phone_of,
)
from huntred.people.types import RecapLine

__all__ = [
    "clear_field",
    "enter",
    "forget",
    "full_name",
    "held_profile",
    "is_known",
    "lock",
    "missing_fields",
    "name_of",
    "person_of",
    "profile_of",
    "recap",
    "refresh_search_text",
    "register",
    "replace_columns",
    "set_field",
    "set_fields",
    "told",
    "who_it_is_now",
]

_MEXICO = ZoneInfo("America/Mexico_City")


def person_of(uow: UnitOfWork, conversation_id: UUID, *, now: datetime) -> Person:
    """Return the conversation's person; at first make person, identity and the unit's profile, and link the chat."""
    known = _known_person(uow, conversation_id)
    if known is not None:
        return known
    conversation, chat = conversations.locked(uow, conversation_id)
    # The person is the group's: a chat that comes from another unit keeps theirs, and brings nothing else along.
    person_id = conversation.person_id or chat.person_id
    identity = repository.identity(uow, chat.channel, chat.channel_account_id, chat.user_id)
    if person_id is None and identity is not None:
        person_id = identity.person_id
    if person_id is not None:
        person_id = repository.who_it_is_now(uow, person_id)
    person = uow.session.get(Person, person_id) if person_id else None
    if person is None:
        person = Person(created_at=now)
        uow.session.add(person)
        uow.session.flush()
        uow.record(PersonRegistered(person.id, conversation_id))
    if identity is None:
        uow.session.add(
            PersonIdentity(
                unit=uow.unit,
                person_id=person.id,
                kind=chat.channel,
                channel_account_id=chat.channel_account_id,
                value=chat.user_id,
                verified_at=now,
                created_at=now,
            )
        )
    if chat.person_id is None:
        chat.person_id = person.id
    if conversation.person_id != person.id:
        conversation.person_id = person.id
    if repository.profile(uow, person.id) is None:
        uow.session.add(
            UnitProfile(
                unit=uow.unit,
                person_id=person.id,
                phone=_phone_told_by_vendor(chat.phone),
                skills=[],
                created_at=now,
                updated_at=now,
            )
        )
    uow.session.flush()
    return person


def _known_person(uow: UnitOfWork, conversation_id: UUID) -> Person | None:
    """Return the person where all of it is there already; nobody merges them away until the transaction ends.

    The chat is only kept from being locked whole: an action may be slow after this, and meanwhile the chat's lease is
    renewed, messages come in, and the person is told that we are slow (bot/lane.py).
    """
    conversation, chat = conversations.kept(uow, conversation_id)
    if conversation.person_id is None or chat.person_id is None:
        return None
    identity = repository.identity(uow, chat.channel, chat.channel_account_id, chat.user_id)
    merged = repository.who_it_is_now(uow, conversation.person_id) != conversation.person_id
    if identity is None or merged or repository.profile(uow, conversation.person_id) is None:
        return None
    return uow.session.get(Person, conversation.person_id)


def register(uow: UnitOfWork, texts: Mapping[str, str], *, now: datetime) -> UnitProfile:
    """Make a person of whom something is known before they have written; all fields or none. Raises FieldInvalid.

    Nothing is agreed to by it: consents are asked for when the person first writes.
    """
    person = Person(created_at=now)
    uow.session.add(person)
    uow.session.flush()
    profile = UnitProfile(unit=uow.unit, person_id=person.id, skills=[], created_at=now, updated_at=now)
    uow.session.add(profile)
    uow.session.flush()
    uow.record(PersonRegistered(person.id, None))
    set_fields(uow, person.id, texts, now=now)
    return profile


def enter(uow: UnitOfWork, columns: Mapping[str, Any], *, now: datetime) -> UnitProfile:
    """Make a person of whom another system told, by columns of the profile that were read before.

    Nothing is agreed to by it, and nobody is told that they completed their profile: they did not.
    """
    person = Person(created_at=now)
    uow.session.add(person)
    uow.session.flush()
    profile = UnitProfile(unit=uow.unit, person_id=person.id, skills=[], created_at=now, updated_at=now)
    uow.session.add(profile)
    uow.session.flush()
    uow.record(PersonRegistered(person.id, None))
    replace_columns(uow, profile, columns, now=now, by_themselves=False)
    return profile


def profile_of(uow: UnitOfWork, person_id: UUID) -> UnitProfile:
    """Return what the person told this unit. Raises NotFound."""
    profile = repository.profile(uow, person_id)
    if profile is None:
        raise NotFound("profile")
    return profile


def held_profile(uow: UnitOfWork, person_id: UUID) -> UnitProfile:
    """As `profile_of`, and nobody merges it away before the commit: for whoever hangs a row on it. Raises NotFound."""
    profile = repository.profile(uow, person_id, held=True)
    if profile is None:
        raise NotFound("profile")
    return profile


def is_known(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether this unit still knows the person: reached somehow, or registered; nobody is after an erasure."""
    profile = repository.profile(uow, person_id)
    return profile is not None and (profile.completed_at is not None or repository.has_identity(uow, person_id))


def lock(uow: UnitOfWork, person_id: UUID) -> None:
    """Let nobody else decide about the person, change or merge the profile before the commit. Raises NotFound."""
    if repository.profile(uow, person_id, for_update=True) is None:
        raise NotFound("profile")


def name_of(uow: UnitOfWork, person_id: UUID | None) -> str:
    """Return the name that the person told this unit; empty where none was told."""
    profile = repository.profile(uow, person_id) if person_id else None
    return full_name(profile) if profile else ""


def set_field(uow: UnitOfWork, person_id: UUID, field: str, text: str, *, now: datetime) -> None:
    """Take one answer. Raises FieldInvalid."""
    set_fields(uow, person_id, {field: text}, now=now)


def set_fields(uow: UnitOfWork, person_id: UUID, texts: Mapping[str, str], *, now: datetime) -> None:
    """Take several answers, all or none. Raises FieldInvalid."""
    today = now.astimezone(_MEXICO).date()
    values = [parse_field(field, text, today=today) for field, text in texts.items()]
    profile = repository.profile(uow, person_id, for_update=True)
    if profile is None:
        raise NotFound("profile")
    expired_on = profile.permit_expires_on
    for value in values:
        _assign(profile, value)
    _note_permit(uow, profile, expired_on)
    _after_change(uow, profile, now=now)


def replace_columns(
    uow: UnitOfWork, profile: UnitProfile, columns: Mapping[str, Any], *, now: datetime, by_themselves: bool = True
) -> None:
    """Put values that were read before into a locked profile, by column; what follows from a change follows.

    by_themselves: a profile that this completes is the person's own doing, and is told as such.
    """
    expired_on = profile.permit_expires_on
    for column, content in columns.items():
        setattr(profile, column, content)
    _note_permit(uow, profile, expired_on)
    _after_change(uow, profile, now=now, by_themselves=by_themselves)


def clear_field(uow: UnitOfWork, person_id: UUID, field: str, *, now: datetime) -> None:
    """Forget one optional answer. Raises FieldInvalid for what an application needs."""
    if field in APPLY_REQUIRED:
        raise FieldInvalid(field, "required")
    profile = repository.profile(uow, person_id, for_update=True)
    if profile is None:
        raise NotFound("profile")
    expired_on = profile.permit_expires_on
    for column in _COLUMNS_OF.get(field, (field,)):
        setattr(profile, column, None if column in _NULLABLE else "")
    _note_permit(uow, profile, expired_on)
    _after_change(uow, profile, now=now)


def recap(uow: UnitOfWork, person_id: UUID) -> list[RecapLine]:
    """Return what was told and may be shown in a chat, in order. CURP and RFC are never part of it."""
    profile = profile_of(uow, person_id)
    lines = [RecapLine(field, shown(field, profile)) for field in RECAP_ORDER]
    return [line for line in lines if line.value]


def missing_fields(
    uow: UnitOfWork, person_id: UUID, required: tuple[str, ...] = APPLY_REQUIRED
) -> list[str]:
    """Return the required fields that the person has not told yet."""
    return missing(told(profile_of(uow, person_id)), required)


def told(profile: UnitProfile) -> dict[str, Any]:
    """Return the profile's values by the names of the fields."""
    values: dict[str, Any] = {field: getattr(profile, _COLUMNS_OF.get(field, (field,))[0]) for field in RECAP_ORDER}
    return values


def forget(uow: UnitOfWork, person_id: UUID) -> None:
    """Erase what this unit knows of the person: the profile stays as an empty row for its applications."""
    uow.session.execute(
        delete(PersonIdentity).where(PersonIdentity.unit == uow.unit, PersonIdentity.person_id == person_id)
    )
    kept = {"id", "number", "unit", "person_id", "generated", "created_at", "updated_at"}
    columns = {column.key: column for column in inspect(UnitProfile).columns if column.key not in kept}
    empty: dict[str, Any] = {key: null() if column.nullable else text("DEFAULT") for key, column in columns.items()}
    uow.session.execute(
        update(UnitProfile).where(UnitProfile.unit == uow.unit, UnitProfile.person_id == person_id).values(**empty),
        execution_options={"synchronize_session": False},
    )


def full_name(profile: UnitProfile) -> str:
    return " ".join(part for part in (profile.first_name, profile.last_name, profile.second_last_name) if part)


# How a field is kept, where not in the column of its own name. search.refresh keeps `search_text`.
_COLUMNS_OF: dict[str, tuple[str, ...]] = {
    "birth_date": ("birth_date_sealed",),
    "permit_expires": ("permit_expires_on",),
    "salary": ("salary_amount",),
    "city": ("city", "state", "latitude", "longitude"),
}
_NULLABLE = {"birth_date_sealed", "permit_expires_on", "salary_amount", "experience_years", "latitude", "longitude"}


def _assign(profile: UnitProfile, value: FieldValue) -> None:
    for column, content in value.columns.items():
        if column == "birth_date":
            assert isinstance(content, date)
            profile.birth_date_sealed = content.isoformat()
        else:
            setattr(profile, column, content)


def _note_permit(uow: UnitOfWork, profile: UnitProfile, expired_on: date | None) -> None:
    """Tell of another expiry; a permit that never ends has none."""
    if profile.work_permit and profile.work_permit not in EXPIRING_PERMITS:
        profile.permit_expires_on = None
    if profile.permit_expires_on != expired_on:
        uow.record(PermitChanged(profile.id, profile.person_id))


def _after_change(uow: UnitOfWork, profile: UnitProfile, *, now: datetime, by_themselves: bool = True) -> None:
    profile.updated_at = now
    refresh_search_text(profile)
    if profile.completed_at is None and not missing(told(profile), APPLY_REQUIRED):
        profile.completed_at = now
        if by_themselves:
            uow.record(ProfileCompleted(profile.id, profile.person_id))
    uow.session.flush()


def refresh_search_text(profile: UnitProfile) -> None:
    """Fold what the profile is searched by: names, work, skills, place, address and number."""
    profile.search_text = normalise(
        " ".join(
            [
                full_name(profile),
                profile.headline or "",
                *(profile.skills or []),
                profile.city or "",
                profile.state or "",
                profile.email or "",
                profile.phone or "",
            ]
        )
    )


def _phone_told_by_vendor(phone: str | None) -> str:
    try:
        return phone_of(f"+{phone.lstrip('+')}") if phone else ""
    except FieldInvalid:
        return ""
