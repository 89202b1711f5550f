"""Files on their way in, and how a unit's columns are called."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contract import tables
from huntred.db.base import Base, CreatedAt, Id, Sealed, UnitCode


class IntakeMail(Base):
    """A mail to the address at which a unit takes vacancies. state: see contract/tables.py.

    parts: what was read of it, the letter itself first; each {name, type, size, outcome, text}, name empty of the
    letter. outcome: vacancy, table, nothing (no vacancy in it), or a code of why it could not be read.
    """

    __table__ = tables.intake_mails

    if TYPE_CHECKING:
        id: Mapped[UUID]
        number: Mapped[int]
        unit: Mapped[str]
        channel_account_id: Mapped[UUID]
        message_id: Mapped[str]
        sender: Mapped[str]
        sender_name: Mapped[str]
        subject: Mapped[str]
        raw: Mapped[bytes | None]
        parts: Mapped[list[dict[str, Any]]]
        sent_at: Mapped[datetime | None]
        received_at: Mapped[datetime]
        state: Mapped[str]
        due: Mapped[datetime]
        token: Mapped[UUID | None]
        attempts: Mapped[int]
        decided_by: Mapped[UUID | None]
        decided_at: Mapped[datetime | None]


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
    """One file: preview → waiting → writing → done | failed. Its rows are kept for a day at most, a mail's for a month.

    A job page (kind `page`) comes before: asked → fetching → preview | unread. file_name: the name of its site;
    page_url: where it is; problem: why it is unread (a code); notes: what its reader should look at, a code each.
    What a mail brought (kind `mail`, or `vacancies` where it was a table) has no user, names its mail_id, and may be
    dropped by a person.

    token, touched_at: of the worker that writes; one that died is followed by another. made: how many rows became
    something new, changed: how many a vacancy that was there, left_out: how many nothing. skip_faulty: rows with
    faults are left out, since somebody said so. choices: row → what to do with one that looks like a vacancy that is
    there ("skip", or "update:" and the vacancy's id); without one it is kept beside it.
    """

    __tablename__ = "imports"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    kind: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    mail_id: Mapped[UUID | None] = mapped_column(ForeignKey("intake_mails.id"), index=True)
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
    changed: Mapped[int] = mapped_column(server_default="0")
    left_out: Mapped[int] = mapped_column(server_default="0")
    choices: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    token: Mapped[UUID | None]
    touched_at: Mapped[CreatedAt]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint(
            "state IN ('asked', 'fetching', 'unread', 'preview', 'waiting', 'writing', 'done', 'failed', 'dropped')",
            name="state",
        ),
        Index("ix_imports_unit_created_at", "unit", "created_at"),
        Index("ix_imports_asked", "created_at", postgresql_where=text("state IN ('asked', 'fetching')")),
        Index("ix_imports_open", "created_at", postgresql_where=text("state IN ('waiting', 'writing')")),
    )
