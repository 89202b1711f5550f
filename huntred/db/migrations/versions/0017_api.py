"""programs that use the API, their tokens, and webhooks out"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")
_TEXTS = postgresql.ARRAY(sa.Text())


def _at(name: str, *, now: bool = False, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=_NOW if now else None, nullable=nullable and not now
    )


def upgrade() -> None:
    op.create_table(
        "api_clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("units", _TEXTS, nullable=False, comment="what it sees"),
        sa.Column("scopes", _TEXTS, nullable=False, comment="resource:action, see huntred/api_clients/rules.py"),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        _at("created_at", now=True),
        _at("last_token_at"),
        _at("revoked_at"),
        sa.CheckConstraint("cardinality(units) > 0", name=op.f("ck_api_clients_units")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_api_clients_created_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_clients")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("family", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("scopes", _TEXTS, nullable=False),
        _at("created_at", now=True),
        _at("expires_at", nullable=False),
        _at("revoked_at"),
        sa.CheckConstraint("kind IN ('access', 'refresh')", name=op.f("ck_api_tokens_kind")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["api_clients.id"], name=op.f("fk_api_tokens_client_id_api_clients"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index(op.f("ix_api_tokens_client_id"), "api_tokens", ["client_id"])
    op.create_index("ix_api_tokens_expires_at", "api_tokens", ["expires_at"])
    op.create_table(
        "api_requests",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="of method, path and body"),
        sa.Column("claim", sa.Uuid(), nullable=False),
        _at("claimed_at", nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["api_clients.id"], name=op.f("fk_api_requests_client_id_api_clients"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("client_id", "key", name=op.f("pk_api_requests")),
    )
    op.create_index(op.f("ix_api_requests_claimed_at"), "api_requests", ["claimed_at"])
    op.add_column("audit_entries", sa.Column("client_id", sa.Uuid(), nullable=True, comment="a program, not a user"))
    op.create_foreign_key(
        op.f("fk_audit_entries_client_id_api_clients"), "audit_entries", "api_clients", ["client_id"], ["id"]
    )
    _webhooks()


def _webhooks() -> None:
    op.create_table(
        "webhook_subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("events", _TEXTS, nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("previous_secret_sealed", sa.Text(), nullable=True),
        _at("previous_until"),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        _at("failing_since"),
        _at("disabled_at"),
        sa.Column("disabled_reason", sa.Text(), server_default="", nullable=False),
        _at("created_at", now=True),
        _at("updated_at", now=True),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_webhook_subscriptions_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_subscriptions")),
    )
    op.create_index(op.f("ix_webhook_subscriptions_unit"), "webhook_subscriptions", ["unit"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        _at("due", nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        _at("last_attempt_at"),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        _at("delivered_at"),
        _at("created_at", now=True),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name=op.f("ck_webhook_deliveries_state")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_webhook_deliveries_unit_units")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["webhook_subscriptions.id"],
            name=op.f("fk_webhook_deliveries_subscription_id_webhook_subscriptions"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("seq", name=op.f("uq_webhook_deliveries_seq")),
    )  # fmt: skip
    op.create_index(op.f("ix_webhook_deliveries_unit"), "webhook_deliveries", ["unit"])
    op.create_index(
        "ix_webhook_deliveries_waiting", "webhook_deliveries", ["subscription_id", "seq"],
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    op.create_index("ix_webhook_deliveries_log", "webhook_deliveries", ["subscription_id", "created_at", "id"])
    op.create_index("ix_webhook_deliveries_created_at", "webhook_deliveries", ["created_at"])


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_table("webhook_subscriptions")
    op.drop_constraint("fk_audit_entries_client_id_api_clients", "audit_entries", type_="foreignkey")
    op.drop_column("audit_entries", "client_id")
    op.drop_table("api_requests")
    op.drop_table("api_tokens")
    op.drop_table("api_clients")
