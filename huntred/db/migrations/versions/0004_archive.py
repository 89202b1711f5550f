"""old rows moved out by age: the archives, and messages that no longer hold on to inbox and outbox"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FUNCTIONS = (
    "app_archive_inbox(timestamptz, bigint, integer)",
    "app_archive_outbox(timestamptz, bigint, integer)",
    "app_archive_tracker(timestamptz, uuid, integer)",
    "app_forget_unowned(timestamptz, integer)",
)


def upgrade() -> None:
    for table in ("inbox", "outbox"):
        op.create_table(
            f"{table}_archive",
            sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("unit", sa.Text(), nullable=False),
            sa.Column("chat_id", sa.UUID(), nullable=True),
            sa.Column("conversation_id", sa.UUID(), nullable=True),
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("row", postgresql.JSONB(astext_type=sa.Text()), nullable=False,
                      comment="as it stood, without raw payload and parse"),
            sa.Column("moved_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"),
                      nullable=False),
            sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f(f"fk_{table}_archive_unit_units")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}_archive")),
        )  # fmt: skip
        op.create_index(f"ix_{table}_archive_chat_id", f"{table}_archive", ["chat_id"])
    op.create_table(
        "tracker_events_archive",
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="as it stood"),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_tracker_events_archive_unit_units")),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_tracker_events_archive")),
    )
    op.create_index(
        "ix_tracker_events_sessions", "tracker_events", ["conversation_id", "seq"],
        postgresql_where=sa.text("name = 'session_started'"),
    )  # fmt: skip
    op.drop_constraint("fk_messages_inbox_id_inbox", "messages", type_="foreignkey")
    op.drop_constraint("fk_messages_outbox_id_outbox", "messages", type_="foreignkey")


def downgrade() -> None:
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {function}")
    # What was moved comes back, so that nothing is lost by going back.
    op.execute(
        "INSERT INTO inbox OVERRIDING SYSTEM VALUE SELECT r.* FROM inbox_archive a,"
        " LATERAL jsonb_populate_record(NULL::inbox, a.row) r ON CONFLICT DO NOTHING"
    )
    op.execute(
        "INSERT INTO outbox OVERRIDING SYSTEM VALUE SELECT r.* FROM outbox_archive a,"
        " LATERAL jsonb_populate_record(NULL::outbox, a.row) r ON CONFLICT DO NOTHING"
    )
    op.execute(
        "INSERT INTO tracker_events SELECT r.* FROM tracker_events_archive a,"
        " LATERAL jsonb_populate_record(NULL::tracker_events, a.row) r ON CONFLICT DO NOTHING"
    )
    for column, table in (("inbox_id", "inbox"), ("outbox_id", "outbox")):
        op.execute(
            f"UPDATE messages SET {column} = NULL WHERE {column} IS NOT NULL"
            f" AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = {column})"
        )
        op.create_foreign_key(
            f"fk_messages_{column}_{table}", "messages", table, [column], ["id"], ondelete="SET NULL"
        )
    op.drop_index(
        "ix_tracker_events_sessions", table_name="tracker_events",
        postgresql_where=sa.text("name = 'session_started'"),
    )  # fmt: skip
    for table in ("tracker_events_archive", "outbox_archive", "inbox_archive"):
        op.drop_table(table)
