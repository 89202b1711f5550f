"""Puts what goes to an address (mail, a template to a phone, our own people's Telegram) into the outbox.

A row is unique by (source, source_id, ord): asked for twice, it goes out once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from contract.message import Attachment, Message
from huntred.conversations import repository as conversations
from huntred.conversations.models import OutboxRow
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit
from huntred.notifications.mail import render_mail
from huntred.units import service as units

Purpose = Literal["reply", "notice", "promotion", "code"]
_PRIORITY: dict[Purpose, int] = {"code": 20, "reply": 10, "notice": 5, "promotion": 0}


def send_mail(
    uow: UnitOfWork,
    source: str,
    source_id: str,
    address: str,
    mail_text: str,
    values: Mapping[str, Any],
    *,
    attachments: Sequence[Attachment] = (),
    unit: str | None = None,
    purpose: Purpose = "notice",
    ord: int = 0,
) -> bool:
    """Render a mail of the unit into an outbox row; return False where it went out before or there is no address."""
    if not address:
        return False
    unit = unit or uow.unit
    mail = render_mail(units.get(uow, unit), mail_text, values)
    message = Message(
        "email", text=mail.text, subject=mail.subject, html=mail.html, attachments=tuple(attachments)
    )
    return _put(uow, unit, "email", address, source, source_id, ord, purpose, message, account_id=None)


def send_template(
    uow: UnitOfWork,
    *,
    source: str,
    source_id: str,
    phone: str,
    message: Message,
    unit: str | None = None,
    purpose: Purpose = "notice",
    ord: int = 0,
) -> bool:
    """Send an approved WhatsApp template to a phone from the unit's number.

    Return False where it went out before, there is no phone, or the unit has no WhatsApp number.
    """
    if message.kind != "template" or message.template is None:
        raise ValueError("outside a conversation WhatsApp takes templates only")
    unit = unit or uow.unit
    account_id = conversations.account_of(uow, unit, "whatsapp")
    if not phone or account_id is None:
        return False
    address = "".join(char for char in phone if char.isdigit())
    return _put(uow, unit, "whatsapp", address, source, source_id, ord, purpose, message, account_id=account_id)


def send_telegram(
    uow: UnitOfWork,
    *,
    source: str,
    source_id: str,
    account_id: UUID,
    telegram_user_id: str,
    message: Message,
    unit: str,
    ord: int = 0,
) -> bool:
    """Say something to somebody of the team on their own Telegram, outside any conversation; False where it was."""
    return _put(
        uow, unit, "telegram", telegram_user_id, source, source_id, ord, "notice", message, account_id=account_id
    )


def _put(
    uow: UnitOfWork,
    unit: str,
    channel: str,
    address: str,
    source: str,
    source_id: str,
    ord: int,
    purpose: Purpose,
    message: Message,
    *,
    account_id: UUID | None,
) -> bool:
    put = uow.session.scalar(
        insert(OutboxRow)
        .values(
            unit=unit,
            channel=channel,
            channel_account_id=account_id,
            address=address,
            source=source,
            source_id=source_id,
            ord=ord,
            purpose=purpose,
            payload=message.as_json(),
            priority=_PRIORITY[purpose],
            due=func.clock_timestamp(),
        )
        .on_conflict_do_nothing(index_elements=["source", "source_id", "ord"])
        .returning(OutboxRow.id)
    )
    if put is None:
        return False
    wake_after_commit(uow.session, "outbox")
    return True
