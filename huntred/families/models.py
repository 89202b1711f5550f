"""A family group and who is in it. Children are a number: no name, no age, no profile."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class Family(Base):
    """code: what an invited adult writes into their own chat, like that of any invitation."""

    __tablename__ = "families"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    code: Mapped[str] = mapped_column(unique=True)
    children: Mapped[int] = mapped_column(server_default="0", comment="how many travel along; nothing else of them")
    created_at: Mapped[CreatedAt]

    __table_args__ = (CheckConstraint("children BETWEEN 0 AND 20", name="children"),)


class FamilyMember(Base):
    """An adult who joined by themself; the row goes when they leave. What they agreed to stands in `consents`."""

    __tablename__ = "family_members"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    family_id: Mapped[UUID] = mapped_column(ForeignKey("families.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    joined_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("unit", "person_id"),)
