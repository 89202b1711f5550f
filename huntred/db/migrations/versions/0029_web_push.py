"""web push to a user's devices, and when and by what each user is told"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0034"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
def _choices() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("by_push", sa.Boolean(), nullable=False, server_default="true"),
        sa.Column("by_telegram", sa.Boolean(), nullable=False, server_default="true"),
        sa.Column("by_mail", sa.Boolean(), nullable=False, server_default="true"),
        sa.Column(
            "any_hour", sa.Boolean(), nullable=False, server_default="false", comment="else in the unit's office hours only"
        ),
        sa.Column("quiet_from", sa.Time(), comment="of the day, in the user's zone; null: no quiet time"),
        sa.Column("quiet_to", sa.Time()),
        sa.Column(
            "in_digest", sa.Boolean(), nullable=False, server_default="true",
            comment="who waited while they were not told: in one line",
        ),
    )  # fmt: skip


def upgrade() -> None:
    for column in _choices():
        op.add_column("user_alerts", column)
    op.create_check_constraint(
        op.f("ck_user_alerts_quiet"), "user_alerts", "(quiet_from IS NULL) = (quiet_to IS NULL)"
    )
    op.create_table(
        "push_devices",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("endpoint_hash", sa.Text(), nullable=False, unique=True, comment="HMAC, by which it is found"),
        sa.Column("endpoint_sealed", sa.Text(), nullable=False),
        sa.Column("p256dh_sealed", sa.Text(), nullable=False, comment="the browser's public key"),
        sa.Column("auth_sealed", sa.Text(), nullable=False, comment="the browser's secret"),
        sa.Column("name", sa.Text(), nullable=False, server_default="", comment="browser and system"),
        sa.Column("told_at", _AT, comment="when its service last took something"),
        sa.Column("refused_at", _AT, comment="when its service last refused; null once it took something again"),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
    )
    op.create_table(
        "push_messages",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True),
        sa.Column(
            "device_id", sa.Uuid(), sa.ForeignKey("push_devices.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column(
            "handoff_id", sa.Uuid(), sa.ForeignKey("handoffs.id", ondelete="CASCADE"), index=True,
            comment="told only while it waits",
        ),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due", _AT, nullable=False),
        sa.Column("expires_at", _AT, nullable=False),
        sa.Column("token", sa.Uuid(), comment="of who is sending now"),
        sa.Column("last_status", sa.Integer()),
        sa.Column("last_error", sa.Text(), nullable=False, server_default=""),
        sa.Column("sent_at", _AT),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.UniqueConstraint("device_id", "source", "source_id"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dropped', 'failed')", name="state"),
    )  # fmt: skip
    op.create_index(
        "ix_push_messages_waiting", "push_messages", ["unit", "due"], postgresql_where=sa.text("state = 'waiting'")
    )


def downgrade() -> None:
    op.drop_table("push_messages")
    op.drop_table("push_devices")
    op.drop_constraint(op.f("ck_user_alerts_quiet"), "user_alerts", type_="check")
    for column in _choices():
        op.drop_column("user_alerts", column.name)
