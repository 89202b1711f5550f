"""the board: versions of applications, limits and ageing of stages, reasons of rejections, moves that can be undone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What the seed gives a fresh installation; here for the stages that are there already.
_AGEING_DAYS = {"new": 2, "screening": 5, "interview": 7, "offer": 4}


def upgrade() -> None:
    op.create_table(
        "reject_reasons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("ord", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_reject_reasons_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reject_reasons")),
        sa.UniqueConstraint("unit", "name", name=op.f("uq_reject_reasons_unit_name")),
    )
    op.create_index(op.f("ix_reject_reasons_unit"), "reject_reasons", ["unit"])

    for name in ("wip_limit", "ageing_days"):
        op.add_column("stages", sa.Column(name, sa.Integer(), nullable=True))
        op.create_check_constraint(op.f(f"ck_stages_{name}"), "stages", f"{name} > 0")
    for kind, days in _AGEING_DAYS.items():
        op.execute(sa.text("UPDATE stages SET ageing_days = :days WHERE kind = :kind").bindparams(days=days, kind=kind))

    op.add_column("applications", sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    op.drop_index("ix_applications_vacancy_id_stage_id", table_name="applications")
    op.create_index(
        "ix_applications_board", "applications", ["vacancy_id", "stage_id", "moved_at", "id"],
        postgresql_include=["unit", "division_id"],
    )  # fmt: skip
    op.create_index(
        "ix_applications_unit_moved_at", "applications", ["unit", "moved_at"], postgresql_include=["division_id"]
    )
    op.create_index("ix_vacancies_consultant_id_state", "vacancies", ["consultant_id", "state"])

    op.add_column("application_moves", sa.Column("reject_reason_id", sa.Uuid(), nullable=True))
    op.add_column("application_moves", sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("application_moves", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.add_column("application_moves", sa.Column("undoes_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_application_moves_reject_reason_id_reject_reasons"),
        "application_moves", "reject_reasons", ["reject_reason_id"], ["id"],
    )  # fmt: skip
    op.create_foreign_key(
        op.f("fk_application_moves_undoes_id_application_moves"),
        "application_moves", "application_moves", ["undoes_id"], ["id"],
    )  # fmt: skip
    op.create_unique_constraint(op.f("uq_application_moves_undoes_id"), "application_moves", ["undoes_id"])
    op.create_index(
        "ix_application_moves_batch_id", "application_moves", ["batch_id"],
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_application_moves_user_id_at", "application_moves", ["user_id", "at"],
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_application_moves_user_id_at", table_name="application_moves")
    op.drop_index("ix_application_moves_batch_id", table_name="application_moves")
    for name in ("undoes_id", "batch_id", "version", "reject_reason_id"):
        op.drop_column("application_moves", name)
    op.drop_index("ix_vacancies_consultant_id_state", table_name="vacancies")
    op.drop_index("ix_applications_unit_moved_at", table_name="applications")
    op.drop_index("ix_applications_board", table_name="applications")
    op.create_index("ix_applications_vacancy_id_stage_id", "applications", ["vacancy_id", "stage_id"])
    op.drop_column("applications", "version")
    for name in ("ageing_days", "wip_limit"):
        op.drop_column("stages", name)
    op.drop_table("reject_reasons")
