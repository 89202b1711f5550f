"""vacancies from the address of a job page"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None

_OF_FILES = "'preview', 'waiting', 'writing', 'done', 'failed'"


def upgrade() -> None:
    op.add_column("imports", sa.Column("page_url", sa.Text(), nullable=False, server_default=""))
    op.add_column("imports", sa.Column("problem", sa.Text(), nullable=False, server_default=""))
    op.add_column("imports", sa.Column("notes", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.drop_constraint(op.f("ck_imports_state"), "imports", type_="check")
    op.create_check_constraint(
        op.f("ck_imports_state"), "imports", f"state IN ('asked', 'fetching', 'unread', {_OF_FILES})"
    )
    op.create_index(
        "ix_imports_asked", "imports", ["created_at"], postgresql_where=sa.text("state IN ('asked', 'fetching')")
    )


def downgrade() -> None:
    op.drop_index("ix_imports_asked", "imports")
    op.execute("DELETE FROM imports WHERE state IN ('asked', 'fetching', 'unread')")
    op.drop_constraint(op.f("ck_imports_state"), "imports", type_="check")
    op.create_check_constraint(op.f("ck_imports_state"), "imports", f"state IN ({_OF_FILES})")
    for column in ("notes", "problem", "page_url"):
        op.drop_column("imports", column)
