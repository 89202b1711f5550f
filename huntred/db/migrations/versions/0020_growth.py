"""what each side of a confidential search agreed to; mentors and their sessions; learning plans; internships"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# A range of one value, because `=` of a plain uuid in a GiST index takes btree_gist, which not every server has.
_TWICE = """
ALTER TABLE mentor_sessions ADD CONSTRAINT ex_mentor_sessions_{who} EXCLUDE USING gist (
  uuidrange({who}_id, {who}_id, '[]') WITH =, tstzrange(starts_at, ends_at) WITH &&
) WHERE (state IN ('asked', 'accepted'))
"""


def upgrade() -> None:
    op.create_table(
        "disclosure_agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("vacancy_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('candidate', 'client')", name=op.f("ck_disclosure_agreements_side")),
        sa.CheckConstraint("source IN ('chat', 'link', 'consultant')", name=op.f("ck_disclosure_agreements_source")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_disclosure_agreements_unit_units")),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_disclosure_agreements_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_disclosure_agreements_person_id_people")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_disclosure_agreements_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_agreements")),
    )
    op.create_index(op.f("ix_disclosure_agreements_unit"), "disclosure_agreements", ["unit"])
    op.create_index(op.f("ix_disclosure_agreements_person_id"), "disclosure_agreements", ["person_id"])
    op.create_index(
        "ix_disclosure_agreements_vacancy_id_person_id_side_at", "disclosure_agreements",
        ["vacancy_id", "person_id", "side", "at"],
    )  # fmt: skip
    _mentors()
    _learning()
    _internships()


def _mentors() -> None:
    op.create_table(
        "mentors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False, comment="shown to who looks for a mentor"),
        sa.Column("fields", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("availability", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="America/Mexico_City", nullable=False),
        sa.Column("weekly_capacity", sa.Integer(), server_default="1", nullable=False),
        sa.Column("session_minutes", sa.Integer(), server_default="45", nullable=False),
        sa.Column("meeting_place", sa.Text(), server_default="", nullable=False, comment="an address or the link of a video room"),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("weekly_capacity BETWEEN 1 AND 40", name=op.f("ck_mentors_weekly_capacity")),
        sa.CheckConstraint("session_minutes BETWEEN 15 AND 180", name=op.f("ck_mentors_session_minutes")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_mentors_unit_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentors")),
    )
    op.create_index(op.f("ix_mentors_unit"), "mentors", ["unit"])
    op.create_table(
        "mentor_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="asked", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), server_default="", nullable=False, comment="person, mentor, consultant"),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False, comment="of the calendar file (RFC 5545)"),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_mentor_sessions_times")),
        sa.CheckConstraint(
            "state IN ('asked', 'accepted', 'declined', 'expired', 'cancelled', 'done', 'missed')",
            name=op.f("ck_mentor_sessions_state"),
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_mentor_sessions_unit_units")),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentors.id"], name=op.f("fk_mentor_sessions_mentor_id_mentors")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mentor_sessions_person_id_people")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_mentor_sessions_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_sessions")),
    )
    for column in ("unit", "mentor_id", "person_id"):
        op.create_index(op.f(f"ix_mentor_sessions_{column}"), "mentor_sessions", [column])
    op.create_index("ix_mentor_sessions_unit_starts_at", "mentor_sessions", ["unit", "starts_at"])
    for who in ("mentor", "person"):
        op.execute(_TWICE.format(who=who))


def _learning() -> None:
    op.create_table(
        "learning_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ord", sa.Integer(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("skill_key", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_by", sa.Integer(), server_default="0", nullable=False),
        sa.Column("looked_at", sa.Integer(), server_default="0", nullable=False),
        sa.Column("vacancies", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="matching", nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), server_default="", nullable=False, comment="person, consultant"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_learning_steps_state")),
        sa.CheckConstraint("source IN ('matching', 'consultant')", name=op.f("ck_learning_steps_source")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_learning_steps_unit_units")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_learning_steps_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_steps")),
        sa.UniqueConstraint("unit", "person_id", "skill_key", name=op.f("uq_learning_steps_unit")),
    )
    op.create_index(op.f("ix_learning_steps_unit"), "learning_steps", ["unit"])
    op.create_index(op.f("ix_learning_steps_person_id"), "learning_steps", ["person_id"])


def _internships() -> None:
    for column in (
        sa.Column("kind", sa.Text(), server_default="job", nullable=False, comment="job, internship"),
        sa.Column("internship_weeks", sa.Integer(), nullable=True),
        sa.Column("internship_hours", sa.Integer(), nullable=True, comment="a week"),
        sa.Column(
            "university_agreement", sa.Boolean(), server_default="false", nullable=False,
            comment="an internship: the university must have an agreement",
        ),
        sa.Column(
            "study_fields", postgresql.JSONB(), server_default="[]", nullable=False,
            comment="an internship: codes of huntred/fields.yml; empty: all",
        ),
        sa.Column("unpaid", sa.Boolean(), server_default="false", nullable=False, comment="an internship that says so"),
    ):
        op.add_column("vacancies", column)
    op.create_check_constraint(op.f("ck_vacancies_kind"), "vacancies", "kind IN ('job', 'internship')")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_vacancies_kind"), "vacancies")
    for column in ("unpaid", "study_fields", "university_agreement", "internship_hours", "internship_weeks", "kind"):
        op.drop_column("vacancies", column)
    op.drop_table("learning_steps")
    op.drop_table("mentor_sessions")
    op.drop_table("mentors")
    op.drop_table("disclosure_agreements")
