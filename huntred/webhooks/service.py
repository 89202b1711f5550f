"""Keeps subscriptions, writes deliveries, and says what is to be called next. Calling itself is the worker's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select, tuple_, update
from sqlalchemy.orm import aliased, joinedload, undefer

from contract.ids import new_id
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.outside.addresses import check_url
from huntred.pages import Page, read_cursor, write_cursor
from huntred.webhooks import rules
from huntred.webhooks.events import WebhookDisabled
from huntred.webhooks.models import WebhookDelivery, WebhookSubscription
from huntred.webhooks.ports import Reply

_KEEP = timedelta(days=30)
_LEASE = timedelta(seconds=60)
_LONGEST_DESCRIPTION = 200
_GONE = 410
TEST = "webhook.test"


@dataclass(frozen=True)
class SubscriptionForm:
    url: str
    events: Sequence[str]
    description: str = ""
    active: bool = True


@dataclass(frozen=True)
class Call:
    """One call to be made now. secrets: the new one first. body: as it is signed."""

    delivery_id: UUID
    token: UUID
    url: str
    secrets: tuple[str, ...]
    body: Mapping[str, Any]


def list_subscriptions(uow: UnitOfWork) -> list[WebhookSubscription]:
    """Those of this scope, by unit and the oldest first."""
    query = select(WebhookSubscription).where(WebhookSubscription.unit.in_(uow.scope.units))
    return list(uow.session.scalars(query.order_by(WebhookSubscription.unit, WebhookSubscription.id)))


def get_subscription(uow: UnitOfWork, subscription_id: UUID, *, lock: bool = False) -> WebhookSubscription:
    """Raises NotFound."""
    query = select(WebhookSubscription).where(WebhookSubscription.id == subscription_id)
    found = uow.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("webhook subscription")
    return found


def subscribe(
    uow: UnitOfWork, form: SubscriptionForm, *, now: datetime, allow_loopback: bool = False
) -> tuple[WebhookSubscription, str]:
    """Return the subscription of this work's unit and its secret, which is told this once. Raises FieldInvalid."""
    secret = rules.new_secret()
    found = WebhookSubscription(id=new_id(), unit=uow.unit, secret_sealed=secret, created_at=now)
    _write(found, form, now, allow_loopback)
    uow.session.add(found)
    uow.session.flush()
    return found, secret


def change(
    uow: UnitOfWork, subscription_id: UUID, form: SubscriptionForm, *, now: datetime, allow_loopback: bool = False
) -> WebhookSubscription:
    """Switched on again, it begins with a clean slate. Raises NotFound, FieldInvalid."""
    found = get_subscription(uow, subscription_id, lock=True)
    if form.active and not found.active:
        found.failing_since, found.disabled_at, found.disabled_reason = None, None, ""
    _write(found, form, now, allow_loopback)
    uow.session.flush()
    return found


def rotate_secret(uow: UnitOfWork, subscription_id: UUID, *, now: datetime) -> str:
    """Return a new secret; for a day calls are signed with the old one too. Raises NotFound."""
    query = select(WebhookSubscription).where(WebhookSubscription.id == subscription_id)
    found = uow.session.scalars(
        query.options(undefer(WebhookSubscription.secret_sealed)).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound("webhook subscription")
    found.previous_secret_sealed, found.previous_until = found.secret_sealed, now + rules.SECRET_OVERLAP
    found.secret_sealed = rules.new_secret()
    found.updated_at = now
    uow.session.flush()
    return found.secret_sealed


def remove(uow: UnitOfWork, subscription_id: UUID) -> None:
    """With its log. Raises NotFound."""
    uow.session.delete(get_subscription(uow, subscription_id, lock=True))
    uow.session.flush()


def tell(uow: UnitOfWork, event_type: str, data: Mapping[str, Any], *, now: datetime) -> int:
    """Write a delivery for everybody in the unit who wants to hear of it; return how many."""
    wanting = uow.session.scalars(
        select(WebhookSubscription.id).where(
            WebhookSubscription.unit == uow.unit, WebhookSubscription.active,
            WebhookSubscription.events.contains([event_type]),
        )
    ).all()  # fmt: skip
    for subscription_id in wanting:
        _deliver(uow, subscription_id, event_type, data, now)
    return len(wanting)


def send_test(uow: UnitOfWork, subscription_id: UUID, *, now: datetime) -> WebhookDelivery:
    """Write a delivery that says nothing but that calls arrive. Raises NotFound."""
    found = get_subscription(uow, subscription_id)
    return _deliver(uow, found.id, TEST, {"subscription_id": str(found.id)}, now)


def log(uow: UnitOfWork, subscription_id: UUID, *, cursor: str = "", limit: int = 50) -> Page[WebhookDelivery]:
    """Deliveries of a subscription, the latest first. Raises NotFound, FieldInvalid."""
    get_subscription(uow, subscription_id)
    place = tuple_(WebhookDelivery.created_at, WebhookDelivery.id)
    query = select(WebhookDelivery).where(WebhookDelivery.subscription_id == subscription_id)
    after = read_cursor(cursor)
    if after is not None:
        query = query.where(place < tuple_(*after))
    newest = query.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc()).limit(limit + 1)
    rows = list(uow.session.scalars(newest))
    shown = rows[:limit]
    return Page(shown, write_cursor(shown[-1].created_at, shown[-1].id) if len(rows) > limit else "")


def get_delivery(uow: UnitOfWork, subscription_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """Raises NotFound."""
    found = uow.session.scalars(
        select(WebhookDelivery).where(
            WebhookDelivery.id == delivery_id, WebhookDelivery.subscription_id == subscription_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound("webhook delivery")
    return found


def redeliver(uow: UnitOfWork, subscription_id: UUID, delivery_id: UUID, *, now: datetime) -> WebhookDelivery:
    """Send one again, with the same id and body. Raises NotFound."""
    found = get_delivery(uow, subscription_id, delivery_id)
    found.state, found.attempts, found.due, found.token = "waiting", 0, now, None
    found.delivered_at = None
    uow.session.flush()
    return found


def claim_due(uow: UnitOfWork, *, now: datetime, limit: int = 8) -> list[Call]:
    """Take what is to be called now, one of each subscription; the caller commits before it calls.

    A claim lasts a minute: whoever dies at a call leaves it to the next one, and the receiver knows it by its id.
    """
    rows = list(uow.session.scalars(_due(now).limit(limit)))
    calls: dict[UUID, Call] = {}
    for row in rows:
        if row.subscription_id in calls:
            continue
        subscription = row.subscription
        row.token, row.due, row.attempts, row.last_attempt_at = new_id(), now + _LEASE, row.attempts + 1, now
        old = subscription.previous_secret_sealed
        both = old and subscription.previous_until and subscription.previous_until > now
        secrets = (subscription.secret_sealed, old) if both and old else (subscription.secret_sealed,)
        calls[row.subscription_id] = Call(row.id, row.token, subscription.url, secrets, row.body)
    uow.session.flush()
    return list(calls.values())


def finish(uow: UnitOfWork, call: Call, reply: Reply, *, now: datetime, jitter: float) -> None:
    """Note what came of a call, plan the next try, and switch off an address that is gone or has failed for days."""
    row = uow.session.scalars(
        select(WebhookDelivery)
        .where(WebhookDelivery.id == call.delivery_id, WebhookDelivery.token == call.token)
        .options(joinedload(WebhookDelivery.subscription))
        .with_for_update(of=WebhookDelivery)
    ).one_or_none()
    if row is None:
        return
    row.token, row.last_status, row.last_error = None, reply.status, "" if reply.taken else reply.text
    if reply.taken:
        row.state, row.delivered_at = "delivered", now
        # Only where something changes: calls of one subscription do not wait for each other's row.
        uow.session.execute(
            update(WebhookSubscription)
            .where(WebhookSubscription.id == row.subscription_id, WebhookSubscription.failing_since.is_not(None))
            .values(failing_since=None)
        )
        return
    again = rules.next_try(row.attempts, now, jitter)
    if again is None:
        row.state = "failed"
    else:
        row.due = again
    _note_failure(uow, row.subscription_id, reply.status == _GONE, now)


def forget_old(uow: UnitOfWork, *, now: datetime) -> None:
    """The log goes back 30 days."""
    uow.session.execute(
        delete(WebhookDelivery).where(WebhookDelivery.unit == uow.unit, WebhookDelivery.created_at < now - _KEEP)
    )


def _due(now: datetime) -> Select[WebhookDelivery]:
    earlier = aliased(WebhookDelivery)
    held_up = (
        select(earlier.id)
        .where(
            earlier.subscription_id == WebhookDelivery.subscription_id, earlier.seq < WebhookDelivery.seq,
            earlier.state == "waiting", earlier.attempts < rules.PATIENT_ATTEMPTS,
        )
        .exists()
    )  # fmt: skip
    return (
        select(WebhookDelivery)
        .join(WebhookDelivery.subscription)
        .where(WebhookDelivery.state == "waiting", WebhookDelivery.due <= now, WebhookSubscription.active, ~held_up)
        .options(
            joinedload(WebhookDelivery.subscription).options(
                undefer(WebhookSubscription.secret_sealed), undefer(WebhookSubscription.previous_secret_sealed)
            )
        )
        .order_by(WebhookDelivery.seq)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    )


def _note_failure(uow: UnitOfWork, subscription_id: UUID, gone: bool, now: datetime) -> None:
    found = get_subscription(uow, subscription_id, lock=True)
    if found.failing_since is None:
        found.failing_since = now
    if found.active and (gone or now - found.failing_since >= rules.DISABLE_AFTER):
        found.active, found.disabled_at, found.disabled_reason = False, now, "gone" if gone else "failing"
        found.updated_at = now
        uow.record(WebhookDisabled(found.id), unit=found.unit)


def _deliver(
    uow: UnitOfWork, subscription_id: UUID, event_type: str, data: Mapping[str, Any], now: datetime
) -> WebhookDelivery:
    row = WebhookDelivery(
        id=new_id(), unit=uow.unit, subscription_id=subscription_id, event_type=event_type, due=now, created_at=now,
        body={"type": event_type, "timestamp": now.isoformat(), "data": dict(data)},
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    return row


def _write(found: WebhookSubscription, form: SubscriptionForm, now: datetime, allow_loopback: bool) -> None:
    description = " ".join(form.description.split())
    if len(description) > _LONGEST_DESCRIPTION:
        raise FieldInvalid("description", "too_long")
    found.url = check_url(form.url, allow_loopback=allow_loopback)
    found.events = rules.check_events(form.events)
    found.description = description
    found.active = form.active
    found.updated_at = now
