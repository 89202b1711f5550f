"""message templates with their approval at the vendor"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("vendor_id", "reason", "quality"):
        op.add_column("message_templates", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in ("submitted_at", "checked_at"):
        op.add_column("message_templates", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "channel_accounts",
        sa.Column(
            "vendor_state", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False,
            comment="what the vendor last told of it: field of its webhook → {event, …, at}",
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_column("channel_accounts", "vendor_state")
    for name in ("checked_at", "submitted_at", "quality", "reason", "vendor_id"):
        op.drop_column("message_templates", name)
