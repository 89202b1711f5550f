"""What perhaps went and must not go twice (a payment link, a signature, a promotion): a person looks, and decides.

Each decision is taken once, and written into the audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from huntred.access.service import audit
from huntred.conversations.models import OutboxRow
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit
from huntred.errors import NotFound

_MOST = 200


@dataclass(frozen=True)
class InReview:
    """One row that waits for a decision. text: what was to be said. since: when it was made."""

    id: int
    conversation_id: UUID | None
    channel: str
    purpose: str
    text: str
    error_code: str
    error: str
    since: datetime


def waiting(uow: UnitOfWork, *, limit: int = 50) -> list[InReview]:
    """Return what waits for a decision in the units of this work, the oldest first."""
    rows = uow.session.scalars(
        select(OutboxRow).where(OutboxRow.state == "review").order_by(OutboxRow.id).limit(max(1, min(limit, _MOST)))
    )
    return [
        InReview(
            row.id, row.conversation_id, row.channel, row.purpose, str(row.payload.get("text", "")),
            row.error_code or "", row.error or "", row.created_at,
        )
        for row in rows
    ]  # fmt: skip


def send_again(uow: UnitOfWork, outbox_id: int, user_id: UUID) -> None:
    """It did not arrive: send it once more, marked as a possible duplicate. Raises NotFound."""
    row = _locked(uow, outbox_id)
    row.state, row.due, row.begun, row.possible_duplicate = "waiting", None, False, True
    row.error_code = row.error = None
    _decided(uow, row, "send_again", user_id)
    wake_after_commit(uow.session, "outbox")


def mark_sent(uow: UnitOfWork, outbox_id: int, user_id: UUID, *, now: datetime) -> None:
    """It did arrive. Raises NotFound."""
    row = _locked(uow, outbox_id)
    row.state, row.sent_at = "sent", now
    row.error_code = row.error = None
    _decided(uow, row, "mark_sent", user_id)


def drop(uow: UnitOfWork, outbox_id: int, user_id: UUID) -> None:
    """Whether it arrived or not: it is not sent any more. Raises NotFound."""
    row = _locked(uow, outbox_id)
    row.state, row.error_code = "failed", "dropped"
    _decided(uow, row, "drop", user_id)


def _locked(uow: UnitOfWork, outbox_id: int) -> OutboxRow:
    """A status may settle it, or a colleague decide, while somebody looks at it."""
    row = uow.session.get(OutboxRow, outbox_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != "review":
        raise NotFound("message in review")
    return row


def _decided(uow: UnitOfWork, row: OutboxRow, decision: str, user_id: UUID) -> None:
    uow.session.flush()
    audit(uow, f"outbox.{decision}", "outbox", row.id, {"state": ["review", row.state]}, user_id=user_id, unit=row.unit)
    if row.conversation_id is not None:
        wake_after_commit(uow.session, "live", {"unit": row.unit, "conversation": str(row.conversation_id)})
