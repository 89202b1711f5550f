"""Users of the back office, what they may do where, and the audit of what they did.

Flask-Security's mixins stay in `backoffice/auth.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huntred.db.base import Base, CreatedAt, Id


class User(Base):
    """Columns that Flask-Security names are named as it wants them."""

    __tablename__ = "users"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="es")
    timezone: Mapped[str] = mapped_column(server_default="", comment="of whoever looks; empty: the unit's")
    calendar_link: Mapped[int] = mapped_column(server_default="0", comment="number of the feed's link")
    last_login_at: Mapped[datetime | None]
    generated: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[CreatedAt]

    grants: Mapped[list[Grant]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class Grant(Base):
    """A role for a user. super_admin has no unit; consultant and designer one unit; division_consultant one
    division of it."""

    __tablename__ = "grants"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"))
    permissions: Mapped[list[str]] = mapped_column(
        JSONB, server_default="[]", comment="switches of a division consultant"
    )

    __table_args__ = (
        UniqueConstraint("user_id", "role", "unit", "division_id", postgresql_nulls_not_distinct=True),
        CheckConstraint(
            "(role = 'super_admin' AND unit IS NULL AND division_id IS NULL)"
            " OR (role IN ('consultant', 'designer') AND unit IS NOT NULL AND division_id IS NULL)"
            " OR (role = 'division_consultant' AND unit IS NOT NULL AND division_id IS NOT NULL)",
            name="role",
        ),
    )


class AuditEntry(Base):
    """Who changed what. Rows are only ever added: no role may update or delete them."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_clients.id"), comment="a program, not a user")
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    address: Mapped[str] = mapped_column(server_default="", comment="the IP address")
    at: Mapped[CreatedAt]

    __table_args__ = (Index("ix_audit_entries_object", "object_type", "object_id"), Index("ix_audit_entries_at", "at"))
