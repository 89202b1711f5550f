"""Web push: the browsers in which a user wants to be told, and every message to one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.db.base import Base, CreatedAt, Id, Sealed, UnitCode


class PushDevice(Base):
    """A browser's subscription. Whoever knows its address and keys can tell that browser things: all three are sealed.

    endpoint_hash: HMAC, by which it is found. name: browser and system. told_at: when its service last took
    something. refused_at: since when it refuses; null once it took something again.
    """

    __tablename__ = "push_devices"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    endpoint_hash: Mapped[str] = mapped_column(unique=True)
    endpoint_sealed: Mapped[str] = mapped_column(Sealed("push_devices.endpoint"))
    p256dh_sealed: Mapped[str] = mapped_column(Sealed("push_devices.p256dh"))
    auth_sealed: Mapped[str] = mapped_column(Sealed("push_devices.auth"))
    name: Mapped[str] = mapped_column(server_default="")
    told_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class PushMessage(Base):
    """One message to one device; its row stands before anything is called.

    payload: what the browser shows (title, body, path, tag). handoff_id: it is told only while that one waits.
    state: waiting → sent | dropped (nobody needs it any more) | failed. token: of who is sending now.
    """

    __tablename__ = "push_messages"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("push_devices.id", ondelete="CASCADE"), index=True)
    source: Mapped[str]
    source_id: Mapped[str]
    handoff_id: Mapped[UUID | None] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default="0")
    due: Mapped[datetime]
    expires_at: Mapped[datetime]
    token: Mapped[UUID | None]
    last_status: Mapped[int | None]
    last_error: Mapped[str] = mapped_column(server_default="")
    sent_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    device: Mapped[PushDevice] = relationship(lazy="select")

    __table_args__ = (
        UniqueConstraint("device_id", "source", "source_id"),
        CheckConstraint("state IN ('waiting', 'sent', 'dropped', 'failed')", name="state"),
        Index("ix_push_messages_waiting", "unit", "due", postgresql_where=text("state = 'waiting'")),
    )
