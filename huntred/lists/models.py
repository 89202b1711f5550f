"""What users keep of the back office's lists: views with a name, the columns they chose, and exports being written."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id


class SavedView(Base):
    """A user's own; the one without a name holds the columns of the list as it opens."""

    __tablename__ = "saved_views"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    list_name: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="")
    filters: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default="{}", comment="name → value, as in the address"
    )
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", comment="empty: as the list has them")
    created_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("user_id", "list_name", "name"),)


class ListExport(Base):
    """A large export, or one to another system, by the worker: waiting → writing → done | failed; gone after a day.

    told: of one to another system, its fields with their heads and how dates are written; else empty.
    """

    __tablename__ = "list_exports"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    list_name: Mapped[str]
    filters: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    units: Mapped[list[str]] = mapped_column(
        ARRAY(Text), comment="what the user looked at; narrowed by the grants of then"
    )
    format: Mapped[str]
    told: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default="{}", comment="of an export to another system: fields with their heads, dates"
    )
    state: Mapped[str] = mapped_column(server_default="waiting")
    rows_total: Mapped[int] = mapped_column(server_default="0")
    rows_done: Mapped[int] = mapped_column(server_default="0")
    touched_at: Mapped[CreatedAt] = mapped_column(comment="by who writes it; a worker that died is followed by another")
    expires_at: Mapped[datetime]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'writing', 'done', 'failed')", name="state"),
        CheckConstraint("format IN ('csv', 'xlsx', 'json', 'jsonl')", name="format"),
        Index("ix_list_exports_open", "created_at", postgresql_where=text("state IN ('waiting', 'writing')")),
    )
