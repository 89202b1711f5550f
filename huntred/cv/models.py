"""CVs that people sent or that a consultant was given, and what was read from each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from huntred.db.base import Base, CreatedAt, Id, Sealed, UnitCode


class CvFile(Base):
    """One document, from its arrival to the person's answer. The file itself lies below MEDIA_DIR by its hash.

    content_sealed: `huntred.cv.ports.Cv` as JSON, the text of the pages too; every value with page, start and end.
    dropped: fields that the person said are read wrongly. filled: fields of the profile that came from here.
    """

    __tablename__ = "cvs"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    media_id: Mapped[UUID | None] = mapped_column(unique=True, comment="not a key: files of a chat can be forgotten")
    source: Mapped[str] = mapped_column(comment="chat, upload")
    sha256: Mapped[str]
    stored_name: Mapped[str] = mapped_column(index=True, comment="below MEDIA_DIR")
    content_type: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="", comment="as its sender calls it")
    size: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="waiting")
    error_code: Mapped[str] = mapped_column(server_default="")
    attempts: Mapped[int] = mapped_column(server_default="0")
    due: Mapped[CreatedAt]
    token: Mapped[UUID | None]
    reader_version: Mapped[str] = mapped_column(server_default="")
    content_sealed: Mapped[str | None] = mapped_column(Sealed("cvs.content"), deferred=True)
    read_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None] = mapped_column(comment="when the person was told what came of it")
    answer: Mapped[str] = mapped_column(server_default="", comment="right, unused, replaced, known; empty: open")
    answered_at: Mapped[datetime | None]
    dropped: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    filled: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    consent_note: Mapped[str] = mapped_column(server_default="", comment="of an upload: how the person agreed")
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        CheckConstraint("state IN ('held', 'waiting', 'read', 'refused', 'failed')", name="state"),
        CheckConstraint("answer IN ('', 'right', 'unused', 'replaced', 'known')", name="answer"),
        CheckConstraint("source IN ('chat', 'upload')", name="source"),
        Index("ix_cvs_waiting", "unit", "due", postgresql_where=text("state = 'waiting'")),
        Index(
            "ix_cvs_untold", "unit", "created_at",
            postgresql_where=text("told_at IS NULL AND source = 'chat' AND state <> 'waiting'"),
        ),
    )  # fmt: skip
