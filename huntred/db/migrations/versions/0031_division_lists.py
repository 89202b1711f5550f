"""a division's vacancies and interviews are read in their order, as a unit's are"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0027"
branch_labels = None
depends_on = None

_NEW = (
    ("ix_vacancies_division_id_created_at", "vacancies", ["division_id", "created_at", "id"]),
    ("ix_vacancies_division_id_state_created_at", "vacancies", ["division_id", "state", "created_at", "id"]),
    ("ix_interview_slots_division_id_starts_at", "interview_slots", ["division_id", "starts_at"]),
)
_REPLACED = (
    ("ix_vacancies_division_id", "vacancies", ["division_id"]),
    ("ix_interview_slots_division_id", "interview_slots", ["division_id"]),
)


def upgrade() -> None:
    for name, table, _ in _REPLACED:
        op.drop_index(name, table_name=table)
    for name, table, columns in _NEW:
        # Most rows have no division.
        op.create_index(name, table, columns, postgresql_where=sa.text("division_id IS NOT NULL"))


def downgrade() -> None:
    for name, table, _ in _NEW:
        op.drop_index(name, table_name=table)
    for name, table, columns in _REPLACED:
        op.create_index(name, table, columns)
