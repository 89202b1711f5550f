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
from huntred.workbench.models import OF_DESIGNERS

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
    scope: Scope = state.session.info["scope"]
    for mapper in state.all_mappers:
        if "unit" in mapper.columns and mapper.class_ not in _OPEN:
            state.statement = state.statement.options(_within(mapper.class_, _units_of(scope, mapper.class_)))


def _within(kind: type[Any], units: tuple[str, ...]) -> Any:
    # A lambda, because only its argument is the alias where the query has one.
    return with_loader_criteria(kind, lambda cls: cls.unit.in_(units), include_aliases=True)


def _units_of(scope: Scope, kind: type[Any]) -> tuple[str, ...]:
    """A designer's units are not those that a consultant sees."""
    return scope.design if issubclass(kind, OF_DESIGNERS) else scope.units


def _guard(session: Session, context: Any, instances: Any) -> None:
    scope: Scope = session.info["scope"]
    for row in {*session.new, *session.dirty, *session.deleted}:
        unit = getattr(row, "unit", None)
        if unit is not None and not isinstance(row, _OPEN) and unit not in _units_of(scope, type(row)):
            raise OutsideScope(f"{type(row).__name__} of {unit}")
