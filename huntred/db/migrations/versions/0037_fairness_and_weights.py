"""what people say for statistics, in a table of its own; versions of a unit's weights, with what was learned"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_PURPOSES = "privacy_notice, messages, share_with:<unit>, share_with_client"


def upgrade() -> None:
    op.create_table(
        "fairness_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("answers_sealed", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_fairness_answers_unit_units")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_fairness_answers_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fairness_answers")),
        sa.UniqueConstraint("unit", "person_id", name=op.f("uq_fairness_answers_unit_person_id")),
    )
    op.create_index(op.f("ix_fairness_answers_unit"), "fairness_answers", ["unit"])
    op.create_index(op.f("ix_fairness_answers_person_id"), "fairness_answers", ["person_id"])
    op.create_table(
        "ranking_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False, comment="written, learned, factory"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("weights", postgresql.JSONB(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("origin IN ('written', 'learned', 'factory')", name=op.f("ck_ranking_versions_origin")),
        sa.CheckConstraint(
            "state IN ('insufficient', 'lost', 'offered', 'outdated', 'in_force', 'former', 'taken_back')",
            name=op.f("ck_ranking_versions_state"),
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_ranking_versions_unit_units")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ranking_versions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_versions")),
    )
    op.create_index("ix_ranking_versions_unit_made_at", "ranking_versions", ["unit", "made_at", "id"])
    for state in ("in_force", "offered"):
        op.create_index(
            f"uq_ranking_versions_{state}", "ranking_versions", ["unit"], unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )  # fmt: skip
    # What a unit weighs now is its first version, so that one can go back to it.
    op.execute(
        "INSERT INTO ranking_versions (id, unit, origin, state, weights, user_id, made_at, in_force_at)"
        " SELECT gen_random_uuid(), unit, 'written', 'in_force', weights, user_id, updated_at, updated_at"
        " FROM ranking_weights"
    )
    # Nothing wrote it but tests: no page and no chat asked, and it had no consent of its own.
    op.drop_column("unit_profiles", "sex_sealed")
    op.alter_column(
        "consents", "purpose", comment=f"{_PURPOSES}, family_group, fairness_statistics", existing_comment=_PURPOSES,
        existing_type=sa.Text(), existing_nullable=False,
    )  # fmt: skip


def downgrade() -> None:
    op.alter_column(
        "consents", "purpose", comment=_PURPOSES,
        existing_comment=f"{_PURPOSES}, family_group, fairness_statistics", existing_type=sa.Text(),
        existing_nullable=False,
    )  # fmt: skip
    op.add_column("unit_profiles", sa.Column("sex_sealed", sa.Text(), nullable=True))
    op.drop_table("ranking_versions")
    op.drop_table("fairness_answers")
