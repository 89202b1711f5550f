"""lists of millions are read in their own order, a unit, a stage or a division at a time"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_MOVED = sa.text("coalesce(last_message_at, created_at)")
_NEW: tuple[tuple[str, str, list[Any]], ...] = (
    ("ix_unit_profiles_unit_updated_at", "unit_profiles", ["unit", "updated_at", "id"]),
    ("ix_vacancies_unit_created_at", "vacancies", ["unit", "created_at", "id"]),
    ("ix_vacancies_unit_state_created_at", "vacancies", ["unit", "state", "created_at", "id"]),
    ("ix_vacancies_unit_city_created_at", "vacancies", ["unit", "city", "created_at", "id"]),
    ("ix_applications_unit_created_at", "applications", ["unit", "created_at", "id"]),
    ("ix_applications_division_id_created_at", "applications", ["division_id", "created_at", "id"]),
    ("ix_applications_stage_id_created_at", "applications", ["stage_id", "created_at", "id"]),
    ("ix_interviews_unit_booked_at", "interviews", ["unit", "booked_at"]),
    ("ix_conversations_unit_moved", "conversations", ["unit", _MOVED, "id"]),
)
_REPLACED = (
    ("ix_unit_profiles_unit_updated_at", "unit_profiles", ["unit", "updated_at"]),
    ("ix_applications_unit_created_at", "applications", ["unit", "created_at"]),
    ("ix_applications_division_id", "applications", ["division_id"]),
    ("ix_conversations_unit_last_message_at", "conversations", ["unit", "last_message_at"]),
)


def upgrade() -> None:
    for name, table, _ in _REPLACED:
        op.drop_index(name, table_name=table)
    for name, table, columns in _NEW:
        op.create_index(name, table, columns)
    op.create_index(
        "ix_conversations_unit_handling", "conversations", ["unit", "handling", _MOVED, "id"],
        postgresql_where=sa.text("handling IN ('queued', 'with_person')"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_conversations_unit_handling", table_name="conversations")
    for name, table, _ in _NEW:
        op.drop_index(name, table_name=table)
    for name, table, columns in _REPLACED:
        op.create_index(name, table, columns)
