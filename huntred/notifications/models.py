"""Templates that a vendor has approved, as data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
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
