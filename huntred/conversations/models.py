"""The app's view of the shared tables (`contract/tables.py`), and what only the app has of a conversation.

The columns stand in contract/; the annotations here only tell the type checker of them, and a test compares the two.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from contract import tables
from huntred.db.base import Base, CreatedAt, Id, UnitCode


class ChannelApp(Base):
    __table__ = tables.channel_apps

    if TYPE_CHECKING:
        id: Mapped[UUID]
        channel: Mapped[str]
        name: Mapped[str]
        secrets: Mapped[str]
        created_at: Mapped[datetime]


class ChannelAccount(Base):
    __table__ = tables.channel_accounts

    if TYPE_CHECKING:
        id: Mapped[UUID]
        unit: Mapped[str]
        app_id: Mapped[UUID]
        channel: Mapped[str]
        external_id: Mapped[str]
        name: Mapped[str]
        address: Mapped[str]
        secrets: Mapped[str]
        purpose: Mapped[str]
        active: Mapped[bool]
        messages_per_second: Mapped[int | None]
        vendor_state: Mapped[dict[str, Any]]
        created_at: Mapped[datetime]
        updated_at: Mapped[datetime]


class Chat(Base):
    __table__ = tables.chats

    if TYPE_CHECKING:
        id: Mapped[UUID]
        channel_account_id: Mapped[UUID]
        channel: Mapped[str]
        user_id: Mapped[str]
        user_name: Mapped[str]
        phone: Mapped[str | None]
        unit: Mapped[str]
        conversation_id: Mapped[UUID | None]
        person_id: Mapped[UUID | None]
        last_inbound_at: Mapped[datetime | None]
        due: Mapped[datetime | None]
        token: Mapped[UUID | None]
        turn_unit: Mapped[str | None]
        background: Mapped[bool]
        heard_at: Mapped[datetime | None]
        heard_seq: Mapped[int | None]
        version: Mapped[int]
        created_at: Mapped[datetime]
        recent: Mapped[list[datetime] | None]
        paused_until: Mapped[datetime | None]
        thread: Mapped[dict[str, Any] | None]


class Conversation(Base):
    __table__ = tables.conversations

    if TYPE_CHECKING:
        id: Mapped[UUID]
        unit: Mapped[str]
        chat_id: Mapped[UUID]
        person_id: Mapped[UUID | None]
        channel: Mapped[str]
        handling: Mapped[str]
        assigned_to: Mapped[UUID | None]
        language: Mapped[str]
        current_step: Mapped[str]
        opted_out: Mapped[list[str]]
        agreed: Mapped[list[str]]
        message_count: Mapped[int]
        unread_count: Mapped[int]
        last_text: Mapped[str]
        last_message_at: Mapped[datetime | None]
        last_inbound_at: Mapped[datetime | None]
        version: Mapped[int]
        created_at: Mapped[datetime]
        generated: Mapped[bool]


class InboxRow(Base):
    __table__ = tables.inbox

    if TYPE_CHECKING:
        id: Mapped[int]
        chat_id: Mapped[UUID]
        conversation_id: Mapped[UUID | None]
        unit: Mapped[str | None]
        channel_account_id: Mapped[UUID]
        channel: Mapped[str]
        kind: Mapped[str]
        vendor_id: Mapped[str]
        vendor_at: Mapped[datetime | None]
        vendor_seq: Mapped[int | None]
        late: Mapped[bool]
        payload: Mapped[dict[str, Any]]
        raw: Mapped[dict[str, Any] | None]
        received_at: Mapped[datetime]
        state: Mapped[str]
        turn_id: Mapped[int | None]
        parse: Mapped[dict[str, Any] | None]
        attempts: Mapped[int]
        error: Mapped[str | None]
        done_at: Mapped[datetime | None]


class OutboxRow(Base):
    __table__ = tables.outbox

    if TYPE_CHECKING:
        id: Mapped[int]
        unit: Mapped[str]
        conversation_id: Mapped[UUID | None]
        chat_id: Mapped[UUID | None]
        channel_account_id: Mapped[UUID | None]
        channel: Mapped[str]
        address: Mapped[str | None]
        source: Mapped[str]
        source_id: Mapped[str]
        ord: Mapped[int]
        purpose: Mapped[str]
        payload: Mapped[dict[str, Any]]
        priority: Mapped[int]
        state: Mapped[str]
        due: Mapped[datetime | None]
        token: Mapped[UUID | None]
        attempts: Mapped[int]
        parts_sent: Mapped[int]
        begun: Mapped[bool]
        vendor_id: Mapped[str | None]
        error_code: Mapped[str | None]
        error: Mapped[str | None]
        possible_duplicate: Mapped[bool]
        created_at: Mapped[datetime]
        sent_at: Mapped[datetime | None]
        delivered_at: Mapped[datetime | None]
        read_at: Mapped[datetime | None]


class ChatMessage(Base):
    __table__ = tables.messages

    if TYPE_CHECKING:
        id: Mapped[UUID]
        unit: Mapped[str]
        conversation_id: Mapped[UUID]
        direction: Mapped[str]
        author: Mapped[str]
        user_id: Mapped[UUID | None]
        kind: Mapped[str]
        text: Mapped[str]
        payload: Mapped[dict[str, Any]]
        intent: Mapped[str | None]
        confidence: Mapped[str | None]
        sentiment: Mapped[int | None]
        inbox_id: Mapped[int | None]
        outbox_id: Mapped[int | None]
        at: Mapped[datetime]


class MediaFile(Base):
    __table__ = tables.media

    if TYPE_CHECKING:
        id: Mapped[UUID]
        unit: Mapped[str]
        channel_account_id: Mapped[UUID]
        channel: Mapped[str]
        chat_id: Mapped[UUID]
        inbox_id: Mapped[int]
        kind: Mapped[str]
        vendor_id: Mapped[str]
        url: Mapped[str]
        claimed_type: Mapped[str]
        claimed_name: Mapped[str]
        claimed_size: Mapped[int]
        content: Mapped[bytes | None]
        state: Mapped[str]
        sha256: Mapped[str | None]
        content_type: Mapped[str]
        size: Mapped[int | None]
        stored_name: Mapped[str | None]
        marks: Mapped[list[str]]
        reason: Mapped[str]
        attempts: Mapped[int]
        due: Mapped[datetime]
        token: Mapped[UUID | None]
        created_at: Mapped[datetime]
        stored_at: Mapped[datetime | None]


class ScheduledNotice(Base):
    __table__ = tables.scheduled_notices

    if TYPE_CHECKING:
        id: Mapped[UUID]
        unit: Mapped[str]
        conversation_id: Mapped[UUID | None]
        address: Mapped[str | None]
        key: Mapped[str]
        response: Mapped[str]
        values: Mapped[dict[str, Any]]
        template: Mapped[dict[str, Any] | None]
        purpose: Mapped[str]
        due_at: Mapped[datetime]
        state: Mapped[str]
        created_at: Mapped[datetime]


class ActionReply(Base):
    __table__ = tables.action_replies

    if TYPE_CHECKING:
        key: Mapped[str]
        unit: Mapped[str]
        conversation_id: Mapped[UUID]
        reply: Mapped[dict[str, Any]]
        created_at: Mapped[datetime]


class Quarantined(Base):
    __table__ = tables.quarantine

    if TYPE_CHECKING:
        id: Mapped[int]
        channel: Mapped[str]
        app: Mapped[str]
        reason: Mapped[str]
        body: Mapped[bytes]
        received_at: Mapped[datetime]
        replay_at: Mapped[datetime | None]
        replayed_at: Mapped[datetime | None]
        replay_result: Mapped[str | None]


class Handoff(Base):
    """state: queued → with_person → returned, closed, or timed_out."""

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
        CheckConstraint("state IN ('queued', 'with_person', 'returned', 'closed', 'timed_out')", name="state"),
        Index(
            "uq_handoffs_open", "conversation_id", unique=True,
            postgresql_where=text("state IN ('queued', 'with_person')"),
        ),
    )


class HandoffStep(Base):
    """A level of the team that was told of a waiting person, once. told: users who got a message (not a page)."""

    __tablename__ = "handoff_steps"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    handoff_id: Mapped[UUID] = mapped_column(ForeignKey("handoffs.id"))
    level: Mapped[str]
    told: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("handoff_id", "level"),
        CheckConstraint("level IN ('division', 'unit', 'lead', 'super_admin')", name="level"),
    )


class ConversationNote(Base):
    """What the team tells itself about a conversation; never sent."""

    __tablename__ = "conversation_notes"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str]
    at: Mapped[CreatedAt]

    __table_args__ = (Index("ix_conversation_notes_conversation_id_at", "conversation_id", "at"),)


class NoteMention(Base):
    """Somebody of the team who was named in a note. seen_at: when they ticked it off."""

    __tablename__ = "note_mentions"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    note_id: Mapped[UUID] = mapped_column(ForeignKey("conversation_notes.id", ondelete="CASCADE"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[CreatedAt]
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("note_id", "user_id"),
        Index("ix_note_mentions_open", "user_id", postgresql_where=text("seen_at IS NULL")),
    )


class QuickReply(Base):
    """A text that a unit's consultants often write; shortcut: what finds it after a slash."""

    __tablename__ = "quick_replies"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    shortcut: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]

    __table_args__ = (UniqueConstraint("unit", "shortcut"),)


class UnitReset(Base):
    """All conversations of a unit started anew: waiting → running → done.

    total: how many there were when it was asked for. last_id: up to where it is done, by id; token, touched_at: of the
    worker that does it, which another follows.
    """

    __tablename__ = "unit_resets"

    id: Mapped[Id]
    unit: Mapped[UnitCode]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), comment="none: a program did")
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="waiting")
    total: Mapped[int]
    done: Mapped[int] = mapped_column(server_default="0")
    last_id: Mapped[UUID | None]
    token: Mapped[UUID | None]
    touched_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("state IN ('waiting', 'running', 'done')", name="state"),)
