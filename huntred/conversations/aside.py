"""What could not be handled: rows put aside and bodies that nobody could read. A person looks at them and replays them.

A replay is safe to repeat: what was handled meanwhile stays as it is, and a body that is read again is stored under
the vendor's own ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from huntred.conversations import repository
from huntred.conversations.models import Chat, InboxRow, Quarantined
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit
from huntred.errors import NotFound

_MOST = 200


@dataclass(frozen=True)
class AsideMessage:
    """A message that failed three times by its own fault. error: of the last time."""

    inbox_id: int
    unit: str
    channel: str
    conversation_id: UUID | None
    user_name: str
    kind: str
    text: str
    error: str
    received_at: datetime


@dataclass(frozen=True)
class UnreadBody:
    """A webhook's body that could not be read. result: what came of reading it again, if anybody tried."""

    id: int
    channel: str
    app: str
    reason: str
    body: bytes
    received_at: datetime
    replay_at: datetime | None
    replayed_at: datetime | None
    result: str


def list_aside(uow: UnitOfWork, *, before_id: int | None = None, limit: int = 50) -> list[AsideMessage]:
    """Return messages of the units in scope that were put aside, the newest first. before_id: leads further back."""
    query = (
        select(InboxRow, Chat.user_name)
        .join(Chat, Chat.id == InboxRow.chat_id)
        .where(InboxRow.state == "aside", *([InboxRow.id < before_id] if before_id is not None else []))
        .order_by(InboxRow.id.desc())
        .limit(max(1, min(limit, _MOST)))
    )
    return [
        AsideMessage(
            inbox_id=row.id,
            unit=row.unit or "",
            channel=row.channel,
            conversation_id=row.conversation_id,
            user_name=user_name,
            kind=row.kind,
            text=str(row.payload.get("text") or ""),
            error=row.error or "",
            received_at=row.received_at,
        )
        for row, user_name in uow.session.execute(query)
    ]


def get_aside(uow: UnitOfWork, inbox_id: int) -> InboxRow:
    """Raises NotFound where it is in no unit of this scope."""
    row = uow.session.get(InboxRow, inbox_id)
    if row is None:
        raise NotFound("message")
    return row


def replay_aside(uow: UnitOfWork, inbox_id: int, *, now: datetime) -> int:
    """Let a message that was put aside be tried again, with what was read as one turn with it.

    Actions of the turn that were done are not done again: it keeps its id, and so their keys. Returns how many rows
    wait now: 0 where it was replayed before. Raises NotFound.
    """
    asked = get_aside(uow, inbox_id)
    chat = repository.locked_chat(uow, asked.chat_id)
    same_turn = [InboxRow.id == asked.id]
    if asked.turn_id is not None:
        same_turn.append(InboxRow.turn_id == asked.turn_id)
    rows = uow.session.scalars(
        select(InboxRow)
        .where(InboxRow.chat_id == chat.id, InboxRow.state == "aside", or_(*same_turn))
        .order_by(InboxRow.id)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.state = "waiting"
        row.attempts = 0
        row.parse = None
    if rows:
        if chat.due is None:
            chat.due = now
        chat.background = False
        uow.session.flush()
        wake_after_commit(uow.session, "inbox")
    return len(rows)


def list_quarantine(uow: UnitOfWork, *, before_id: int | None = None, limit: int = 50) -> list[UnreadBody]:
    """Return bodies that could not be read, the newest first; only a scope of all units sees any."""
    query = (
        select(Quarantined)
        .where(*([Quarantined.id < before_id] if before_id is not None else []))
        .order_by(Quarantined.id.desc())
        .limit(max(1, min(limit, _MOST)))
    )
    return [
        UnreadBody(
            row.id, row.channel, row.app, row.reason, bytes(row.body), row.received_at, row.replay_at,
            row.replayed_at, row.replay_result or "",
        )
        for row in uow.session.scalars(query)
    ]  # fmt: skip


def replay_quarantine(uow: UnitOfWork, quarantine_id: int, *, now: datetime) -> bool:
    """Let the gateway read a body again with what its connector knows by now; return False where it was stored before.

    Raises NotFound.
    """
    row = uow.session.get(Quarantined, quarantine_id, with_for_update=True)
    if row is None:
        raise NotFound("body")
    if row.replayed_at is not None:
        return False
    row.replay_at = now
    row.replay_result = None
    uow.session.flush()
    return True
