"""references of a candidate: requests, referees, their answers, and who wants no such mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0029"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_OPEN = sa.text("state IN ('asked', 'agreed', 'given')")


def upgrade() -> None:
    op.create_table(
        "reference_requests",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True),
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("applications.id"), nullable=False, index=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("wanted", sa.Integer(), nullable=False, comment="how many referees"),
        sa.Column("due_at", _AT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="asked"),
        sa.Column("asked_by", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.Column("asked_at", _AT, nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False, server_default=""),
        sa.Column("agreed_at", _AT),
        sa.Column("given_at", _AT),
        sa.Column("ready_at", _AT),
        sa.Column("ended_at", _AT),
        sa.Column("seen_at", _AT, comment="when a consultant put the summary away from Hoy"),
        sa.CheckConstraint("wanted BETWEEN 1 AND 5", name="wanted"),
        sa.CheckConstraint("state IN ('asked', 'agreed', 'given', 'ready', 'declined', 'cancelled')", name="state"),
    )
    op.create_index("ix_reference_requests_due", "reference_requests", ["unit", "due_at"], postgresql_where=_OPEN)
    op.create_index(
        "ix_reference_requests_unseen", "reference_requests", ["unit"], postgresql_where=sa.text("seen_at IS NULL")
    )
    op.create_table(
        "referees",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True),
        sa.Column(
            "request_id", sa.Uuid(), sa.ForeignKey("reference_requests.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("ord", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, server_default=""),
        sa.Column("phone", sa.Text(), nullable=False, server_default=""),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("to_year", sa.Integer()),
        sa.Column("state", sa.Text(), nullable=False, server_default="named"),
        sa.Column("asked_at", _AT),
        sa.Column("ended_at", _AT),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.CheckConstraint("relation IN ('boss', 'peer', 'report', 'client')", name="relation"),
        sa.CheckConstraint(
            "state IN ('named', 'asked', 'answered', 'declined', 'opted_out', 'silent', 'dropped')", name="state"
        ),
    )
    op.create_table(
        "reference_answers",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True),
        sa.Column(
            "referee_id", sa.Uuid(), sa.ForeignKey("referees.id", ondelete="CASCADE"), nullable=False, unique=True
        ),
        sa.Column("relation_right", sa.Boolean()),
        sa.Column("relation_note", sa.Text(), nullable=False, server_default=""),
        sa.Column("from_year", sa.Integer()),
        sa.Column("to_year", sa.Integer()),
        sa.Column("still", sa.Boolean(), nullable=False, server_default="false", comment="they still work together"),
        sa.Column("ratings", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column(
            "unobserved", postgresql.JSONB(), nullable=False, server_default="[]", comment="said not to have been observed"
        ),
        sa.Column("texts", postgresql.JSONB(), nullable=False, server_default="{}"),
        sa.Column("again", sa.Text(), nullable=False, server_default="", comment="yes, doubts, no"),
        sa.Column("may_share", sa.Boolean()),
        sa.Column("source", sa.Text(), nullable=False, server_default="link"),
        sa.Column("recorded_by", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.Column("saved_at", _AT, nullable=False),
        sa.Column("sent_at", _AT),
        sa.CheckConstraint("again IN ('', 'yes', 'doubts', 'no')", name="again"),
        sa.CheckConstraint("source IN ('link', 'phone')", name="source"),
    )
    op.create_table(
        "referee_opt_outs",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True),
        sa.Column("email_hash", sa.Text(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.UniqueConstraint("unit", "email_hash"),
    )


def downgrade() -> None:
    for table in ("referee_opt_outs", "reference_answers", "referees", "reference_requests"):
        op.drop_table(table)
