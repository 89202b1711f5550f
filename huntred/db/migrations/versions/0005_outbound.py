"""the outbox's review, consent and quiet hours"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STATES = "'waiting', 'held', 'sending', 'review', 'sent', 'delivered', 'read', 'failed', 'refused'"
_STATES_BEFORE = "'waiting', 'sending', 'sent', 'delivered', 'read', 'failed', 'refused'"
_PURPOSES = "'reply', 'notice', 'promotion', 'code', 'payment', 'signature'"
_PURPOSES_BEFORE = "'reply', 'notice', 'promotion', 'code'"

# Who said yes to messages, by the last word of each person, unit and channel.
_AGREED_BEFORE_NOW = """
UPDATE conversations v SET agreed = '{promotion}'
WHERE 'promotion' <> ALL (v.opted_out) AND (
    SELECT c.granted FROM consents c
    WHERE c.unit = v.unit AND c.person_id = v.person_id AND c.channel = v.channel AND c.purpose = 'messages'
    ORDER BY c.at DESC, c.id DESC LIMIT 1)
"""


def upgrade() -> None:
    op.add_column(
        "channel_accounts",
        sa.Column(
            "messages_per_second", sa.Integer(), nullable=True, comment="what the vendor grants this one; null: its usual"
        ),
    )
    op.add_column(
        "conversations",
        sa.Column(
            "agreed", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False,
            comment="of the consents: promotion",
        ),
    )  # fmt: skip
    op.execute(_AGREED_BEFORE_NOW)
    op.add_column(
        "outbox",
        sa.Column(
            "begun", sa.Boolean(), server_default=sa.text("false"), nullable=False,
            comment="of what must not go twice: the vendor may have been asked",
        ),
    )  # fmt: skip
    _check("state", f"state IN ({_STATES})")
    _check("purpose", f"purpose IN ({_PURPOSES})")
    op.drop_index("ix_outbox_due", table_name="outbox")
    waiting, sending = sa.text("state = 'waiting'"), sa.text("state = 'sending'")
    op.create_index(
        "ix_outbox_lane", "outbox", ["channel_account_id", sa.text("priority DESC"), "id"], postgresql_where=waiting
    )
    op.create_index("ix_outbox_sending", "outbox", ["due"], postgresql_where=sending)
    op.create_index("ix_outbox_held", "outbox", ["due"], postgresql_where=sa.text("state = 'held'"))
    op.create_index("ix_outbox_review", "outbox", ["unit", "id"], postgresql_where=sa.text("state = 'review'"))
    not_sent = sa.text("state IN ('failed', 'refused')")
    op.create_index("ix_outbox_not_sent", "outbox", ["id"], postgresql_where=not_sent)


def downgrade() -> None:
    for name in ("not_sent", "review", "held", "sending", "lane"):
        op.drop_index(f"ix_outbox_{name}", table_name="outbox")
    op.create_index(
        "ix_outbox_due", "outbox", ["due"], postgresql_where=sa.text("state IN ('waiting', 'sending')")
    )
    op.execute("UPDATE outbox SET state = 'waiting' WHERE state = 'held'")
    op.execute("UPDATE outbox SET state = 'failed', error_code = 'outcome_unknown' WHERE state = 'review'")
    op.execute("UPDATE outbox SET purpose = 'notice' WHERE purpose IN ('payment', 'signature')")
    _check("state", f"state IN ({_STATES_BEFORE})")
    _check("purpose", f"purpose IN ({_PURPOSES_BEFORE})")
    op.drop_column("outbox", "begun")
    op.drop_column("conversations", "agreed")
    op.drop_column("channel_accounts", "messages_per_second")


def _check(name: str, rule: str) -> None:
    op.drop_constraint(op.f(f"ck_outbox_{name}"), "outbox", type_="check")
    op.create_check_constraint(op.f(f"ck_outbox_{name}"), "outbox", rule)
