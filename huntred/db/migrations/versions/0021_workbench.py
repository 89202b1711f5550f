"""the workbench of conversation designers: masked turns, proposed changes, the queue of their tests, their role"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from huntred.db.halfvec import Halfvec

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")
_ROLES = (
    "(role = 'super_admin' AND unit IS NULL AND division_id IS NULL)"
    " OR (role{} AND unit IS NOT NULL AND division_id IS NULL)"
    " OR (role = 'division_consultant' AND unit IS NOT NULL AND division_id IS NOT NULL)"
)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_grants_role"), "grants", type_="check")
    op.create_check_constraint(op.f("ck_grants_role"), "grants", _ROLES.format(" IN ('consultant', 'designer')"))
    op.create_table(
        "workbench_turns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False, comment="not a key: old messages go"),
        sa.Column("conversation_id", sa.Uuid(), nullable=False, comment="whose erasure takes this along"),
        sa.Column("text", sa.Text(), nullable=False, comment="masked; what was written is not kept here"),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("suggested", sa.Text(), server_default="", nullable=False),
        sa.Column("vector", Halfvec(), nullable=True, comment="of the masked text"),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it was written"),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason IN ('unsure', 'corrected', 'handed_over', 'plain')", name=op.f("ck_workbench_turns_reason")
        ),
        sa.CheckConstraint("state IN ('open', 'used', 'set_aside')", name=op.f("ck_workbench_turns_state")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_workbench_turns_unit_units")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_workbench_turns_decided_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbench_turns")),
        sa.UniqueConstraint("message_id", name=op.f("uq_workbench_turns_message_id")),
    )
    op.create_index(op.f("ix_workbench_turns_unit"), "workbench_turns", ["unit"])
    op.create_index(op.f("ix_workbench_turns_conversation_id"), "workbench_turns", ["conversation_id"])
    op.create_index("ix_workbench_turns_unit_at", "workbench_turns", ["unit", "at", "message_id"])
    op.create_index(
        "ix_workbench_turns_open", "workbench_turns", ["unit", "group_id"],
        postgresql_where=sa.text("state = 'open' AND reason <> 'plain'"),
    )  # fmt: skip
    op.create_table(
        "workbench_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_workbench_changes_unit_units")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_workbench_changes_created_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbench_changes")),
    )
    op.create_index(op.f("ix_workbench_changes_unit"), "workbench_changes", ["unit"])
    op.create_table(
        "workbench_examples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=True),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column(
            "text", sa.Text(), nullable=False, comment="in Rasa's format; personal data replaced by invented ones"
        ),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_workbench_examples_unit_units")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["workbench_changes.id"], ondelete="CASCADE",
            name=op.f("fk_workbench_examples_change_id_workbench_changes"),
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["workbench_turns.id"], ondelete="SET NULL",
            name=op.f("fk_workbench_examples_turn_id_workbench_turns"),
        ),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_workbench_examples_added_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbench_examples")),
        sa.UniqueConstraint("change_id", "text", name=op.f("uq_workbench_examples_change_id_text")),
    )  # fmt: skip
    op.create_index(op.f("ix_workbench_examples_unit"), "workbench_examples", ["unit"])
    op.create_index(op.f("ix_workbench_examples_turn_id"), "workbench_examples", ["turn_id"])
    op.create_table(
        "workbench_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column(
            "additions", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="[{intent, text}]"
        ),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("patch", sa.Text(), server_default="", nullable=False),
        sa.Column("model_name", sa.Text(), server_default="", nullable=False),
        sa.Column("model_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("model", sa.LargeBinary(), nullable=True),
        sa.Column("published_id", sa.BigInteger(), nullable=True, comment="of published_models"),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_workbench_jobs_state")
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_workbench_jobs_unit_units")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["workbench_changes.id"], ondelete="CASCADE",
            name=op.f("fk_workbench_jobs_change_id_workbench_changes"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_workbench_jobs_asked_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbench_jobs")),
    )  # fmt: skip
    op.execute("ALTER TABLE workbench_jobs ALTER COLUMN model SET STORAGE EXTERNAL")
    op.create_index(op.f("ix_workbench_jobs_unit"), "workbench_jobs", ["unit"])
    op.create_index(op.f("ix_workbench_jobs_change_id"), "workbench_jobs", ["change_id"])
    op.create_index(
        "ix_workbench_jobs_waiting", "workbench_jobs", ["asked_at"],
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("workbench_jobs", "workbench_examples", "workbench_changes", "workbench_turns"):
        op.drop_table(table)
    op.execute("DELETE FROM grants WHERE role = 'designer'")
    op.drop_constraint(op.f("ck_grants_role"), "grants", type_="check")
    op.create_check_constraint(op.f("ck_grants_role"), "grants", _ROLES.format(" = 'consultant'"))
