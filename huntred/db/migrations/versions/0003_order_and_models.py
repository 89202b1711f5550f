"""the vendor's order, models published to running processes, replays"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_DUE = sa.text("due IS NOT NULL")
_REPLAY = sa.text("replay_at IS NOT NULL")
_ASIDE = sa.text("state = 'aside'")


def upgrade() -> None:
    unit = "whose turn is next, where that is not the chat's unit"
    op.add_column("chats", sa.Column("turn_unit", sa.Text(), comment=unit))
    only_notices: sa.Column[bool] = sa.Column(
        "background", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="nothing but notices waits"
    )
    op.add_column("chats", only_notices)
    op.add_column("chats", sa.Column("heard_at", sa.DateTime(timezone=True)))
    heard = "with heard_at: how far the vendor's order has been handled"
    op.add_column("chats", sa.Column("heard_seq", sa.BigInteger(), comment=heard))
    op.drop_index("ix_chats_due", table_name="chats", postgresql_where=_DUE)
    op.create_index("ix_chats_background_due", "chats", ["background", "due"], postgresql_where=_DUE)
    seq = "the vendor's own order, where it has one"
    op.add_column("inbox", sa.Column("vendor_seq", sa.BigInteger(), comment=seq))
    late: sa.Column[bool] = sa.Column(
        "late", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="came after a later one's turn"
    )
    op.add_column("inbox", late)
    op.add_column("quarantine", sa.Column("replay_at", sa.DateTime(timezone=True)))
    op.add_column("quarantine", sa.Column("replayed_at", sa.DateTime(timezone=True)))
    op.add_column("quarantine", sa.Column("replay_result", sa.Text(), comment="what came of reading it again"))
    op.create_index("ix_quarantine_replay_at", "quarantine", ["replay_at"], postgresql_where=_REPLAY)
    op.create_index("ix_inbox_aside", "inbox", ["id"], postgresql_where=_ASIDE)
    op.create_table(
        "published_models",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="file name"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", postgresql.BYTEA()),
        sa.Column(
            "published_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("published_by", sa.Text(), server_default="", nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_published_models_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_models")),
    )
    op.create_index("ix_published_models_unit_id", "published_models", ["unit", "id"])
    # A trained model is compressed already.
    op.execute("ALTER TABLE published_models ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("published_models")
    op.drop_index("ix_inbox_aside", table_name="inbox", postgresql_where=_ASIDE)
    op.drop_index("ix_quarantine_replay_at", table_name="quarantine", postgresql_where=_REPLAY)
    for column in ("replay_result", "replayed_at", "replay_at"):
        op.drop_column("quarantine", column)
    for column in ("late", "vendor_seq"):
        op.drop_column("inbox", column)
    op.drop_index("ix_chats_background_due", table_name="chats", postgresql_where=_DUE)
    op.create_index("ix_chats_due", "chats", ["due"], postgresql_where=_DUE)
    for column in ("heard_seq", "heard_at", "background", "turn_unit"):
        op.drop_column("chats", column)
