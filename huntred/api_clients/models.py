"""Programs that use the API: who they are, their tokens, and the answers kept for requests that come twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id


class ApiClient(Base):
    """secret_hash: SHA-256 of a random secret that was shown once. revoked_at: it is over, and so are its tokens."""

    __tablename__ = "api_clients"

    id: Mapped[Id]
    name: Mapped[str]
    units: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="what it sees")
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="resource:action, see huntred/api_clients/rules.py")
    secret_hash: Mapped[str]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    last_token_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("cardinality(units) > 0", name="units"),)


class ApiToken(Base):
    """kind: access | refresh. family: what one proof of the secret led to; a refresh token used twice ends it all."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_clients.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    family: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('access', 'refresh')", name="kind"),
        Index("ix_api_tokens_expires_at", "expires_at"),
    )


class ApiRequest(Base):
    """A write with an Idempotency-Key. claim: of who works on it; status: none until the work is committed, with it."""

    __tablename__ = "api_requests"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_clients.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(comment="of method, path and body")
    claim: Mapped[UUID]
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    body: Mapped[str] = mapped_column(server_default="")
