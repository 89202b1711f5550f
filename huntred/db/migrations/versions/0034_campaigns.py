"""campaigns by link, resets of all conversations of a unit, and what a unit was given from its seed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0031"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "units",
        sa.Column(
            "seeded", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}", comment="what it was given once"
        ),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True),
        sa.Column("code", sa.Text(), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, server_default="", comment="where it is shown, such as facebook"),
        sa.Column(
            "medium", sa.Text(), nullable=False, server_default="",
            comment="what it is there, such as an advertisement",
        ),
        sa.Column("channel", sa.Text(), nullable=False, comment="where the link leads"),
        sa.Column("greeting", sa.Text(), nullable=False, server_default="", comment="what WhatsApp is prefilled with"),
        sa.Column(
            "start", sa.Text(), nullable=False, server_default="", comment="the flow that begins once they agreed"
        ),
        sa.Column("vacancy_id", sa.Uuid(), sa.ForeignKey("vacancies.id"), index=True),
        sa.Column("active", sa.Boolean(), nullable=False, server_default="true"),
        sa.Column("created_by", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.CheckConstraint("channel IN ('whatsapp', 'telegram', 'web', 'page')", name="channel"),
        sa.CheckConstraint("start IN ('', 'search', 'register', 'vacancy')", name="start"),
        sa.CheckConstraint("(start = 'vacancy') = (vacancy_id IS NOT NULL)", name="vacancy"),
    )  # fmt: skip
    op.create_table(
        "campaign_clicks",
        sa.Column("campaign_id", sa.Uuid(), sa.ForeignKey("campaigns.id"), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True),
        sa.Column("clicks", sa.Integer(), nullable=False, server_default="0"),
        sa.Column(
            "programs", sa.Integer(), nullable=False, server_default="0", comment="opened by bots: previews, crawlers"
        ),
    )
    op.create_table(
        "campaign_touches",
        sa.Column("campaign_id", sa.Uuid(), sa.ForeignKey("campaigns.id"), primary_key=True),
        sa.Column("conversation_id", sa.Uuid(), sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True),
        sa.Column("first_at", _AT, nullable=False),
        sa.Column("last_at", _AT, nullable=False),
    )
    op.create_index("ix_campaign_touches_conversation_id", "campaign_touches", ["conversation_id", "first_at"])
    op.create_table(
        "unit_resets",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True),
        sa.Column("asked_by", sa.Uuid(), sa.ForeignKey("users.id"), comment="none: a program did"),
        sa.Column("asked_at", _AT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="waiting"),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_id", sa.Uuid()),
        sa.Column("token", sa.Uuid()),
        sa.Column("touched_at", _AT, nullable=False),
        sa.Column("finished_at", _AT),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done')", name="state"),
    )


def downgrade() -> None:
    for table in ("unit_resets", "campaign_touches", "campaign_clicks", "campaigns"):
        op.drop_table(table)
    op.drop_column("units", "seeded")
