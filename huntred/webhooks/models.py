"""Webhooks out: who wants to hear of what, and every call."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.db.base import Base, CreatedAt, Id, Sealed, UnitCode


class WebhookSubscription(Base):
    """An address that hears of a unit's events. Its secret is written and never shown again.

    previous_secret_sealed: signs beside the new one until previous_until, so that a receiver can change over.
    failing_since: of the first call that failed with none that succeeded after it.
    disabled_reason: gone (the receiver said 410) or failing.
    """

    __tablename__ = "webhook_subscriptions"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    url: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret_sealed: Mapped[str] = mapped_column(Sealed("webhook_subscriptions.secret"), deferred=True)
    previous_secret_sealed: Mapped[str | None] = mapped_column(
        Sealed("webhook_subscriptions.previous_secret"), deferred=True
    )
    previous_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(server_default="true")
    failing_since: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class WebhookDelivery(Base):
    """One event for one subscription. Its id is the receiver's key: the same at every try, and when sent again.

    state: waiting → delivered | failed. seq: the order of a subscription. token: of who is calling now.
    """

    __tablename__ = "webhook_deliveries"

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    unit: Mapped[UnitCode]
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_subscriptions.id", ondelete="CASCADE"))
    event_type: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default="0")
    due: Mapped[datetime]
    token: Mapped[UUID | None]
    last_attempt_at: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_error: Mapped[str] = mapped_column(server_default="")
    delivered_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    subscription: Mapped[WebhookSubscription] = relationship(lazy="select")

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="state"),
        Index("ix_webhook_deliveries_waiting", "subscription_id", "seq", postgresql_where=text("state = 'waiting'")),
        Index("ix_webhook_deliveries_log", "subscription_id", "created_at", "id"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )
