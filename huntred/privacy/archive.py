"""Old rows of inbox, outbox and tracker: moved out by age, batch by batch, and erased with their conversation.

The messages of a conversation stay where they are, with their text: what moves is what the machinery needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, text

from contract import tables
from huntred.db.archive_functions import LEAST_DAYS
from huntred.db.unit_of_work import UnitOfWork

BATCH = 1000
_FIRST = UUID(int=0)
_CALLS = {
    "inbox": text("SELECT moved, last_id FROM app_archive_inbox(:before, :after, :most)"),
    "outbox": text("SELECT moved, last_id FROM app_archive_outbox(:before, :after, :most)"),
    "tracker_events": text("SELECT moved, last_id FROM app_archive_tracker(:before, :after, :most)"),
}

Archived = Literal["inbox", "outbox", "tracker_events"]
Place = int | UUID


def first_place(table: Archived) -> Place:
    """Where a walk through this table begins."""
    return _FIRST if table == "tracker_events" else 0


def move_out(
    uow: UnitOfWork, table: Archived, after: Place, *, days: int, now: datetime, most: int = BATCH
) -> tuple[int, Place | None]:
    """Move one batch of rows older than so many days; return how many went, and where the next batch begins.

    The next place is None where the table holds nothing more. Of inbox and outbox nothing leaves before 30 days.
    """
    before = now - timedelta(days=days)
    row = uow.session.execute(_CALLS[table], {"before": before, "after": after, "most": most}).one()
    moved, last = int(row.moved), row.last_id
    if last is None or (table != "tracker_events" and moved < most):
        return moved, None
    return moved, last


def forget_unowned(uow: UnitOfWork, *, now: datetime, most: int = BATCH) -> int:
    """Erase raw payloads of inbox rows without a unit and quarantined bodies after 30 days; return how many."""
    return int(
        uow.session.execute(
            text("SELECT app_forget_unowned(:before, :most)"),
            {"before": now - timedelta(days=LEAST_DAYS), "most": most},
        ).scalar_one()
    )


def erase_archived(uow: UnitOfWork, conversation_ids: Sequence[UUID], chat_ids: Sequence[UUID] = ()) -> int:
    """Delete what the archives hold of these conversations, and of these chats, in this unit; return how many rows."""
    erased = 0
    for table in (tables.inbox_archive, tables.outbox_archive, tables.tracker_events_archive):
        whose: ColumnElement[bool] = table.c.conversation_id.in_(conversation_ids)
        if "chat_id" in table.c:
            whose = or_(whose, table.c.chat_id.in_(chat_ids))
        erased += int(uow.session.execute(delete(table).where(table.c.unit == uow.unit, whose)).rowcount)  # type: ignore[attr-defined]
    return erased
