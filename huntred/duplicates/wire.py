"""Rows as JSON and back, so that what a merge took away can be put back exactly as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, inspect, text

from huntred.db.unit_of_work import UnitOfWork
from huntred.events.types import plain


def row_values(row: Any) -> dict[str, Any]:
    """Return a mapped row's values by column; sealed ones are opened."""
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).columns}


def packed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON holds them."""
    return plain(dict(values))


def unpacked(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return them as the table's columns hold them; columns that are gone since are left out."""
    return {key: _read(table.c[key].type.python_type, value) for key, value in values.items() if key in table.c}


def put_back(uow: UnitOfWork, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a packed row with the very id and number that it had."""
    row = unpacked(table, values)
    names = ", ".join(row)
    # SQLAlchemy has no words for a number that is the database's to give.
    statement = text(
        f"INSERT INTO {table.name} ({names}) OVERRIDING SYSTEM VALUE VALUES ({', '.join(f':{name}' for name in row)})"  # noqa: S608  # names of our own columns
    ).bindparams(*(bindparam(name, type_=table.c[name].type) for name in row))
    uow.session.execute(statement, row)


def _read(kind: type[Any], value: Any) -> Any:
    if value is None:
        return None
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is Decimal:
        return Decimal(value)
    return value
