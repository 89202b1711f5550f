"""The tables that both environments touch, described once (SQLAlchemy Core, 1.4 and 2.x alike).

The bot speaks SQL to them, the app maps them in `huntred/conversations/models.py`, and Alembic (app side)
creates them. A chat (channel account × user) is the lane of the queue; a conversation is chat × unit and is
what row-level security guards.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, UUID

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[Any]:
    return Column("id", UUID(as_uuid=True), primary_key=True)


def _at(name: str, nullable: bool = True, now: bool = False) -> Column[Any]:
    default = func.clock_timestamp() if now else None
    return Column(name, DateTime(timezone=True), nullable=nullable and not now, server_default=default)


def _unit(nullable: bool = False) -> Column[Any]:
    return Column("unit", Text, ForeignKey("units.code"), nullable=nullable)


# An app at a vendor, whose secret signs the webhooks: /webhooks/<channel>/<name>/webhook.
channel_apps = Table(
    "channel_apps", metadata,
    _id(),
    Column("channel", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("secrets", Text, nullable=False, comment="sealed JSON: app_secret, verify_token"),
    _at("created_at", now=True),
    UniqueConstraint("channel", "name"),
)  # fmt: skip

# A number, bot, page or web widget. It names the unit of whoever writes to it.
channel_accounts = Table(
    "channel_accounts", metadata,
    _id(),
    _unit(),
    Column("app_id", UUID(as_uuid=True), ForeignKey("channel_apps.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("external_id", Text, nullable=False, comment="phone number id, bot id, page id, widget id"),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False, server_default="", comment="what people dial: +52…, @bot"),
    Column("secrets", Text, nullable=False, comment="sealed JSON: access_token and the like"),
    Column(
        "purpose", Text, nullable=False, server_default="chat", comment="chat, or vacancies: a mailbox that takes them"
    ),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("messages_per_second", Integer, comment="what the vendor grants this one; null: its usual"),
    Column(
        "vendor_state", JSONB, nullable=False, server_default="{}",
        comment="what the vendor last told of it: field of its webhook → {event, …, at}",
    ),
    _at("created_at", now=True),
    _at("updated_at", now=True),
    UniqueConstraint("channel", "external_id"),
    CheckConstraint("purpose = 'chat' OR (purpose = 'vacancies' AND channel = 'email')", name="purpose"),
    CheckConstraint("unit <> 'sexsi' OR channel IN ('telegram', 'web', 'email')", name="sexsi_channels"),
)  # fmt: skip

# The lane: one row for each channel account × user. `due` doubles as the lease's expiry.
chats = Table(
    "chats", metadata,
    _id(),
    Column("channel_account_id", UUID(as_uuid=True), ForeignKey("channel_accounts.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("user_id", Text, nullable=False, comment="the vendor's id of the person"),
    Column("user_name", Text, nullable=False, server_default=""),
    Column("phone", Text),
    _unit(),
    Column("conversation_id", UUID(as_uuid=True), comment="the current one"),
    Column("person_id", UUID(as_uuid=True), ForeignKey("people.id")),
    _at("last_inbound_at"),
    _at("due"),
    Column("token", UUID(as_uuid=True)),
    Column("version", BigInteger, nullable=False, server_default="0"),
    _at("created_at", now=True),
    Column("recent", ARRAY(DateTime(timezone=True)), comment="when the last ones came, as far as a flood counts"),
    _at("paused_until"),
    Column("thread", JSONB, comment="of mail: message_id, references and subject of what came last"),
    UniqueConstraint("channel_account_id", "user_id"),
    Column("turn_unit", Text, comment="whose turn is next, where that is not the chat's unit"),
    Column("background", Boolean, nullable=False, server_default=text("false"), comment="nothing but notices waits"),
    _at("heard_at"),
    Column("heard_seq", BigInteger, comment="with heard_at: how far the vendor's order has been handled"),
    Index("ix_chats_background_due", "background", "due", postgresql_where=text("due IS NOT NULL")),
    Index("ix_chats_person_id", "person_id"),
)  # fmt: skip

# handling: bot | queued | with_person | closed. version: compare-and-set of every turn.
conversations = Table(
    "conversations", metadata,
    _id(),
    _unit(),
    Column("chat_id", UUID(as_uuid=True), ForeignKey("chats.id"), nullable=False),
    Column("person_id", UUID(as_uuid=True), ForeignKey("people.id")),
    Column("channel", Text, nullable=False),
    Column("handling", Text, nullable=False, server_default="bot"),
    Column("assigned_to", UUID(as_uuid=True), comment="the user who has taken it"),
    Column("language", Text, nullable=False, server_default="es"),
    Column("current_step", Text, nullable=False, server_default=""),
    Column("opted_out", ARRAY(Text), nullable=False, server_default="{}", comment="purposes: notice, promotion"),
    Column("agreed", ARRAY(Text), nullable=False, server_default="{}", comment="of the consents: promotion"),
    Column("message_count", Integer, nullable=False, server_default="0"),
    Column("unread_count", Integer, nullable=False, server_default="0"),
    Column("last_text", Text, nullable=False, server_default=""),
    _at("last_message_at"),
    _at("last_inbound_at"),
    Column("version", BigInteger, nullable=False, server_default="0"),
    _at("created_at", now=True),
    Column("generated", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("chat_id", "unit"),
    CheckConstraint("handling IN ('bot', 'queued', 'with_person', 'closed')", name="handling"),
    # The inbox, the one that moved last first: whole, and by who has it; all but the assistant's, which are most.
    Index("ix_conversations_unit_moved", "unit", text("coalesce(last_message_at, created_at)"), "id"),
    Index(
        "ix_conversations_unit_handling", "unit", "handling", text("coalesce(last_message_at, created_at)"), "id",
        postgresql_where=text("handling IN ('queued', 'with_person', 'closed')"),
    ),
    Index("ix_conversations_person_id", "person_id"),
)  # fmt: skip

# state: waiting → done, or aside (failed three times by its own fault; replayed by a person).
inbox = Table(
    "inbox", metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("chat_id", UUID(as_uuid=True), ForeignKey("chats.id"), nullable=False),
    Column("conversation_id", UUID(as_uuid=True), comment="set when a turn is pinned"),
    _unit(nullable=True),
    Column("channel_account_id", UUID(as_uuid=True), ForeignKey("channel_accounts.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("vendor_id", Text, nullable=False),
    _at("vendor_at"),
    Column("vendor_seq", BigInteger, comment="the vendor's own order, where it has one"),
    Column("late", Boolean, nullable=False, server_default=text("false"), comment="came after a later one's turn"),
    Column("payload", JSONB, nullable=False, comment="contract.message.Inbound"),
    Column("raw", JSONB, comment="the vendor's event; erased after 30 days"),
    _at("received_at", now=True),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("turn_id", BigInteger, comment="the first inbox id of the turn that these rows are read as"),
    Column("parse", JSONB, comment="pinned before anything is predicted"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("error", Text),
    _at("done_at"),
    UniqueConstraint("channel_account_id", "kind", "vendor_id"),
    CheckConstraint("state IN ('waiting', 'done', 'aside')", name="state"),
    Index("ix_inbox_waiting", "chat_id", "id", postgresql_where=text("state = 'waiting'")),
    Index("ix_inbox_aside", "id", postgresql_where=text("state = 'aside'")),
)  # fmt: skip

# Files that people send, fetched beside the conversation. state: waiting → stored | refused | gone | failed.
media = Table(
    "media", metadata,
    _id(),
    _unit(),
    Column("channel_account_id", UUID(as_uuid=True), ForeignKey("channel_accounts.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("chat_id", UUID(as_uuid=True), ForeignKey("chats.id"), nullable=False),
    Column("inbox_id", BigInteger, nullable=False, comment="not a key: old inbox rows are moved out"),
    Column("kind", Text, nullable=False, comment="image, audio, video, document, as the vendor says"),
    Column("vendor_id", Text, nullable=False),
    Column("url", Text, nullable=False, server_default=""),
    Column("claimed_type", Text, nullable=False, server_default=""),
    Column("claimed_name", Text, nullable=False, server_default=""),
    Column("claimed_size", BigInteger, nullable=False, server_default="0"),
    Column("content", BYTEA, comment="of mail: came with it, until it is stored"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("sha256", Text),
    Column("content_type", Text, nullable=False, server_default="", comment="by the content itself"),
    Column("size", BigInteger),
    Column("stored_name", Text, comment="below MEDIA_DIR"),
    Column("marks", ARRAY(Text), nullable=False, server_default="{}", comment="javascript, embedded_file, …"),
    Column("reason", Text, nullable=False, server_default="", comment="a code where refused, words where failed"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    _at("due", now=True),
    Column("token", UUID(as_uuid=True)),
    _at("created_at", now=True),
    _at("stored_at"),
    CheckConstraint("state IN ('waiting', 'stored', 'refused', 'gone', 'failed')", name="state"),
    CheckConstraint("(state = 'stored') = (stored_name IS NOT NULL)", name="stored"),
    Index("ix_media_due", "due", postgresql_where=text("state = 'waiting'")),
    Index("ix_media_chat_id", "chat_id"),
    Index("ix_media_stored_name", "stored_name"),
)  # fmt: skip

# Webhook bodies that could not be read, or that name an account of another app: kept, counted, shown.
quarantine = Table(
    "quarantine", metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("channel", Text, nullable=False),
    Column("app", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("body", BYTEA, nullable=False, comment="at most 64 KiB"),
    _at("received_at", now=True),
    _at("replay_at"),
    _at("replayed_at"),
    Column("replay_result", Text, comment="what came of reading it again"),
    Index("ix_quarantine_replay_at", "replay_at", postgresql_where=text("replay_at IS NOT NULL")),
)  # fmt: skip

# What came to the address of a unit that takes vacancies: stored whole by the gateway, read by the worker.
# state: waiting → draft (it waits in the imports) | review (no vacancy was found in it) → dismissed | forwarded.
intake_mails = Table(
    "intake_mails", metadata,
    _id(),
    Column("number", BigInteger, Identity(always=True, start=1001), nullable=False, comment="told to its sender"),
    _unit(),
    Column("channel_account_id", UUID(as_uuid=True), ForeignKey("channel_accounts.id"), nullable=False),
    Column("message_id", Text, nullable=False),
    Column("sender", Text, nullable=False, comment="lower case"),
    Column("sender_name", Text, nullable=False, server_default=""),
    Column("subject", Text, nullable=False, server_default=""),
    Column("raw", BYTEA, comment="the mail as it came; erased after 30 days"),
    Column("parts", JSONB, nullable=False, server_default="[]", comment="what was read of it: see huntred/importing"),
    _at("sent_at"),
    _at("received_at", now=True),
    Column("state", Text, nullable=False, server_default="waiting"),
    _at("due", nullable=False, now=True),
    Column("token", UUID(as_uuid=True)),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("decided_by", UUID(as_uuid=True), ForeignKey("users.id")),
    _at("decided_at"),
    UniqueConstraint("number"),
    UniqueConstraint("channel_account_id", "message_id"),
    CheckConstraint("state IN ('waiting', 'draft', 'review', 'dismissed', 'forwarded')", name="state"),
    Index("ix_intake_mails_waiting", "due", postgresql_where=text("state = 'waiting'")),
    Index("ix_intake_mails_unit_received_at", "unit", "received_at"),
    Index("ix_intake_mails_unit_sender", "unit", "sender"),
)  # fmt: skip

# The models of a unit, newest last: the current one is the last that was not taken back. content: the archive itself,
# so that a process on another machine needs nothing but the database; null once it is too old to be taken back.
published_models = Table(
    "published_models", metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _unit(),
    Column("name", Text, nullable=False, comment="file name"),
    Column("sha256", Text, nullable=False),
    Column("content", BYTEA),
    _at("published_at", now=True),
    Column("published_by", Text, nullable=False, server_default=""),
    _at("taken_back_at"),
    Index("ix_published_models_unit_id", "unit", "id"),
)  # fmt: skip

# Everything that leaves: replies, notices, mail. state: waiting → sending → sent → delivered → read | failed.
# held: until the quiet hours end. review: perhaps it went, and it must not go twice; a person decides.
outbox = Table(
    "outbox", metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _unit(),
    Column("conversation_id", UUID(as_uuid=True), ForeignKey("conversations.id")),
    Column("chat_id", UUID(as_uuid=True), ForeignKey("chats.id")),
    Column("channel_account_id", UUID(as_uuid=True), ForeignKey("channel_accounts.id")),
    Column("channel", Text, nullable=False),
    Column("address", Text, comment="of mail: the address; else the chat's user"),
    Column("source", Text, nullable=False, comment="turn, notice, consultant, interview …"),
    Column("source_id", Text, nullable=False),
    Column("ord", Integer, nullable=False),
    Column("purpose", Text, nullable=False, server_default="reply"),
    Column("payload", JSONB, nullable=False, comment="contract.message.Message"),
    Column("priority", SmallInteger, nullable=False, server_default="0", comment="higher goes first"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("due", DateTime(timezone=True), comment="when waiting: not before; when sending: lease's expiry"),
    Column("token", UUID(as_uuid=True)),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("parts_sent", SmallInteger, nullable=False, server_default="0", comment="of a message in several parts"),
    Column(
        "begun", Boolean, nullable=False, server_default=text("false"),
        comment="of what must not go twice: the vendor may have been asked",
    ),
    Column("vendor_id", Text),
    Column("error_code", Text),
    Column("error", Text),
    Column("possible_duplicate", Boolean, nullable=False, server_default=text("false")),
    _at("created_at", now=True),
    _at("sent_at"),
    _at("delivered_at"),
    _at("read_at"),
    UniqueConstraint("source", "source_id", "ord"),
    CheckConstraint(
        "state IN ('waiting', 'held', 'sending', 'review', 'sent', 'delivered', 'read', 'failed', 'refused')",
        name="state",
    ),
    CheckConstraint(
        "purpose IN ('reply', 'notice', 'promotion', 'code', 'payment', 'signature')", name="purpose"
    ),
    CheckConstraint("chat_id IS NOT NULL OR address IS NOT NULL", name="addressee"),
    Index("ix_outbox_lane", "channel_account_id", text("priority DESC"), "id",
          postgresql_where=text("state = 'waiting'")),
    Index("ix_outbox_sending", "due", postgresql_where=text("state = 'sending'")),
    Index("ix_outbox_held", "due", postgresql_where=text("state = 'held'")),
    Index("ix_outbox_review", "unit", "id", postgresql_where=text("state = 'review'")),
    Index("ix_outbox_not_sent", "id", postgresql_where=text("state IN ('failed', 'refused')")),
    Index("ix_outbox_chat_open", "chat_id", "id", postgresql_where=text("state IN ('waiting', 'sending')")),
    Index("ix_outbox_conversation_id", "conversation_id"),
    Index("ix_outbox_vendor_id", "channel_account_id", "vendor_id", postgresql_where=text("vendor_id IS NOT NULL")),
)  # fmt: skip

# What was said, as people read it. Written in the turn's transaction; the tracker is never read for this.
messages = Table(
    "messages", metadata,
    _id(),
    _unit(),
    Column("conversation_id", UUID(as_uuid=True), ForeignKey("conversations.id"), nullable=False),
    Column("direction", Text, nullable=False),
    Column("author", Text, nullable=False, comment="person, bot, consultant"),
    Column("user_id", UUID(as_uuid=True), comment="the consultant"),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False, server_default="", comment="secrets masked"),
    Column("payload", JSONB, nullable=False, comment="Inbound or Message"),
    Column("intent", Text),
    Column("confidence", Text),
    Column("sentiment", SmallInteger, comment="of what a person wrote: -2 to 2; null: not read yet"),
    Column("inbox_id", BigInteger, unique=True, comment="not a key: old rows are moved out"),
    Column("outbox_id", BigInteger, unique=True, comment="not a key: old rows are moved out"),
    _at("at", now=True),
    CheckConstraint("direction IN ('in', 'out')", name="direction"),
    Index("ix_messages_conversation_id_at", "conversation_id", "at"),
    Index("ix_messages_unread_sentiment", "unit", "id",
          postgresql_where=text("sentiment IS NULL AND author = 'person' AND text <> ''")),
    Index("ix_messages_unit_at", "unit", "at"),
)  # fmt: skip

# What a person was shown, so that a press, a number or a title is looked up here and nowhere else.
offered_options = Table(
    "offered_options", metadata,
    Column("conversation_id", UUID(as_uuid=True), ForeignKey("conversations.id"), primary_key=True),
    Column("option_id", Text, primary_key=True),
    _unit(),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("intent", Text, nullable=False),
    Column("entities", JSONB, nullable=False, comment="name → value"),
    Column("ord", Integer, nullable=False, comment="1-based, as numbered; negative once something was offered later"),
    Column("turn_id", BigInteger, nullable=False, comment="the turn that offered it last"),
    Column("multiple", Boolean, nullable=False, server_default=text("false")),
    _at("offered_at", now=True),
    _at("expires_at", nullable=False),
)  # fmt: skip

# Of the tracker's events, those that the dashboards count: forms begun and ended, what was asked, forms completed and
# fallbacks. They must be asked for in these very words, or the index is not used.
_REPORTED = (
    "({name} = 'active_loop' OR ({name} = 'slot' AND {said} = 'asked') OR ({name} = 'action' AND {said} IN"
    " ('action_fallback', 'action_profile_complete', 'action_search_asked', 'action_questions_complete',"
    " 'action_code_complete')))"
)
REPORTED_EVENTS = _REPORTED.replace("{said}", "({event}->>'name')")
REPORTED_ARCHIVED_EVENTS = _REPORTED.replace("{name}", "({row}->>'name')").replace(
    "{said}", "({row}->'event'->>'name')"
)

# Rasa's tracker, event by event; seq counts from 1 in each conversation.
tracker_events = Table(
    "tracker_events", metadata,
    Column("conversation_id", UUID(as_uuid=True), ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    _unit(),
    Column("name", Text, nullable=False),
    Column("event", JSONB, nullable=False),
    _at("at", now=True),
    Index("ix_tracker_events_sessions", "conversation_id", "seq", postgresql_where=text("name = 'session_started'")),
    Index("ix_tracker_events_reported", "unit", "at",
          postgresql_where=text(REPORTED_EVENTS.format(name="name", event="event"))),
)  # fmt: skip



def _archive(name: str) -> Table:
    """Where rows of inbox or outbox go when they are old: their columns may change, their archive does not."""
    return Table(
        name, metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=False),
        _unit(),
        Column("chat_id", UUID(as_uuid=True)),
        Column("conversation_id", UUID(as_uuid=True)),
        _at("at", nullable=False),
        Column("row", JSONB, nullable=False, comment="as it stood, without raw payload and parse"),
        _at("moved_at", now=True),
        Index(f"ix_{name}_chat_id", "chat_id"),
    )  # fmt: skip


inbox_archive = _archive("inbox_archive")
outbox_archive = _archive("outbox_archive")
tracker_events_archive = Table(
    "tracker_events_archive", metadata,
    Column("conversation_id", UUID(as_uuid=True), primary_key=True),
    Column("seq", Integer, primary_key=True),
    _unit(),
    _at("at", nullable=False),
    Column("row", JSONB, nullable=False, comment="as it stood"),
    _at("moved_at", now=True),
    Index("ix_tracker_events_archive_reported", "unit", "at",
          postgresql_where=text(REPORTED_ARCHIVED_EVENTS.format(row="row"))),
)  # fmt: skip

# The stored reply of an action, under `turn:ordinal:action`: the same key again returns it.
action_replies = Table(
    "action_replies", metadata,
    Column("key", Text, primary_key=True),
    _unit(),
    Column("conversation_id", UUID(as_uuid=True), ForeignKey("conversations.id"), nullable=False),
    Column("reply", JSONB, nullable=False),
    _at("created_at", now=True),
)  # fmt: skip

# Reminders and results that wait; when due they enter the chat's lane, or the outbox where there is no chat.
scheduled_notices = Table(
    "scheduled_notices", metadata,
    _id(),
    _unit(),
    Column("conversation_id", UUID(as_uuid=True), ForeignKey("conversations.id")),
    Column("address", Text, comment="mail, where there is no conversation or beside it"),
    Column("key", Text, nullable=False, unique=True, comment="what it is about and for whom"),
    Column("response", Text, nullable=False, comment="utter_… in domain/, or the name of a mail text"),
    Column("values", JSONB, nullable=False),
    Column("template", JSONB, comment="TemplateUse for outside the service window"),
    Column("purpose", Text, nullable=False, server_default="notice"),
    _at("due_at", nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    _at("created_at", now=True),
    CheckConstraint("state IN ('waiting', 'entered', 'cancelled')", name="state"),
    Index("ix_scheduled_notices_due_at", "due_at", postgresql_where=text("state = 'waiting'")),
)  # fmt: skip
