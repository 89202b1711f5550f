"""Notices: said in a chat now or later, or sent to an address. Nobody is written to first without having agreed.

`notifications/outbound.py` puts rows into the outbox, `handlers.py` decides who hears of what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from contract.message import Inbound, TemplateUse
from huntred.conversations import repository as conversations
from huntred.conversations.lane import enter
from huntred.conversations.models import Conversation, ScheduledNotice
from huntred.db.unit_of_work import UnitOfWork
from huntred.notifications.outbound import Purpose, send_mail, send_template
from huntred.privacy import service as privacy

__all__ = ["Released", "cancel", "release_due", "schedule", "send_mail", "send_template", "tell"]

_AT_ONCE = 200
_AFTER_A_FAULT = timedelta(minutes=5)


@dataclass(frozen=True)
class Released:
    """entered: went on its way. withheld: the person wants none. faults: kept for later, with what went wrong."""

    entered: int
    withheld: int
    faults: tuple[Exception, ...] = ()


def schedule(
    uow: UnitOfWork,
    key: str,
    response: str,
    values: Mapping[str, Any],
    due_at: datetime,
    *,
    conversation_id: UUID | None = None,
    address: str | None = None,
    purpose: Purpose = "notice",
    template: TemplateUse | None = None,
    now: datetime,
) -> None:
    """Let something be said when its time comes; the same key again replaces it.

    With a conversation, response is an `utter_…` of domain/; with an address, the name of a mail text. The values are
    kept as they are: in the language that the chat has now, though the response is said in the one that it has then. A
    mail and a template are said in the language of their values.
    """
    if (conversation_id is None) == (address is None):
        raise ValueError("a notice has a conversation or an address")
    content = {
        "conversation_id": conversation_id,
        "address": address,
        "response": response,
        "values": dict(values),
        "template": template.as_json() if template else None,
        "purpose": purpose,
        "due_at": due_at,
        "state": "waiting",
        "created_at": now,
    }
    uow.session.execute(
        insert(ScheduledNotice)
        .values(id=new_id(), unit=uow.unit, key=key, **content)
        .on_conflict_do_update(index_elements=["key"], set_=content)
    )


def cancel(uow: UnitOfWork, key_prefix: str) -> int:
    """Take back the waiting notices whose key begins so; return how many."""
    taken_back = uow.session.execute(
        update(ScheduledNotice)
        .where(
            ScheduledNotice.unit == uow.unit,
            ScheduledNotice.key.startswith(key_prefix, autoescape=True),
            ScheduledNotice.state == "waiting",
        )
        .values(state="cancelled")
    )
    return int(taken_back.rowcount)  # type: ignore[attr-defined]  # a CursorResult, which the stubs call a Result


def tell(
    uow: UnitOfWork,
    conversation: Conversation,
    key: str,
    response: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    purpose: Purpose = "notice",
    template: TemplateUse | None = None,
) -> bool:
    """Say something in a chat now, once for each key; return False where the person wants no such message."""
    if purpose in ("notice", "promotion") and not privacy.may_write_first(
        uow, conversation, "promotion" if purpose == "promotion" else "notice"
    ):
        return False
    content: dict[str, Any] = {"response": response, "values": dict(values), "purpose": purpose}
    if template is not None:
        content["template"] = template.as_json()
    return enter(
        uow,
        conversation.chat_id,
        "notice",
        Inbound("notice", values=content),
        f"notice:{key}",
        now=now,
        unit=conversation.unit,
        conversation_id=conversation.id,
    )


def release_due(uow: UnitOfWork, *, now: datetime) -> Released:
    """Send this unit's notices that are due on their way.

    One that fails waits five minutes more and holds up no other; the caller raises its fault after the commit.
    """
    due = uow.session.scalars(
        select(ScheduledNotice)
        .where(
            ScheduledNotice.unit == uow.unit,
            ScheduledNotice.state == "waiting",
            ScheduledNotice.due_at <= now,
        )
        .order_by(ScheduledNotice.due_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    entered, withheld, faults = 0, 0, []
    for notice in due:
        try:
            with uow.session.begin_nested():
                went = _release(uow, notice, now)
        except Exception as fault:  # raised by the task that called us, once the others are committed
            faults.append(fault)
            notice.due_at = now + _AFTER_A_FAULT
            continue
        notice.state = "entered" if went else "cancelled"
        entered, withheld = entered + went, withheld + (not went)
    uow.session.flush()
    return Released(entered, withheld, tuple(faults))


def _release(uow: UnitOfWork, notice: ScheduledNotice, now: datetime) -> bool:
    purpose = cast(Purpose, notice.purpose)
    once = f"{notice.id}:{int(notice.due_at.timestamp())}"
    if notice.conversation_id is None:
        send_mail(
            uow, "notice", once, notice.address or "", notice.response, notice.values, purpose=purpose
        )
        return True
    return tell(
        uow,
        conversations.get(uow, notice.conversation_id),
        once,
        notice.response,
        notice.values,
        now=now,
        purpose=purpose,
        template=TemplateUse.from_json(notice.template) if notice.template else None,
    )
