"""the erasure log that a restore plays again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_erasures_person_id_people")),
        sa.ForeignKeyConstraint(["requested_by"], ["users.id"], name=op.f("fk_erasures_requested_by_users")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_erasures_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_person_id"), "erasures", ["person_id"])
    op.create_index(op.f("ix_erasures_unit"), "erasures", ["unit"])


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS app_chat_is_shared(uuid, text)")
    op.drop_table("erasures")
