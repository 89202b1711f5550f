"""What the search looks at: one entry a person, company, vacancy and conversation, and every word's key once a unit.

Triggers write both (`huntred/db/search_functions.py`), whoever changes what is searched; the app reads neither table
itself, only what the functions give out of them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt


class SearchEntry(Base):
    """One thing that may be found; its lexemes carry kind and unit, so that a scope is one look into the index."""

    __tablename__ = "search_entries"

    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(comment="person, company, vacancy, talk")
    unit: Mapped[str] = mapped_column(ForeignKey("units.code"))
    words: Mapped[Any] = mapped_column(TSVECTOR, comment="p|c|v|t/<unit>/word, /~key as it sounds, /#division")

    # Without the list of what is yet to be put in: every search would read it from end to end.
    __table_args__ = (
        Index("ix_search_entries_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )


class SearchKey(Base):
    """How a word sounds in Mexican Spanish, with every key that is a letter or two away."""

    __tablename__ = "search_keys"

    unit: Mapped[str] = mapped_column(ForeignKey("units.code"))
    key: Mapped[str]
    near: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="the key, and the key without one or two letters")
    checked_at: Mapped[CreatedAt] = mapped_column(comment="when some entry was last known to have it")

    __table_args__ = (
        PrimaryKeyConstraint("unit", "key"),
        Index("ix_search_keys_near", "near", postgresql_using="gin"),
        Index("ix_search_keys_checked_at", "checked_at"),
    )
