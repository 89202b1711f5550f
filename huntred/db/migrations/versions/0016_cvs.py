"""CVs, what was read from each, and what the person said to it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "cvs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("media_id", sa.Uuid(), nullable=True, comment="not a key: files of a chat can be forgotten"),
        sa.Column("source", sa.Text(), nullable=False, comment="chat, upload"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stored_name", sa.Text(), nullable=False, comment="below MEDIA_DIR"),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False, comment="as its sender calls it"),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("error_code", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("reader_version", sa.Text(), server_default="", nullable=False),
        sa.Column("content_sealed", sa.Text(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "told_at", sa.DateTime(timezone=True), nullable=True, comment="when the person was told what came of it"
        ),
        sa.Column(
            "answer", sa.Text(), server_default="", nullable=False,
            comment="right, unused, replaced, known; empty: open",
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("filled", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column(
            "consent_note", sa.Text(), server_default="", nullable=False,
            comment="of an upload: how the person agreed",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("state IN ('held', 'waiting', 'read', 'refused', 'failed')", name=op.f("ck_cvs_state")),
        sa.CheckConstraint("answer IN ('', 'right', 'unused', 'replaced', 'known')", name=op.f("ck_cvs_answer")),
        sa.CheckConstraint("source IN ('chat', 'upload')", name=op.f("ck_cvs_source")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_cvs_unit_units")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cvs_person_id_people")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_cvs_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_cvs_uploaded_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cvs")),
        sa.UniqueConstraint("media_id", name=op.f("uq_cvs_media_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_cvs_unit"), "cvs", ["unit"])
    op.create_index(op.f("ix_cvs_person_id"), "cvs", ["person_id"])
    op.create_index(op.f("ix_cvs_stored_name"), "cvs", ["stored_name"])
    op.create_index("ix_cvs_waiting", "cvs", ["unit", "due"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(
        "ix_cvs_untold", "cvs", ["unit", "created_at"],
        postgresql_where=sa.text("told_at IS NULL AND source = 'chat' AND state <> 'waiting'"),
    )  # fmt: skip


def downgrade() -> None:
    # Laid anew after a migration, with the columns that are left (huntred/db/policy_sql.py).
    op.execute(
        "CREATE OR REPLACE FUNCTION app_file_in_use(name text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER"
        " SET search_path = public AS $$ SELECT EXISTS (SELECT 1 FROM media m WHERE m.stored_name = name) $$"
    )
    op.drop_table("cvs")
