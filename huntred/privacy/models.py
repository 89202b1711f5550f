"""One-time codes that prove an address, and the log of erasures."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class OneTimeCode(Base):
    """code_hash: HMAC of code and id. A code ends after five tries, at its use or at its expiry."""

    __tablename__ = "one_time_codes"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"), index=True)
    purpose: Mapped[str]
    address_hash: Mapped[str]
    code_hash: Mapped[str]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(server_default="0")
    used_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Erasure(Base):
    """Who was erased from which unit; kept beside the backups too, so that a restore erases again."""

    __tablename__ = "erasures"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    erased_at: Mapped[datetime]
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
