"""The scope a second time, in the session: every query of a table with a unit is confined to the scope's units.

The database enforces the same by row-level security; this is the belt beside the braces, and it makes the unit
switcher work for the super administrator, whose database scope is wider.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from huntred.access.models import AuditEntry, Grant
from huntred.db.session import Scope

# Their `unit` may be none, or belongs to what a user may do rather than to what a user may see.
_OPEN = (AuditEntry, Grant)


class OutsideScope(Exception):
    """A row of a unit outside the scope was about to be written."""


def watch(session: Session) -> None:
    """Confine the queries and the writes of this session."""
    event.listen(session, "do_orm_execute", _confine)
    event.listen(session, "before_flush", _guard)


def _confine(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load or state.is_relationship_load:
        return
    units = state.session.info["scope"].units
    for mapper in state.all_mappers:
        if "unit" in mapper.columns and mapper.class_ not in _OPEN:
            # A lambda, because only its argument is the alias where the query has one.
            state.statement = state.statement.options(
                with_loader_criteria(mapper.class_, lambda cls: cls.unit.in_(units), include_aliases=True)
            )


def _guard(session: Session, context: Any, instances: Any) -> None:
    scope: Scope = session.info["scope"]
    for row in {*session.new, *session.dirty, *session.deleted}:
        unit = getattr(row, "unit", None)
        if unit is not None and not isinstance(row, _OPEN) and unit not in scope.units:
            raise OutsideScope(f"{type(row).__name__} of {unit}")
