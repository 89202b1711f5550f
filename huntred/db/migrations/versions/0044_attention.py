"""what was raised about vacancies, told and set aside; the cases that ended, by when they did"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0038"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "vacancy_alerts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True),
        sa.Column(
            "vacancy_id", sa.Uuid(), sa.ForeignKey("vacancies.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, server_default=""),
        sa.Column("level", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("raised_at", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.Column("ended_at", _AT),
        sa.Column("told_at", _AT),
        sa.Column("told_to", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.Column("dismissed_at", _AT),
        sa.Column("dismissed_by", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.Column("dismissed_reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("dismissed_key", sa.Text(), nullable=False, server_default=""),
        sa.Column("dismissed_level", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_index(
        "uq_vacancy_alerts_vacancy_id_kind", "vacancy_alerts", ["vacancy_id", "kind"], unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_vacancy_alerts_open", "vacancy_alerts", ["unit", "raised_at"], postgresql_where=sa.text("ended_at IS NULL")
    )
    # What every prediction and comparison begins with: the unit's own, the latest first.
    op.create_index(
        "ix_vacancies_ended", "vacancies", ["unit", "closed_at"],
        postgresql_where=sa.text("state IN ('filled', 'closed') AND NOT generated"),
    )  # fmt: skip
    op.create_index(
        "ix_application_moves_division_id_at", "application_moves", ["division_id", "at"],
        postgresql_where=sa.text("division_id IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_application_moves_division_id_at", "application_moves")
    op.drop_index("ix_vacancies_ended", "vacancies")
    op.drop_table("vacancy_alerts")
