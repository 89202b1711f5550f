"""the calendar of a user on a server of their own, into which their interviews are written"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "user_calendars",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, unique=True),
        sa.Column("server", sa.Text(), nullable=False, comment="as the user typed it"),
        sa.Column("url", sa.Text(), nullable=False, server_default="", comment="of the calendar; empty: not chosen yet"),
        sa.Column("name", sa.Text(), nullable=False, server_default=""),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password_sealed", sa.Text(), nullable=False),
        sa.Column("choices", postgresql.JSONB(), nullable=False, server_default="[]"),
        sa.Column(
            "written", postgresql.JSONB(), nullable=False, server_default="{}",
            comment="digest of each entry by its interview; empty: perhaps it stands there",
        ),
        sa.Column("ending", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("due", _AT, nullable=False),
        sa.Column("token", sa.Uuid(), comment="of who is writing now"),
        sa.Column("stale", sa.Boolean(), nullable=False, server_default="false", comment="changed while it was written"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("fault", sa.Text(), nullable=False, server_default=""),
        sa.Column("synced_at", _AT),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.CheckConstraint("fault IN ('', 'login', 'not_found', 'not_a_calendar', 'full', 'away')", name="fault"),
    )  # fmt: skip
    op.create_index("ix_user_calendars_due", "user_calendars", ["due"], postgresql_where=sa.text("url <> ''"))


def downgrade() -> None:
    op.drop_table("user_calendars")
