"""weights of the ranking by unit, shortlists and the links that share them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "ranking_weights",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("weights", postgresql.JSONB(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_ranking_weights_unit_units")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ranking_weights_user_id_users")),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_ranking_weights")),
    )
    op.create_table(
        "shortlist_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("vacancy_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("ord", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_shortlist_entries_unit_units")),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_shortlist_entries_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["unit_profiles.id"], name=op.f("fk_shortlist_entries_profile_id_unit_profiles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_shortlist_entries_added_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist_entries")),
        sa.UniqueConstraint("vacancy_id", "profile_id", name=op.f("uq_shortlist_entries_vacancy_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_shortlist_entries_unit"), "shortlist_entries", ["unit"])
    op.create_index(op.f("ix_shortlist_entries_profile_id"), "shortlist_entries", ["profile_id"])
    op.create_index("ix_shortlist_entries_vacancy_id_ord", "shortlist_entries", ["vacancy_id", "ord"])
    op.create_table(
        "shortlist_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("vacancy_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_shortlist_shares_unit_units")),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_shortlist_shares_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_shortlist_shares_created_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist_shares")),
    )
    op.create_index(op.f("ix_shortlist_shares_unit"), "shortlist_shares", ["unit"])
    op.create_index(op.f("ix_shortlist_shares_vacancy_id"), "shortlist_shares", ["vacancy_id"])
    op.alter_column(
        "consents", "purpose", comment="privacy_notice, messages, share_with:<unit>, share_with_client",
        existing_comment="privacy_notice, messages, share_with:<unit>", existing_type=sa.Text(), existing_nullable=False,
    )  # fmt: skip


def downgrade() -> None:
    op.alter_column(
        "consents", "purpose", comment="privacy_notice, messages, share_with:<unit>",
        existing_comment="privacy_notice, messages, share_with:<unit>, share_with_client", existing_type=sa.Text(),
        existing_nullable=False,
    )  # fmt: skip
    op.drop_table("shortlist_shares")
    op.drop_table("shortlist_entries")
    op.drop_table("ranking_weights")
