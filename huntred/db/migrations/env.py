"""Alembic's environment: runs on the connection that `huntred.db.migrate` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from huntred.db import all_models  # noqa: F401  (fills the metadata)
from huntred.db.base import Base, Sealed


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write encrypted columns into a revision as what they are in the database: text."""
    return "sa.Text()" if kind == "type" and isinstance(item, Sealed) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    render_item=render_item,
    compare_server_default=False,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
