"""vacancies that look alike and those that were made one; mailboxes that take vacancies, and what came to them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_STATES = "'asked', 'fetching', 'unread', 'preview', 'waiting', 'writing', 'done', 'failed'"


def _unit() -> sa.Column[str]:
    return sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True)


def upgrade() -> None:
    op.create_table(
        "vacancy_prints",
        sa.Column("vacancy_id", sa.Uuid(), sa.ForeignKey("vacancies.id", ondelete="CASCADE"), primary_key=True),
        _unit(),
        sa.Column("keys", postgresql.ARRAY(sa.BigInteger()), nullable=False, server_default="{}"),
        sa.Column("compared_at", _AT, comment="the vacancy's updated_at when it was compared"),
    )
    op.create_index("ix_vacancy_prints_keys", "vacancy_prints", ["keys"], postgresql_using="gin")
    op.create_table(
        "vacancy_pairs",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _unit(),
        sa.Column("first_id", sa.Uuid(), sa.ForeignKey("vacancies.id", ondelete="CASCADE"), nullable=False),
        sa.Column("second_id", sa.Uuid(), sa.ForeignKey("vacancies.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("strength", sa.Integer(), nullable=False, server_default="0", comment="0 to 100"),
        sa.Column("state", sa.Text(), nullable=False, server_default="open"),
        sa.Column("decided_by", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.Column("found_at", _AT, nullable=False),
        sa.CheckConstraint("first_id < second_id", name="order"),
        sa.CheckConstraint("state IN ('open', 'different')", name="state"),
    )
    op.create_index("uq_vacancy_pairs_first_id_second_id", "vacancy_pairs", ["first_id", "second_id"], unique=True)
    op.create_index(
        "ix_vacancy_pairs_open", "vacancy_pairs", ["unit", "strength", "id"],
        postgresql_where=sa.text("state = 'open'"),
    )  # fmt: skip
    op.create_table(
        "vacancy_merges",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _unit(),
        sa.Column("kept_id", sa.Uuid(), sa.ForeignKey("vacancies.id"), nullable=False, index=True),
        sa.Column("other_id", sa.Uuid(), sa.ForeignKey("vacancies.id"), nullable=False),
        sa.Column("merged_by", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.Column("merged_at", _AT, nullable=False),
        sa.Column("undone_by", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.Column("undone_at", _AT),
        sa.Column("people", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}"),
        sa.Column("undo_sealed", sa.Text()),
        sa.CheckConstraint("kept_id <> other_id", name="two"),
    )
    op.create_index(
        "uq_vacancy_merges_other_id", "vacancy_merges", ["other_id"], unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )  # fmt: skip
    op.add_column("vacancies", sa.Column("merged_into_id", sa.Uuid(), sa.ForeignKey("vacancies.id")))
    op.create_index(
        "ix_vacancies_merged_into_id", "vacancies", ["merged_into_id"],
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )  # fmt: skip
    op.alter_column("application_merges", "merge_id", nullable=True)
    op.add_column(
        "application_merges",
        sa.Column("vacancy_merge_id", sa.Uuid(), sa.ForeignKey("vacancy_merges.id"), index=True),
    )
    op.create_check_constraint(
        op.f("ck_application_merges_by"), "application_merges", "(merge_id IS NULL) <> (vacancy_merge_id IS NULL)"
    )
    op.add_column(
        "channel_accounts",
        sa.Column(
            "purpose", sa.Text(), nullable=False, server_default="chat",
            comment="chat, or vacancies: a mailbox that takes them",
        ),
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_channel_accounts_purpose"), "channel_accounts",
        "purpose = 'chat' OR (purpose = 'vacancies' AND channel = 'email')",
    )  # fmt: skip
    op.create_table(
        "intake_mails",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "number", sa.BigInteger(), sa.Identity(always=True, start=1001), nullable=False, unique=True,
            comment="told to its sender",
        ),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False),
        sa.Column("channel_account_id", sa.Uuid(), sa.ForeignKey("channel_accounts.id"), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False, comment="lower case"),
        sa.Column("sender_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("subject", sa.Text(), nullable=False, server_default=""),
        sa.Column("raw", postgresql.BYTEA(), comment="the mail as it came; erased after 30 days"),
        sa.Column(
            "parts", postgresql.JSONB(), nullable=False, server_default="[]",
            comment="what was read of it: see huntred/importing",
        ),
        sa.Column("sent_at", _AT),
        sa.Column("received_at", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.Column("state", sa.Text(), nullable=False, server_default="waiting"),
        sa.Column("due", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.Column("token", sa.Uuid()),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("decided_by", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.Column("decided_at", _AT),
        sa.UniqueConstraint("channel_account_id", "message_id"),
        sa.CheckConstraint("state IN ('waiting', 'draft', 'review', 'dismissed', 'forwarded')", name="state"),
    )  # fmt: skip
    op.create_index("ix_intake_mails_waiting", "intake_mails", ["due"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index("ix_intake_mails_unit_received_at", "intake_mails", ["unit", "received_at"])
    op.create_index("ix_intake_mails_unit_sender", "intake_mails", ["unit", "sender"])
    op.drop_constraint(op.f("ck_imports_state"), "imports", type_="check")
    op.create_check_constraint(op.f("ck_imports_state"), "imports", f"state IN ({_STATES}, 'dropped')")
    op.alter_column("imports", "user_id", nullable=True)
    op.add_column("imports", sa.Column("mail_id", sa.Uuid(), sa.ForeignKey("intake_mails.id"), index=True))
    op.add_column("imports", sa.Column("choices", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.add_column("imports", sa.Column("changed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("imports", sa.Column("left_out", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.execute("DELETE FROM imports WHERE user_id IS NULL OR state = 'dropped'")
    op.drop_constraint(op.f("ck_imports_state"), "imports", type_="check")
    op.create_check_constraint(op.f("ck_imports_state"), "imports", f"state IN ({_STATES})")
    op.drop_column("imports", "mail_id")
    op.alter_column("imports", "user_id", nullable=False)
    op.drop_table("intake_mails")
    op.drop_constraint(op.f("ck_channel_accounts_purpose"), "channel_accounts", type_="check")
    op.drop_column("channel_accounts", "purpose")
    for column in ("left_out", "changed", "choices"):
        op.drop_column("imports", column)
    op.drop_constraint(op.f("ck_application_merges_by"), "application_merges", type_="check")
    op.execute("DELETE FROM application_merges WHERE merge_id IS NULL")
    op.drop_column("application_merges", "vacancy_merge_id")
    op.alter_column("application_merges", "merge_id", nullable=False)
    op.drop_column("vacancies", "merged_into_id")
    for table in ("vacancy_merges", "vacancy_pairs", "vacancy_prints"):
        op.drop_table(table)
