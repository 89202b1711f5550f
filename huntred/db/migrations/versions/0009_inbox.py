"""notes, mentions, quick replies, escalation steps, alerts and sentiment of the inbox"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_STATES = "'queued', 'with_person', 'returned', 'closed', 'timed_out'"
_STATES_BEFORE = "'queued', 'with_person', 'returned', 'timed_out'"


def upgrade() -> None:
    _states(_STATES)
    op.create_table(
        "handoff_steps",
        *_own_of_unit(),
        sa.Column("handoff_id", sa.UUID(), sa.ForeignKey("handoffs.id"), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("told", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        _at("at"),
        sa.UniqueConstraint("handoff_id", "level", name=op.f("uq_handoff_steps_handoff_id")),
        sa.CheckConstraint(
            "level IN ('division', 'unit', 'lead', 'super_admin')", name=op.f("ck_handoff_steps_level")
        ),
    )
    op.create_table(
        "conversation_notes",
        *_own_of_unit(),
        sa.Column("conversation_id", sa.UUID(), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("user_id", sa.UUID(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _at("at"),
    )
    op.create_index("ix_conversation_notes_conversation_id_at", "conversation_notes", ["conversation_id", "at"])
    op.create_table(
        "note_mentions",
        *_own_of_unit(),
        sa.Column(
            "note_id", sa.UUID(), sa.ForeignKey("conversation_notes.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("conversation_id", sa.UUID(), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("user_id", sa.UUID(), sa.ForeignKey("users.id"), nullable=False),
        _at("at"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("note_id", "user_id", name=op.f("uq_note_mentions_note_id")),
    )
    op.create_index("ix_note_mentions_open", "note_mentions", ["user_id"], postgresql_where=sa.text("seen_at IS NULL"))
    op.create_index("ix_note_mentions_conversation_id", "note_mentions", ["conversation_id"])
    op.create_table(
        "quick_replies",
        *_own_of_unit(),
        sa.Column("shortcut", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _at("created_at"),
        _at("updated_at"),
        sa.UniqueConstraint("unit", "shortcut", name=op.f("uq_quick_replies_unit")),
    )
    for table in ("handoff_steps", "conversation_notes", "note_mentions", "quick_replies"):
        op.create_index(f"ix_{table}_unit", table, ["unit"])
    op.add_column(
        "messages",
        sa.Column(
            "sentiment", sa.SmallInteger(), nullable=True, comment="of what a person wrote: -2 to 2; null: not read yet"
        ),
    )
    op.create_index(
        "ix_messages_unread_sentiment", "messages", ["unit", "id"],
        postgresql_where=sa.text("sentiment IS NULL AND author = 'person' AND text <> ''"),
    )  # fmt: skip
    op.create_table(
        "user_alerts",
        sa.Column("user_id", sa.UUID(), sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sound", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("on_duty", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("page_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("telegram_account_id", sa.UUID(), sa.ForeignKey("channel_accounts.id"), nullable=True),
        sa.Column("telegram_user_id", sa.Text(), server_default="", nullable=False),
        sa.Column("link_code", sa.Text(), server_default="", nullable=False),
        sa.Column("link_code_at", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_unread_sentiment", table_name="messages")
    op.drop_column("messages", "sentiment")
    for table in ("user_alerts", "quick_replies", "note_mentions", "conversation_notes", "handoff_steps"):
        op.drop_table(table)
    op.execute("UPDATE handoffs SET state = 'returned' WHERE state = 'closed'")
    _states(_STATES_BEFORE)


def _states(states: str) -> None:
    op.drop_constraint(op.f("ck_handoffs_state"), "handoffs", type_="check")
    op.create_check_constraint(op.f("ck_handoffs_state"), "handoffs", f"state IN ({states})")


def _own_of_unit() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False),
    )


def _at(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
    )
