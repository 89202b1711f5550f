"""people who are one (pairs, merges that can be undone, what was folded), and files on their way in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")
_FOUND_BY = "of the birth date, to find the same person twice"
_SEEN = "updated_at as of the last look for duplicates"


def upgrade() -> None:
    op.add_column("unit_profiles", sa.Column("birth_hash", sa.Text(), nullable=True, comment=_FOUND_BY))
    op.add_column(
        "unit_profiles", sa.Column("compared_at", sa.DateTime(timezone=True), nullable=True, comment=_SEEN)
    )
    op.create_index("ix_unit_profiles_phone", "unit_profiles", ["unit", "phone"], postgresql_where=sa.text("phone <> ''"))
    op.create_index(
        "ix_unit_profiles_birth_hash", "unit_profiles", ["unit", "birth_hash"],
        postgresql_where=sa.text("birth_hash IS NOT NULL"),
    )
    op.create_index(
        "ix_unit_profiles_uncompared", "unit_profiles", ["unit", "updated_at"],
        postgresql_where=sa.text("compared_at IS NULL OR compared_at < updated_at"),
    )
    # A merge is one unit's; the group's person was never merged by anything.
    op.drop_constraint("fk_people_merged_into_people", "people", type_="foreignkey")
    op.drop_column("people", "merged_into")
    op.create_table(
        "person_merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("kept_person_id", sa.Uuid(), nullable=False),
        sa.Column("kept_profile_id", sa.Uuid(), nullable=False),
        sa.Column("other_person_id", sa.Uuid(), nullable=False),
        sa.Column("other_profile_id", sa.Uuid(), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_sealed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_person_merges_unit_units")),
        sa.ForeignKeyConstraint(["kept_person_id"], ["people.id"], name=op.f("fk_person_merges_kept_person_id_people")),
        sa.ForeignKeyConstraint(["other_person_id"], ["people.id"], name=op.f("fk_person_merges_other_person_id_people")),
        sa.ForeignKeyConstraint(["merged_by"], ["users.id"], name=op.f("fk_person_merges_merged_by_users")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.id"], name=op.f("fk_person_merges_undone_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merges")),
    )
    op.create_index(op.f("ix_person_merges_unit"), "person_merges", ["unit"])
    op.create_index(op.f("ix_person_merges_kept_person_id"), "person_merges", ["kept_person_id"])
    op.create_index(op.f("ix_person_merges_other_profile_id"), "person_merges", ["other_profile_id"])
    op.create_index(
        "uq_person_merges_other", "person_merges", ["unit", "other_person_id"], unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "duplicate_pairs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("strength", sa.Integer(), server_default="0", nullable=False, comment="0 to 100"),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_duplicate_pairs_order")),
        sa.CheckConstraint("state IN ('open', 'different')", name=op.f("ck_duplicate_pairs_state")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_duplicate_pairs_unit_units")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_duplicate_pairs_decided_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pairs")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_duplicate_pairs_first_id_second_id")),
    )
    op.create_index(op.f("ix_duplicate_pairs_unit"), "duplicate_pairs", ["unit"])
    op.create_index(op.f("ix_duplicate_pairs_second_id"), "duplicate_pairs", ["second_id"])
    op.create_index(
        "ix_duplicate_pairs_open", "duplicate_pairs", ["unit", "strength", "id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "application_merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_application_merges_unit_units")),
        sa.ForeignKeyConstraint(
            ["into_id"], ["applications.id"], name=op.f("fk_application_merges_into_id_applications")
        ),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["person_merges.id"], name=op.f("fk_application_merges_merge_id_person_merges")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_merges")),
        sa.UniqueConstraint("number", name=op.f("uq_application_merges_number")),
    )
    op.create_index(op.f("ix_application_merges_unit"), "application_merges", ["unit"])
    op.create_index(op.f("ix_application_merges_into_id"), "application_merges", ["into_id"])
    op.create_index(op.f("ix_application_merges_merge_id"), "application_merges", ["merge_id"])

    op.create_table(
        "import_mappings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False, comment="field → head of the column"),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_import_mappings_unit_units")),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_import_mappings_updated_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint("unit", "kind", name=op.f("uq_import_mappings_unit_kind")),
    )
    op.create_index(op.f("ix_import_mappings_unit"), "import_mappings", ["unit"])
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("heads", postgresql.JSONB(), nullable=False),
        sa.Column("rows_sealed", sa.Text(), nullable=True),
        sa.Column("mapping", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), server_default="preview", nullable=False),
        sa.Column("skip_faulty", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("rows_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("made", sa.Integer(), server_default="0", nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "state IN ('preview', 'waiting', 'writing', 'done', 'failed')", name=op.f("ck_imports_state")
        ),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_imports_unit_units")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_imports_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_unit"), "imports", ["unit"])
    op.create_index("ix_imports_unit_created_at", "imports", ["unit", "created_at"])
    op.create_index(
        "ix_imports_open", "imports", ["created_at"], postgresql_where=sa.text("state IN ('waiting', 'writing')")
    )


def downgrade() -> None:
    op.drop_table("imports")
    op.drop_table("import_mappings")
    op.drop_table("application_merges")
    op.drop_table("duplicate_pairs")
    op.drop_table("person_merges")
    op.add_column("people", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_people_merged_into_people"), "people", "people", ["merged_into"], ["id"])
    op.drop_index("ix_unit_profiles_uncompared", "unit_profiles")
    op.drop_index("ix_unit_profiles_birth_hash", "unit_profiles")
    op.drop_index("ix_unit_profiles_phone", "unit_profiles")
    op.drop_column("unit_profiles", "compared_at")
    op.drop_column("unit_profiles", "birth_hash")
