"""Templates that a vendor has approved, as data; and how each user of the back office is told of things."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class MessageTemplate(Base):
    """components: header, footer, parameters and buttons beside the body. state, reason, quality: the vendor's words.

    submitted_at: null where the vendor was never asked. checked_at: when its word was last heard.
    """

    __tablename__ = "message_templates"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    channel: Mapped[str] = mapped_column(server_default="whatsapp")
    name: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="es_MX")
    category: Mapped[str] = mapped_column(server_default="UTILITY")
    body: Mapped[str]
    components: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    state: Mapped[str] = mapped_column(server_default="PENDING")
    reason: Mapped[str] = mapped_column(server_default="")
    quality: Mapped[str] = mapped_column(server_default="")
    vendor_id: Mapped[str] = mapped_column(server_default="")
    submitted_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("unit", "channel", "name", "language"),)


class UserAlerts(Base):
    """How one user hears that somebody waits; a row of its own, since only the user writes it.

    on_duty, by_…, any_hour, quiet_…, in_digest: what they chose (alerts.Choices). page_at: when a page of theirs last
    said that it is open. telegram_account_id, telegram_user_id: their own Telegram, told over that bot of ours.
    link_code, link_code_at: while it is being linked.
    """

    __tablename__ = "user_alerts"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    sound: Mapped[bool] = mapped_column(server_default="true")
    on_duty: Mapped[bool] = mapped_column(server_default="true")
    by_push: Mapped[bool] = mapped_column(server_default="true")
    by_telegram: Mapped[bool] = mapped_column(server_default="true")
    by_mail: Mapped[bool] = mapped_column(server_default="true")
    any_hour: Mapped[bool] = mapped_column(server_default="false")
    quiet_from: Mapped[time | None]
    quiet_to: Mapped[time | None]
    in_digest: Mapped[bool] = mapped_column(server_default="true")
    page_at: Mapped[datetime | None]
    telegram_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("channel_accounts.id"))
    telegram_user_id: Mapped[str] = mapped_column(server_default="")
    link_code: Mapped[str] = mapped_column(server_default="")
    link_code_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet"),)
