"""the search: its entries, and the keys of words"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from huntred.db import search_functions

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="person, company, vacancy, talk"),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "words", postgresql.TSVECTOR(), nullable=False,
            comment="p|c|v|t/<unit>/word, /~key as it sounds, /#division",
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_search_entries_unit_units")),
        sa.PrimaryKeyConstraint("object_id", name=op.f("pk_search_entries")),
    )  # fmt: skip
    op.create_table(
        "search_keys",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "near", postgresql.ARRAY(sa.Text()), nullable=False,
            comment="the key, and the key without one or two letters",
        ),
        sa.Column(
            "checked_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False,
            comment="when some entry was last known to have it",
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_search_keys_unit_units")),
        sa.PrimaryKeyConstraint("unit", "key", name=op.f("pk_search_keys")),
    )  # fmt: skip
    op.create_index("ix_search_keys_near", "search_keys", ["near"], postgresql_using="gin")
    op.create_index("ix_search_keys_checked_at", "search_keys", ["checked_at"])
    for statement in (*search_functions.statements(), *search_functions.entries_of_what_is_there()):
        op.execute(statement)
    # After the entries: made in one go it is many times as fast.
    op.create_index(
        "ix_search_entries_words", "search_entries", ["words"], postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )  # fmt: skip


def downgrade() -> None:
    tables = {"profile": "unit_profiles", "application": "applications", "vacancy": "vacancies",
              "company": "companies", "conversation": "conversations", "chat": "chats"}  # fmt: skip
    for name, table in tables.items():
        op.execute(f"DROP TRIGGER search_{name} ON {table}")
    for table in ("unit_profiles", "vacancies", "companies", "conversations"):
        op.execute(f"DROP TRIGGER search_gone ON {table}")
    op.drop_table("search_keys")
    op.drop_table("search_entries")
