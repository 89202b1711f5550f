"""the vectors by which vacancies are found"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huntred.db.halfvec import Halfvec

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vacancy_vectors",
        sa.Column("vacancy_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False, comment="the embedder's name, with its revision"),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "content_hash", sa.Text(), nullable=False, comment="of the title and the requirements that were encoded"
        ),
        sa.Column("vector", Halfvec(), nullable=False),
        sa.Column("encoded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_vacancy_vectors_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_vacancy_vectors_unit_units")),
        sa.PrimaryKeyConstraint("vacancy_id", "model", name=op.f("pk_vacancy_vectors")),
    )
    op.create_index(op.f("ix_vacancy_vectors_unit"), "vacancy_vectors", ["unit"])
    op.create_index("ix_vacancy_vectors_unit_model_encoded_at", "vacancy_vectors", ["unit", "model", "encoded_at"])
    op.create_index("ix_vacancies_unit_updated_at", "vacancies", ["unit", "updated_at"])


def downgrade() -> None:
    op.drop_index("ix_vacancies_unit_updated_at", "vacancies")
    op.drop_table("vacancy_vectors")
