"""One-time codes that prove an address by mail.

Whether the address is known changes nothing that can be seen: a code is made and counted either way, and only
the mail itself is left out.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from huntred.conversations import repository as conversations
from huntred.conversations.language import language_of
from huntred.db.base import KeyRing
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, RuleBroken
from huntred.notifications.mail import written_in
from huntred.notifications.outbound import send_mail
from huntred.people import repository as people
from huntred.people.rules import email_of
from huntred.privacy.models import OneTimeCode

MINUTES = 10
_TRIES = 5
_CODES_PER_HOUR = 5
_PURPOSE = "status_by_email"


class TooManyCodes(RuleBroken):
    """This conversation asked for too many codes within the hour."""

    code = "too_many_codes"


def request_code(uow: UnitOfWork, conversation_id: UUID, email: str, *, now: datetime) -> None:
    """Send a code to the address where this unit knows it; callers say the same in either case.

    Raises FieldInvalid where the text is no address, TooManyCodes.
    """
    address = email_of(email)
    conversation, _ = conversations.locked(uow, conversation_id)
    recent = uow.session.scalar(
        select(func.count())
        .select_from(OneTimeCode)
        .where(OneTimeCode.conversation_id == conversation_id, OneTimeCode.created_at > now - timedelta(hours=1))
    )
    if (recent or 0) >= _CODES_PER_HOUR:
        raise TooManyCodes(str(conversation_id))
    for earlier in _open_codes(uow, conversation_id, now):
        earlier.expires_at = now
    number = f"{secrets.randbelow(1_000_000):06d}"
    code = OneTimeCode(
        unit=conversation.unit,
        conversation_id=conversation_id,
        purpose=_PURPOSE,
        address_hash=KeyRing.lookup(address),
        code_hash="",
        expires_at=now + timedelta(minutes=MINUTES),
        created_at=now,
    )
    uow.session.add(code)
    uow.session.flush()
    known = people.knows_email(uow, address)
    # An unknown address has a row as well, whose code nobody can tell.
    code.code_hash = _code_hash(code.id, number if known else secrets.token_hex(16))
    if known:
        language = written_in(conversation.unit, "one_time_code", language_of(uow, conversation))
        send_mail(
            uow, "code", str(code.id), address, "one_time_code",
            {"language": language, "code": number, "minutes": MINUTES}, unit=conversation.unit, purpose="code",
        )  # fmt: skip
    uow.session.flush()


def redeem_code(uow: UnitOfWork, conversation_id: UUID, email: str, code: str, *, now: datetime) -> bool:
    """Whether the code is that of this conversation and address; right once, within its time and five tries."""
    try:
        address_hash = KeyRing.lookup(email_of(email))
    except FieldInvalid:
        return False
    given = "".join(char for char in code if char.isdigit())
    for open_code in _open_codes(uow, conversation_id, now):
        if open_code.address_hash != address_hash or open_code.tries >= _TRIES:
            continue
        open_code.tries += 1
        if hmac.compare_digest(open_code.code_hash, _code_hash(open_code.id, given)):
            open_code.used_at = now
            uow.session.flush()
            return True
    uow.session.flush()
    return False


def _open_codes(uow: UnitOfWork, conversation_id: UUID, now: datetime) -> list[OneTimeCode]:
    return list(
        uow.session.scalars(
            select(OneTimeCode)
            .where(
                OneTimeCode.conversation_id == conversation_id,
                OneTimeCode.purpose == _PURPOSE,
                OneTimeCode.used_at.is_(None),
                OneTimeCode.expires_at > now,
            )
            .order_by(OneTimeCode.created_at.desc())
            .with_for_update()
        )
    )


def _code_hash(code_id: UUID, number: str) -> str:
    return KeyRing.lookup(f"{code_id}:{number}")
