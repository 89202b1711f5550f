"""The way into a chat from our side: a due notice, a consultant's reply, the opening after a change of unit, and
what a program hands in for its people (programs.py).

The row waits in the chat's lane like anything that the person writes, so that it is said in order and never
in the middle of a turn. Nothing is sent from here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from contract.message import Inbound
from huntred.conversations import repository
from huntred.conversations.models import InboxRow
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit

EnteringKind = Literal["notice", "consultant", "opened", "text", "option"]


def enter(
    uow: UnitOfWork,
    chat_id: UUID,
    kind: EnteringKind,
    payload: Inbound,
    vendor_id: str,
    *,
    now: datetime,
    unit: str | None = None,
    conversation_id: UUID | None = None,
) -> bool:
    """Put a row into the chat's lane; return False where this vendor_id entered before.

    unit, conversation_id: whose it is, where that is not the unit of this work and the chat's current conversation.
    """
    chat = repository.locked_chat(uow, chat_id)
    entered = uow.session.scalar(
        insert(InboxRow)
        .values(
            chat_id=chat.id,
            conversation_id=conversation_id,
            unit=unit or uow.unit,
            channel_account_id=chat.channel_account_id,
            channel=chat.channel,
            kind=kind,
            vendor_id=vendor_id,
            payload=payload.as_json(),
            received_at=now,
        )
        .on_conflict_do_nothing(index_elements=["channel_account_id", "kind", "vendor_id"])
        .returning(InboxRow.id)
    )
    if entered is None:
        return False
    # Where a time stands already, a turn holds the chat, or an earlier message waits for its time: both lead here.
    if chat.due is None:
        chat.due = now
        chat.background = kind == "notice"
    elif kind != "notice":
        chat.background = False
    uow.session.flush()
    wake_after_commit(uow.session, "inbox")
    return True

