"""media: files that people send; what a chat needs to tell a flood and to keep the thread of a mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chats", sa.Column(
        "recent", postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=True,
        comment="when the last ones came, as far as a flood counts",
    ))  # fmt: skip
    op.add_column("chats", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("chats", sa.Column(
        "thread", postgresql.JSONB(astext_type=sa.Text()), nullable=True,
        comment="of mail: message_id, references and subject of what came last",
    ))  # fmt: skip
    op.create_table(
        "media",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("channel_account_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.UUID(), nullable=False),
        sa.Column("inbox_id", sa.BigInteger(), nullable=False, comment="not a key: old inbox rows are moved out"),
        sa.Column("kind", sa.Text(), nullable=False, comment="image, audio, video, document, as the vendor says"),
        sa.Column("vendor_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_type", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_name", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("content", postgresql.BYTEA(), nullable=True, comment="of mail: came with it, until it is stored"),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), server_default="", nullable=False, comment="by the content itself"),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("stored_name", sa.Text(), nullable=True, comment="below MEDIA_DIR"),
        sa.Column(
            "marks", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False,
            comment="javascript, embedded_file, …",
        ),
        sa.Column(
            "reason", sa.Text(), server_default="", nullable=False, comment="a code where refused, words where failed"
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("token", sa.UUID(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'stored', 'refused', 'gone', 'failed')", name=op.f("ck_media_state")
        ),
        sa.CheckConstraint("(state = 'stored') = (stored_name IS NOT NULL)", name=op.f("ck_media_stored")),
        sa.ForeignKeyConstraint(
            ["channel_account_id"], ["channel_accounts.id"],
            name=op.f("fk_media_channel_account_id_channel_accounts"),
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_media_chat_id_chats")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_media_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )  # fmt: skip
    op.create_index("ix_media_due", "media", ["due"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index("ix_media_chat_id", "media", ["chat_id"])
    op.create_index("ix_media_stored_name", "media", ["stored_name"])


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS app_file_in_use(text)")
    op.drop_table("media")
    for column in ("thread", "paused_until", "recent"):
        op.drop_column("chats", column)
