"""Files on their way in, and how a unit's columns are called."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, Sealed, UnitCode


class ImportMapping(Base):
    """Which column of a unit's files is which field: asked once, used again. kind: vacancies."""

    __tablename__ = "import_mappings"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    kind: Mapped[str]
    columns: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="field → head of the column")
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("unit", "kind"),)


class ImportJob(Base):
    """One file: preview → waiting → writing → done | failed. Its rows are kept for a day at most.

    A job page (kind `page`) comes before: asked → fetching → preview | unread. file_name: the name of its site;
    page_url: where it is; problem: why it is unread (a code); notes: what its reader should look at, a code each.

    token, touched_at: of the worker that writes; one that died is followed by another. made: how many rows became
    something. skip_faulty: rows with faults are left out, since somebody said so.
    """

    __tablename__ = "imports"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    kind: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    file_name: Mapped[str]
    heads: Mapped[list[Any]] = mapped_column(JSONB)
    rows_sealed: Mapped[str | None] = mapped_column(Sealed("imports.rows"), deferred=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    state: Mapped[str] = mapped_column(server_default="preview")
    page_url: Mapped[str] = mapped_column(server_default="")
    problem: Mapped[str] = mapped_column(server_default="")
    notes: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    skip_faulty: Mapped[bool] = mapped_column(server_default="false")
    rows_total: Mapped[int] = mapped_column(server_default="0")
    rows_done: Mapped[int] = mapped_column(server_default="0")
    made: Mapped[int] = mapped_column(server_default="0")
    token: Mapped[UUID | None]
    touched_at: Mapped[CreatedAt]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint(
            "state IN ('asked', 'fetching', 'unread', 'preview', 'waiting', 'writing', 'done', 'failed')", name="state"
        ),
        Index("ix_imports_unit_created_at", "unit", "created_at"),
        Index("ix_imports_asked", "created_at", postgresql_where=text("state IN ('asked', 'fetching')")),
        Index("ix_imports_open", "created_at", postgresql_where=text("state IN ('waiting', 'writing')")),
    )
