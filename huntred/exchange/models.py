"""People on their way in from other recruiting systems, whence they came, and how columns are called in and out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from huntred.db.base import Base, CreatedAt, Id, Sealed, UnitCode


class ExchangeMapping(Base):
    """A mapping that a unit keeps by name. direction: in, out; kind: people, applications, vacancies.

    told, of one in: columns (field → head), values (field → theirs → ours), dates, system; of one out: fields (a
    list of field and head), dates, format. fingerprint: of the heads of one in; the same heads again are read so.
    """

    __tablename__ = "exchange_mappings"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    direction: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(server_default="")
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("unit", "direction", "kind", "name"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("kind IN ('people', 'applications', 'vacancies')", name="kind"),
    )


class PeopleImport(Base):
    """One file: columns → checking → preview → writing → done; undoing → undone.

    failed: it goes on from failed_in. expired: nobody started it within a day.

    division_id: it belongs to a division, whose vacancy all of its people apply to. system: whence, as ids are kept by.
    told: as in ExchangeMapping. declaration: the words by which somebody answered for having these data.
    rows_done: of the state in which it is.
    """

    __tablename__ = "people_imports"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    division_id: Mapped[UUID | None] = mapped_column(ForeignKey("divisions.id"))
    vacancy_id: Mapped[UUID | None] = mapped_column(ForeignKey("vacancies.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), comment="none: a program, see client_id")
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_clients.id"))
    file_name: Mapped[str]
    system: Mapped[str]
    heads: Mapped[list[str]] = mapped_column(ARRAY(Text))
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    declaration: Mapped[str]
    declared_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="columns")
    failed_in: Mapped[str] = mapped_column(server_default="")
    rows_total: Mapped[int] = mapped_column(server_default="0")
    rows_done: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[CreatedAt]
    touched_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint(
            "state IN ('columns', 'checking', 'preview', 'writing', 'done', 'undoing', 'undone', 'expired', 'failed')",
            name="state",
        ),
        CheckConstraint("(user_id IS NULL) <> (client_id IS NULL)", name="declared_by"),
        Index("ix_people_imports_unit_created_at", "unit", "created_at"),
        Index(
            "ix_people_imports_open", "created_at",
            postgresql_where=text("state IN ('checking', 'writing', 'undoing')"),
        ),
    )  # fmt: skip


class ImportedRow(Base):
    """A row of a file, and what became of it. Its cells go with the day; what undoes it, after a week.

    verdict: new, known, repeated (an earlier row is the same person, see repeats_row), faulty. faults: field and
    problem each. keys: keyed hashes by which rows of one file are one person's. outcome: made, updated, unchanged,
    skipped. undone: taken_back, kept (somebody had touched it since).
    """

    __tablename__ = "people_import_rows"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("people_imports.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="as a spreadsheet counts")
    unit: Mapped[UnitCode]
    cells_sealed: Mapped[str | None] = mapped_column(Sealed("people_import_rows.cells"), deferred=True)
    verdict: Mapped[str] = mapped_column(server_default="")
    faults: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    repeats_row: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    profile_at: Mapped[datetime | None] = mapped_column(comment="updated_at of the profile as this row left it")
    application_id: Mapped[UUID | None] = mapped_column(comment="no key: it goes where it is folded or taken back")
    application_outcome: Mapped[str] = mapped_column(server_default="", comment="made, moved, unchanged")
    application_version: Mapped[int | None]
    before_sealed: Mapped[str | None] = mapped_column(Sealed("people_import_rows.before"), deferred=True)
    undone: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        CheckConstraint("verdict IN ('', 'new', 'known', 'repeated', 'faulty')", name="verdict"),
        CheckConstraint("outcome IN ('', 'made', 'updated', 'unchanged', 'skipped')", name="outcome"),
        Index("ix_people_import_rows_keys", "keys", postgresql_using="gin"),
        Index("ix_people_import_rows_application_id", "application_id"),
    )


class ImportedPerson(Base):
    """That somebody came from another system, by which file, and on what ground we hold them.

    external_id: the system's own; a second file that names it finds the same person. legal_basis: notice_pending until
    the person agrees to our notice, which the ledger of consents says.
    """

    __tablename__ = "imported_people"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    system: Mapped[str]
    external_id: Mapped[str | None]
    source: Mapped[str] = mapped_column(server_default="", comment="where that system had them from")
    legal_basis: Mapped[str] = mapped_column(server_default="notice_pending")
    import_id: Mapped[UUID] = mapped_column(ForeignKey("people_imports.id"), index=True)
    imported_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("unit", "system", "external_id"),)
