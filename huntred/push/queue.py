"""Messages to devices: written down first, claimed when due, and what came of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from contract.ids import new_id
from huntred.access.seeing import seeing_users
from huntred.conversations.models import Handoff
from huntred.db.unit_of_work import UnitOfWork
from huntred.notifications import alerts
from huntred.push import rules
from huntred.push.models import PushDevice, PushMessage
from huntred.push.ports import Reply, Subscription
from huntred.push.rules import Told

_LEASE = timedelta(seconds=60)
_KEEP = timedelta(days=30)
_LONGEST_ERROR = 500
# To oneself, to see whether it arrives: told also where a page is open.
TEST = "test"


@dataclass(frozen=True)
class Push:
    """One call to be made now. ttl: seconds."""

    message_id: UUID
    token: UUID
    to: Subscription
    payload: bytes
    ttl: int
    topic: str


def tell(
    uow: UnitOfWork, unit: str, user_ids: Collection[UUID], source: str, source_id: str, told: Told, *, now: datetime,
    handoff_id: UUID | None = None,
) -> int:  # fmt: skip
    """Write a message for every device of these users; the same source again adds none. Return how many."""
    with seeing_users(uow):
        devices = uow.session.scalars(select(PushDevice.id).where(PushDevice.user_id.in_(user_ids))).all()
    return sum(_put(uow, unit, device, source, source_id, told, now, handoff_id) for device in devices)


def tell_device(
    uow: UnitOfWork, unit: str, device_id: UUID, source: str, source_id: str, told: Told, *, now: datetime
) -> None:
    _put(uow, unit, device_id, source, source_id, told, now, None)


def claim_due(uow: UnitOfWork, *, now: datetime, limit: int = 8) -> list[Push]:
    """Take what is to be sent now; the caller commits before it calls.

    What nobody needs any more is dropped: the conversation was taken, the user has a page open, its time is over.
    """
    with seeing_users(uow):
        rows = uow.session.scalars(
            select(PushMessage)
            .where(PushMessage.unit == uow.unit, PushMessage.state == "waiting", PushMessage.due <= now)
            .options(joinedload(PushMessage.device))
            .order_by(PushMessage.due, PushMessage.id)
            .limit(limit)
            .with_for_update(of=PushMessage, skip_locked=True)
        ).all()
        here = alerts.open_pages(uow, {row.device.user_id for row in rows}, now=now)
        pushes = []
        for row in rows:
            if _is_needless(uow, row, here, now):
                row.state, row.token = "dropped", None
                continue
            row.token, row.due, row.attempts = new_id(), now + _LEASE, row.attempts + 1
            device = row.device
            to = Subscription(device.endpoint_sealed, device.p256dh_sealed, device.auth_sealed)
            told = Told(**row.payload)
            ttl = int((row.expires_at - now).total_seconds())
            pushes.append(Push(row.id, row.token, to, told.payload(), ttl, rules.topic_of(told.tag)))
    return pushes


def finish(uow: UnitOfWork, push: Push, reply: Reply, *, now: datetime, jitter: float) -> None:
    """Note what came of a call; a browser that has ended its subscription is no device any more."""
    with seeing_users(uow):
        row = uow.session.scalars(
            select(PushMessage)
            .where(PushMessage.id == push.message_id, PushMessage.token == push.token)
            .options(joinedload(PushMessage.device))
            .with_for_update(of=PushMessage)
        ).one_or_none()
        if row is None:
            return
        row.token, row.last_status = None, reply.status
        row.last_error = "" if rules.outcome(reply) == "sent" else reply.text[:_LONGEST_ERROR]
        match rules.outcome(reply):
            case "sent":
                row.state, row.sent_at, row.device.told_at, row.device.refused_at = "sent", now, now, None
            case "gone":
                uow.session.delete(row.device)
            case "refused":
                row.state, row.device.refused_at = "failed", row.device.refused_at or now
            case "again":
                again = rules.next_try(row.attempts, reply, now, jitter)
                if again is None or again >= row.expires_at:
                    row.state = "failed"
                else:
                    row.due = again


def forget_old(uow: UnitOfWork, *, now: datetime) -> None:
    """What was sent is kept for 30 days."""
    uow.session.execute(delete(PushMessage).where(PushMessage.unit == uow.unit, PushMessage.created_at < now - _KEEP))


def _is_needless(uow: UnitOfWork, row: PushMessage, here: set[UUID], now: datetime) -> bool:
    if row.expires_at <= now:
        return True
    if row.handoff_id is not None:
        state = uow.session.scalar(select(Handoff.state).where(Handoff.id == row.handoff_id))
        if state != "queued":
            return True
    return row.source != TEST and row.device.user_id in here


def _put(
    uow: UnitOfWork, unit: str, device_id: UUID, source: str, source_id: str, told: Told, now: datetime,
    handoff_id: UUID | None,
) -> bool:  # fmt: skip
    put = uow.session.scalar(
        insert(PushMessage)
        .values(
            id=new_id(), unit=unit, device_id=device_id, source=source, source_id=source_id, handoff_id=handoff_id,
            payload=asdict(told), due=now, expires_at=now + rules.KEPT, created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["device_id", "source", "source_id"])
        .returning(PushMessage.id)
    )  # fmt: skip
    return put is not None
