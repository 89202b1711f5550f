"""what each side of a confidential search agreed to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosure_agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("vacancy_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('candidate', 'client')", name=op.f("ck_disclosure_agreements_side")),
        sa.CheckConstraint("source IN ('chat', 'link', 'consultant')", name=op.f("ck_disclosure_agreements_source")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_disclosure_agreements_unit_units")),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_disclosure_agreements_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_disclosure_agreements_person_id_people")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_disclosure_agreements_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_agreements")),
    )
    op.create_index(op.f("ix_disclosure_agreements_unit"), "disclosure_agreements", ["unit"])
    op.create_index(op.f("ix_disclosure_agreements_person_id"), "disclosure_agreements", ["person_id"])
    op.create_index(
        "ix_disclosure_agreements_vacancy_id_person_id_side_at", "disclosure_agreements",
        ["vacancy_id", "person_id", "side", "at"],
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("disclosure_agreements")
