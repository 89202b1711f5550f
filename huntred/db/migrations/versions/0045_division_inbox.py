"""a division's conversations are found by its applicants; what is closed is read in its order"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_BY_HANDLING = "ix_conversations_unit_handling"
_BY_APPLICANT = "ix_applications_person_id_division_id"


def upgrade() -> None:
    # Most rows have no division.
    op.create_index(
        _BY_APPLICANT, "applications", ["person_id", "division_id"], postgresql_where=sa.text("division_id IS NOT NULL")
    )
    _by_handling("'queued', 'with_person', 'closed'")


def downgrade() -> None:
    op.drop_index(_BY_APPLICANT, table_name="applications")
    _by_handling("'queued', 'with_person'")


def _by_handling(which: str) -> None:
    op.drop_index(_BY_HANDLING, table_name="conversations")
    op.create_index(
        _BY_HANDLING, "conversations", ["unit", "handling", sa.text("coalesce(last_message_at, created_at)"), "id"],
        postgresql_where=sa.text(f"handling IN ({which})"),
    )  # fmt: skip
