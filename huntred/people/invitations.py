"""Invitations that a person forwards. We never write to the friend first: who invited whom is kept when the
friend arrives by himself or herself and agrees.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from contract.invitations import ALPHABET, LENGTH, PREFIX
from huntred.conversations import repository as conversations
from huntred.conversations.entry import entry_url
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import RuleBroken
from huntred.people import repository
from huntred.people.events import InvitationAccepted
from huntred.people.models import Referral
from huntred.people.service import profile_of
from huntred.people.types import Invitation
from huntred.units import service as units


class InvitationUnknown(RuleBroken):
    code = "invitation_unknown"


class OwnInvitation(RuleBroken):
    """Nobody invites themselves."""

    code = "own_invitation"


def invitation(uow: UnitOfWork, person_id: UUID, *, now: datetime, chat_url: str = "") -> Invitation:
    """Return the person's invitation; the same one until a friend has used it.

    chat_url: of the unit's web chat, for a unit without WhatsApp and Telegram (`?ref=` is added).
    """
    profile = profile_of(uow, person_id)
    referral = repository.open_referral(uow, person_id)
    if referral is None:
        referral = Referral(unit=uow.unit, code=new_code(), inviter_id=person_id, created_at=now)
        uow.session.add(referral)
        uow.session.flush()
    unit = units.get(uow, uow.unit)
    url = url_of(conversations.addresses_of(uow, uow.unit), referral.code, chat_url)
    return Invitation(
        referral.code,
        url,
        {"name": profile.first_name, "unit": unit.name, "url": url, "code": referral.code},
    )


def accept_invitation(uow: UnitOfWork, code: str, person_id: UUID, *, now: datetime) -> bool:
    """Note who invited this person; return False where that is known already (the first one stays).

    One code may be forwarded to several friends. Raises InvitationUnknown, OwnInvitation.
    """
    referral = repository.referral_by_code(uow, clean_code(code))
    if referral is None:
        raise InvitationUnknown(code)
    if referral.inviter_id == person_id:
        raise OwnInvitation(code)
    return _accept(uow, referral, person_id, now=now)


def note_inviter(uow: UnitOfWork, inviter_id: UUID, person_id: UUID, *, now: datetime) -> bool:
    """Note who invited this person by a code of another kind; return False where somebody did before."""
    referral = Referral(unit=uow.unit, code=new_code(), inviter_id=inviter_id, created_at=now)
    return inviter_id != person_id and _accept(uow, referral, person_id, now=now)


def _accept(uow: UnitOfWork, referral: Referral, person_id: UUID, *, now: datetime) -> bool:
    if repository.referral_of_friend(uow, person_id) is not None:
        return False
    if referral.invited_id is not None:
        referral = Referral(unit=uow.unit, code=new_code(), inviter_id=referral.inviter_id, created_at=now)
    uow.session.add(referral)
    referral.invited_id = person_id
    referral.accepted_at = now
    uow.session.flush()
    uow.record(InvitationAccepted(referral.id, referral.inviter_id, person_id))
    return True


def inviter_of(uow: UnitOfWork, person_id: UUID) -> UUID | None:
    """Return who invited this person to this unit; None where nobody did."""
    referral = repository.referral_of_friend(uow, person_id)
    return referral.inviter_id if referral else None


def clean_code(text: str) -> str:
    """Return the code as it is kept: "inv-abcd2345 " → "INV-ABCD2345"."""
    return text.strip().upper()


def new_code() -> str:
    """Return a new code, as people forward it."""
    return PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def url_of(addresses: dict[str, str], code: str, chat_url: str) -> str:
    """Return the link that opens the unit's chat with the code; "" where there is none. addresses: by channel."""
    for channel in ("whatsapp", "telegram"):
        if addresses.get(channel):
            return entry_url(channel, addresses[channel], code)
    return entry_url("web", chat_url, code) if chat_url else ""
