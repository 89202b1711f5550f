"""Business units and their divisions. A unit is data; its code never changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from huntred.db.base import Base, CreatedAt, Id, UnitCode


class Unit(Base):
    """settings: contact {name, phone, email}, mail {name, address}, hours, voice, thresholds (seed/<bu>/unit.yml)."""

    __tablename__ = "units"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    tagline: Mapped[str] = mapped_column(server_default="")
    colour: Mapped[str] = mapped_column(server_default="#3b82f6")
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{es}")
    timezone: Mapped[str] = mapped_column(server_default="America/Mexico_City")
    privacy_version: Mapped[str] = mapped_column(server_default="")
    privacy_notice: Mapped[str] = mapped_column(server_default="")
    position: Mapped[int] = mapped_column(server_default="0")
    in_picker: Mapped[bool] = mapped_column(server_default="true")
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    seeded: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}", comment="what it was given once")
    created_at: Mapped[CreatedAt]


class Division(Base):
    """A part of a unit that a consultant can be confined to."""

    __tablename__ = "divisions"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    code: Mapped[str]
    name: Mapped[str]

    __table_args__ = (UniqueConstraint("unit", "code"),)
