"""The app's view of the shared tables (`contract/tables.py`), and what only the app has of a conversation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contract import tables
from huntred.db.base import Base, CreatedAt, Id, UnitCode


class ChannelApp(Base):
    __table__ = tables.channel_apps


class ChannelAccount(Base):
    __table__ = tables.channel_accounts


class Chat(Base):
    __table__ = tables.chats


class Conversation(Base):
    __table__ = tables.conversations


class InboxRow(Base):
    __table__ = tables.inbox


class OutboxRow(Base):
    __table__ = tables.outbox


class ChatMessage(Base):
    __table__ = tables.messages


class ScheduledNotice(Base):
    __table__ = tables.scheduled_notices


class ActionReply(Base):
    __table__ = tables.action_replies


class Quarantined(Base):
    __table__ = tables.quarantine


class Handoff(Base):
    """state: queued → with_person → returned, or timed_out."""

    __tablename__ = "handoffs"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    state: Mapped[str] = mapped_column(server_default="queued")
    reason: Mapped[str] = mapped_column(server_default="")
    requested_at: Mapped[CreatedAt]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    returned_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'with_person', 'returned', 'timed_out')", name="state"),
        Index("uq_handoffs_open", "conversation_id", unique=True, postgresql_where=text("state IN ('queued', 'with_person')")),
    )
