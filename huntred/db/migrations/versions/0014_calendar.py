"""the calendar: rooms, group slots, series, moves that wait for a yes; nobody and no room twice at one time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# The slot knows how many are booked into it, whoever writes; the constraints below rest on that.
_COUNT = """
CREATE FUNCTION app_count_booked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.state = 'booked' THEN
    UPDATE interview_slots SET booked = booked - 1 WHERE id = OLD.slot_id;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.state = 'booked' THEN
    UPDATE interview_slots SET booked = booked + 1 WHERE id = NEW.slot_id;
  END IF;
  RETURN NULL;
END $$
"""
_TWICE = """
ALTER TABLE interview_slots ADD CONSTRAINT ex_interview_slots_{what} EXCLUDE USING gist (
  uuidrange({what}_id, {what}_id, '[]') WITH =, tstzrange(starts_at, ends_at) WITH &&
) WHERE (booked > 0 AND cancelled_at IS NULL AND {what}_id IS NOT NULL)
"""


def upgrade() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("generated", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_rooms_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("unit", "name", name=op.f("uq_rooms_unit_name")),
    )
    op.create_index(op.f("ix_rooms_unit"), "rooms", ["unit"])

    op.add_column("interview_slots", sa.Column("room_id", sa.Uuid(), nullable=True))
    op.add_column("interview_slots", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.add_column("interview_slots", sa.Column("capacity", sa.Integer(), server_default="1", nullable=False))
    op.add_column("interview_slots", sa.Column("booked", sa.Integer(), server_default="0", nullable=False))
    op.add_column("interview_slots", sa.Column("timezone", sa.Text(), server_default="", nullable=False))
    op.create_foreign_key(
        op.f("fk_interview_slots_room_id_rooms"), "interview_slots", "rooms", ["room_id"], ["id"]
    )
    op.create_index(op.f("ix_interview_slots_room_id"), "interview_slots", ["room_id"])
    op.create_index(op.f("ix_interview_slots_series_id"), "interview_slots", ["series_id"])
    op.drop_index("uq_interviews_slot_id", "interviews")
    op.create_index(op.f("ix_interviews_slot_id"), "interviews", ["slot_id"])
    op.execute(
        "UPDATE interview_slots s SET booked = i.n FROM (SELECT slot_id, count(*) AS n FROM interviews"
        " WHERE state = 'booked' GROUP BY slot_id) i WHERE i.slot_id = s.id"
    )
    op.execute(_COUNT)
    op.execute(
        "CREATE TRIGGER count_booked AFTER INSERT OR DELETE OR UPDATE OF state, slot_id ON interviews"
        " FOR EACH ROW EXECUTE FUNCTION app_count_booked()"
    )
    op.create_check_constraint(op.f("ck_interview_slots_capacity"), "interview_slots", "capacity BETWEEN 1 AND 100")
    op.create_check_constraint(
        op.f("ck_interview_slots_booked"), "interview_slots", "booked BETWEEN 0 AND capacity"
    )
    # A range of one value, because `=` of a plain uuid in a GiST index takes btree_gist, which not every server has.
    op.execute("CREATE TYPE uuidrange AS RANGE (subtype = uuid)")
    for what in ("interviewer", "room"):
        op.execute(_TWICE.format(what=what))
    op.execute("DROP FUNCTION IF EXISTS app_busy(uuid, uuid, timestamptz, timestamptz, uuid)")

    op.create_table(
        "interview_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=True),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("slot_made", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'declined', 'withdrawn', 'expired')",
            name=op.f("ck_interview_proposals_state"),
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_interview_proposals_unit_units")),
        sa.ForeignKeyConstraint(
            ["division_id"], ["divisions.id"], name=op.f("fk_interview_proposals_division_id_divisions")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interviews.id"], name=op.f("fk_interview_proposals_interview_id_interviews")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["interview_slots.id"], name=op.f("fk_interview_proposals_slot_id_interview_slots")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_interview_proposals_proposed_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_proposals")),
    )
    for column in ("unit", "division_id", "slot_id"):
        op.create_index(op.f(f"ix_interview_proposals_{column}"), "interview_proposals", [column])
    op.create_index(
        "uq_interview_proposals_interview_id", "interview_proposals", ["interview_id"], unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip

    op.add_column("users", sa.Column("timezone", sa.Text(), server_default="", nullable=False))
    op.add_column("users", sa.Column("calendar_link", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("users", "calendar_link")
    op.drop_column("users", "timezone")
    op.drop_table("interview_proposals")
    op.execute("DROP FUNCTION IF EXISTS app_busy(uuid, uuid, uuid, timestamptz, timestamptz, uuid, uuid)")
    op.execute("DROP FUNCTION IF EXISTS app_slot_there(uuid, uuid, timestamptz, timestamptz, uuid[])")
    for what in ("interviewer", "room"):
        op.execute(f"ALTER TABLE interview_slots DROP CONSTRAINT ex_interview_slots_{what}")
    op.execute("DROP TYPE uuidrange")
    op.execute("DROP TRIGGER count_booked ON interviews")
    op.execute("DROP FUNCTION app_count_booked()")
    op.drop_index(op.f("ix_interviews_slot_id"), "interviews")
    op.create_index(
        "uq_interviews_slot_id", "interviews", ["slot_id"], unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )  # fmt: skip
    for name in ("room_id", "series_id", "capacity", "booked", "timezone"):
        op.drop_column("interview_slots", name)
    op.drop_table("rooms")
