"""Client companies and the people there."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class Company(Base):
    __tablename__ = "companies"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    name: Mapped[str]
    industry: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
    website: Mapped[str] = mapped_column(server_default="")
    notes: Mapped[str] = mapped_column(server_default="")
    search_text: Mapped[str] = mapped_column(server_default="")
    generated: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[CreatedAt]

    __table_args__ = (Index("ix_companies_unit_name", "unit", "name"),)


class Contact(Base):
    """A person at a company: told when a candidate confirms, where the vacancy names them."""

    __tablename__ = "contacts"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    name: Mapped[str]
    position: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    generated: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[CreatedAt]
