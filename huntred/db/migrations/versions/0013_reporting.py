"""the dashboards find the messages, moves and tracker events of a period without reading whole tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_REPORTED = (
    "(name = 'active_loop' OR (name = 'slot' AND (event->>'name') = 'asked') OR (name = 'action' AND (event->>'name')"
    " IN ('action_fallback', 'action_profile_complete', 'action_search_asked', 'action_questions_complete',"
    " 'action_code_complete')))"
)
_REPORTED_ARCHIVED = _REPORTED.replace("(name =", "((row->>'name') =").replace("event->>", "row->'event'->>")


def upgrade() -> None:
    op.create_index("ix_messages_unit_at", "messages", ["unit", "at"])
    op.create_index("ix_application_moves_unit_at", "application_moves", ["unit", "at"])
    op.create_index(
        "ix_tracker_events_reported", "tracker_events", ["unit", "at"],
        postgresql_where=sa.text(_REPORTED),
    )  # fmt: skip
    op.create_index(
        "ix_tracker_events_archive_reported", "tracker_events_archive", ["unit", "at"],
        postgresql_where=sa.text(_REPORTED_ARCHIVED),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_tracker_events_archive_reported", "tracker_events_archive")
    op.drop_index("ix_tracker_events_reported", "tracker_events")
    op.drop_index("ix_application_moves_unit_at", "application_moves")
    op.drop_index("ix_messages_unit_at", "messages")
