"""people from and to other recruiting systems"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)
_TEXTS = postgresql.ARRAY(sa.Text())


def _unit() -> sa.Column[str]:
    return sa.Column("unit", sa.Text(), sa.ForeignKey("units.code"), nullable=False, index=True)


def upgrade() -> None:
    op.create_table(
        "exchange_mappings",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _unit(),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False, server_default=""),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.Column("updated_by", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.Column("updated_at", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.UniqueConstraint("unit", "direction", "kind", "name"),
        sa.CheckConstraint("direction IN ('in', 'out')", name="direction"),
        sa.CheckConstraint("kind IN ('people', 'applications', 'vacancies')", name="kind"),
    )
    op.create_table(
        "people_imports",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _unit(),
        sa.Column("division_id", sa.Uuid(), sa.ForeignKey("divisions.id")),
        sa.Column("vacancy_id", sa.Uuid(), sa.ForeignKey("vacancies.id")),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), comment="none: a program, see client_id"),
        sa.Column("client_id", sa.Uuid(), sa.ForeignKey("api_clients.id")),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("heads", _TEXTS, nullable=False),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.Column("declaration", sa.Text(), nullable=False),
        sa.Column("declared_at", _AT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="columns"),
        sa.Column("failed_in", sa.Text(), nullable=False, server_default=""),
        sa.Column("rows_total", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("rows_done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.Column("touched_at", _AT, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.Column("finished_at", _AT),
        sa.Column("undone_by", sa.Uuid(), sa.ForeignKey("users.id")),
        sa.CheckConstraint(
            "state IN ('columns', 'checking', 'preview', 'writing', 'done', 'undoing', 'undone', 'expired', 'failed')",
            name="state",
        ),
        sa.CheckConstraint("(user_id IS NULL) <> (client_id IS NULL)", name="declared_by"),
    )
    op.create_index("ix_people_imports_unit_created_at", "people_imports", ["unit", "created_at"])
    op.create_index(
        "ix_people_imports_open", "people_imports", ["created_at"],
        postgresql_where=sa.text("state IN ('checking', 'writing', 'undoing')"),
    )  # fmt: skip
    op.create_table(
        "people_import_rows",
        sa.Column("import_id", sa.Uuid(), sa.ForeignKey("people_imports.id"), primary_key=True),
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=False, comment="as a spreadsheet counts"),
        _unit(),
        sa.Column("cells_sealed", sa.Text()),
        sa.Column("verdict", sa.Text(), nullable=False, server_default=""),
        sa.Column("faults", postgresql.JSONB(), nullable=False, server_default="[]"),
        sa.Column("keys", _TEXTS, nullable=False, server_default="{}"),
        sa.Column("repeats_row", sa.Integer()),
        sa.Column("outcome", sa.Text(), nullable=False, server_default=""),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("people.id"), index=True),
        sa.Column("profile_at", _AT, comment="updated_at of the profile as this row left it"),
        sa.Column("application_id", sa.Uuid(), comment="no key: it goes where it is folded or taken back"),
        sa.Column(
            "application_outcome", sa.Text(), nullable=False, server_default="", comment="made, moved, unchanged"
        ),
        sa.Column("application_version", sa.Integer()),
        sa.Column("before_sealed", sa.Text()),
        sa.Column("undone", sa.Text(), nullable=False, server_default=""),
        sa.CheckConstraint("verdict IN ('', 'new', 'known', 'repeated', 'faulty')", name="verdict"),
        sa.CheckConstraint("outcome IN ('', 'made', 'updated', 'unchanged', 'skipped')", name="outcome"),
    )
    op.create_index("ix_people_import_rows_keys", "people_import_rows", ["keys"], postgresql_using="gin")
    op.create_index("ix_people_import_rows_application_id", "people_import_rows", ["application_id"])
    op.create_table(
        "imported_people",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _unit(),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("people.id"), nullable=False, index=True),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False, server_default="", comment="where that system had them from"),
        sa.Column("legal_basis", sa.Text(), nullable=False, server_default="notice_pending"),
        sa.Column("import_id", sa.Uuid(), sa.ForeignKey("people_imports.id"), nullable=False, index=True),
        sa.Column("imported_at", _AT, nullable=False),
        sa.UniqueConstraint("unit", "system", "external_id"),
    )
    op.add_column(
        "list_exports",
        sa.Column(
            "told", postgresql.JSONB(), nullable=False, server_default="{}",
            comment="of an export to another system: fields with their heads, dates",
        ),
    )  # fmt: skip
    op.drop_constraint(op.f("ck_list_exports_format"), "list_exports", type_="check")
    op.create_check_constraint(
        op.f("ck_list_exports_format"), "list_exports", "format IN ('csv', 'xlsx', 'json', 'jsonl')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM list_exports WHERE format IN ('json', 'jsonl') OR told <> '{}'")
    op.drop_constraint(op.f("ck_list_exports_format"), "list_exports", type_="check")
    op.create_check_constraint(op.f("ck_list_exports_format"), "list_exports", "format IN ('csv', 'xlsx')")
    op.drop_column("list_exports", "told")
    for table in ("imported_people", "people_import_rows", "people_imports", "exchange_mappings"):
        op.drop_table(table)
