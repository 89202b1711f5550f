"""the words by which vacancies are found, and the vectors and words by which people are"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huntred.db.halfvec import Halfvec

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_STEMS = "stems as numbers, see lexemes.py"
_BEFORE, _NOW = "of the title and the requirements that were encoded", "of the title, the requirements and the description"


def upgrade() -> None:
    op.add_column(
        "vacancy_vectors", sa.Column("words", sa.LargeBinary(), server_default="", nullable=False, comment=_STEMS)
    )
    op.alter_column(
        "vacancy_vectors", "content_hash", comment=_NOW, existing_comment=_BEFORE, existing_type=sa.Text(),
        existing_nullable=False,
    )  # fmt: skip
    op.create_table(
        "profile_vectors",
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False, comment="the embedder's name, with its revision"),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "content_hash", sa.Text(), nullable=False,
            comment="of the work, the skills and the experience that were encoded",
        ),
        sa.Column("vector", Halfvec(), nullable=False),
        sa.Column("words", sa.LargeBinary(), server_default="", nullable=False, comment=_STEMS),
        sa.Column(
            "phrases", sa.LargeBinary(), server_default="", nullable=False,
            comment="what the ranker keeps of each phrase, so that it need not read it again",
        ),
        sa.Column("encoded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["unit_profiles.id"], name=op.f("fk_profile_vectors_profile_id_unit_profiles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_profile_vectors_unit_units")),
        sa.PrimaryKeyConstraint("profile_id", "model", name=op.f("pk_profile_vectors")),
    )  # fmt: skip
    op.create_index(op.f("ix_profile_vectors_unit"), "profile_vectors", ["unit"])
    op.create_index("ix_profile_vectors_unit_model_encoded_at", "profile_vectors", ["unit", "model", "encoded_at"])
    # Vectors do not compress: trying to costs time at every reading.
    op.execute("ALTER TABLE profile_vectors ALTER COLUMN phrases SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("profile_vectors")
    op.alter_column(
        "vacancy_vectors", "content_hash", comment=_BEFORE, existing_comment=_NOW, existing_type=sa.Text(),
        existing_nullable=False,
    )  # fmt: skip
    op.drop_column("vacancy_vectors", "words")
