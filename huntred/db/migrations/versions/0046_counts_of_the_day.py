"""what the page of the day counts is answered from an index alone, row-level security too"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _indexes(["division_id"])


def downgrade() -> None:
    _indexes(None)


def _indexes(include: list[str] | None) -> None:
    op.drop_index("ix_applications_unit_created_at", table_name="applications")
    op.create_index(
        "ix_applications_unit_created_at", "applications", ["unit", "created_at", "id"], postgresql_include=include
    )
    op.drop_index("ix_vacancies_open", table_name="vacancies")
    op.create_index(
        "ix_vacancies_open", "vacancies", ["unit", "city"], postgresql_include=include,
        postgresql_where=sa.text("state = 'open'"),
    )  # fmt: skip
