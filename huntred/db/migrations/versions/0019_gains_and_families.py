"""points, levels, badges and rewards; family groups"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")
_TABLES = ("gain_rules", "gain_levels", "rewards", "gains", "reward_requests", "families", "family_members")


def upgrade() -> None:
    op.create_table(
        "gain_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("badge", sa.Text(), server_default="", nullable=False, comment="its name; empty: none"),
        sa.Column(
            "badge_after", sa.Integer(), server_default="1", nullable=False, comment="how many such events earn the badge"
        ),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_gain_rules_points")),
        sa.CheckConstraint("badge_after >= 1", name=op.f("ck_gain_rules_badge_after")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_gain_rules_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gain_rules")),
        sa.UniqueConstraint("unit", "event", name=op.f("uq_gain_rules_unit_event")),
    )
    op.create_table(
        "gain_levels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("from_points", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_points >= 0", name=op.f("ck_gain_levels_from_points")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_gain_levels_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gain_levels")),
        sa.UniqueConstraint("unit", "from_points", name=op.f("uq_gain_levels_unit_from_points")),
        sa.UniqueConstraint("unit", "name", name=op.f("uq_gain_levels_unit_name")),
    )
    op.create_table(
        "rewards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("cost_points", sa.Integer(), nullable=False),
        sa.Column("cost_amount", sa.Numeric(14, 2), nullable=True, comment="to the unit, never to the person"),
        sa.Column("cost_currency", sa.Text(), server_default="MXN", nullable=False),
        sa.Column("ord", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint("cost_points > 0", name=op.f("ck_rewards_cost_points")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_rewards_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewards")),
        sa.UniqueConstraint("unit", "name", name=op.f("uq_rewards_unit_name")),
    )
    op.create_table(
        "gains",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False, comment="of the rule as it stood then"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_gains_unit_units")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_gains_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gains")),
        sa.UniqueConstraint(
            "unit", "person_id", "event", "source_id", name=op.f("uq_gains_unit_person_id_event_source_id")
        ),
    )
    op.create_table(
        "reward_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="of the reward as it stood when it was asked for, like its costs"
        ),
        sa.Column("cost_points", sa.Integer(), nullable=False),
        sa.Column("cost_amount", sa.Numeric(14, 2), nullable=True),
        sa.Column("cost_currency", sa.Text(), server_default="MXN", nullable=False),
        sa.Column("state", sa.Text(), server_default="asked", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False, comment="of who decided, told to the person"),
        sa.CheckConstraint("state IN ('asked', 'granted', 'declined')", name=op.f("ck_reward_requests_state")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_reward_requests_unit_units")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reward_requests_person_id_people")),
        sa.ForeignKeyConstraint(["reward_id"], ["rewards.id"], name=op.f("fk_reward_requests_reward_id_rewards")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_reward_requests_decided_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_requests")),
    )
    op.create_table(
        "families",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "children", sa.Integer(), server_default="0", nullable=False,
            comment="how many travel along; nothing else of them",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("children BETWEEN 0 AND 20", name=op.f("ck_families_children")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_families_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_families")),
        sa.UniqueConstraint("code", name=op.f("uq_families_code")),
    )  # fmt: skip
    op.create_table(
        "family_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_family_members_unit_units")),
        sa.ForeignKeyConstraint(["family_id"], ["families.id"], name=op.f("fk_family_members_family_id_families")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_family_members_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_members")),
        sa.UniqueConstraint("unit", "person_id", name=op.f("uq_family_members_unit_person_id")),
    )
    op.create_index(op.f("ix_family_members_family_id"), "family_members", ["family_id"])
    op.create_index(op.f("ix_family_members_person_id"), "family_members", ["person_id"])
    for table in _TABLES:
        op.create_index(op.f(f"ix_{table}_unit"), table, ["unit"])
    op.create_index(op.f("ix_gains_person_id"), "gains", ["person_id"])
    op.create_index(op.f("ix_reward_requests_person_id"), "reward_requests", ["person_id"])
    asked = sa.text("state = 'asked'")
    op.create_index(
        "uq_reward_requests_open", "reward_requests", ["unit", "person_id", "reward_id"], unique=True,
        postgresql_where=asked,
    )  # fmt: skip
    op.create_index("ix_reward_requests_waiting", "reward_requests", ["unit", "asked_at"], postgresql_where=asked)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
