"""views that users keep, and large exports"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "filters", postgresql.JSONB(), server_default="{}", nullable=False,
            comment="name → value, as in the address",
        ),
        sa.Column(
            "columns", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False,
            comment="empty: as the list has them",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "list_name", "name", name=op.f("uq_saved_views_user_id")),
    )  # fmt: skip
    op.create_table(
        "list_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("filters", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "units", postgresql.ARRAY(sa.Text()), nullable=False,
            comment="what the user looked at; narrowed by the grants of then",
        ),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("rows_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "touched_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False,
            comment="by who writes it; a worker that died is followed by another",
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'writing', 'done', 'failed')", name=op.f("ck_list_exports_state")),
        sa.CheckConstraint("format IN ('csv', 'xlsx')", name=op.f("ck_list_exports_format")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_list_exports_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_exports")),
    )  # fmt: skip
    op.create_index(op.f("ix_list_exports_user_id"), "list_exports", ["user_id"])
    op.create_index(
        "ix_list_exports_open", "list_exports", ["created_at"],
        postgresql_where=sa.text("state IN ('waiting', 'writing')"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("list_exports")
    op.drop_table("saved_views")
