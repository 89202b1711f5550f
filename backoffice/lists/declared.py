"""What a list declares of itself, and how it is read a page at a time.

A list on a page and in a file is the same query; who reads it brings the scope. No Flask here: the worker writes large
exports from the same declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import QueryableAttribute
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.datastructures import MultiDict

from backoffice.forms import FormReader
from huntred.db.lanes import Lanes, first
from huntred.errors import NotFound
from huntred.pages import Page, read_cursor, read_text_cursor, write_cursor

Value = str | int | bool | Decimal | datetime | date | None
Facts = Mapping[str, Any]
_BATCH = 500


@dataclass(frozen=True)
class Column:
    """One column. read: the plain value for a file, of a row, what was read beside it, and the words of texts.html.

    shown: whether it is there for who has chosen nothing. fixed: it leads to the row and cannot be left out.
    """

    name: str
    read: Callable[[Any, Facts, Any], Value]
    shown: bool = True
    fixed: bool = False


@dataclass(frozen=True)
class DeclaredList:
    """One list. filters: names in the address, read by `query`. order, key: what it is ordered by, and that of a row.

    lanes: a column and its values, each of which an index keeps in the list's order; all rows have one of them.
    load: what the shown rows are read with. names: filters that name a row, which must be there for who asks.
    facts: what is read for the rows of a page beside them (counts), once a page.
    """

    name: str
    endpoint: str
    filters: tuple[str, ...]
    columns: tuple[Column, ...]
    query: Callable[[Session, FormReader, datetime], Select[Any]]
    order: QueryableAttribute[Any]
    row_id: QueryableAttribute[Any]
    key: Callable[[Any], datetime | str]
    lanes: Callable[[Session, FormReader], Lanes]
    descending: bool = True
    load: tuple[ExecutableOption, ...] = ()
    names: Mapping[str, type[Any]] = field(default_factory=dict)
    facts: Callable[[Session, Sequence[Any]], Facts] = field(default=lambda session, rows: {})

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """Return the columns of these names in the list's order; the shown ones where none is named."""
        wanted = set(names) & {column.name for column in self.columns}
        if not wanted:
            return [column for column in self.columns if column.shown]
        return [column for column in self.columns if column.fixed or column.name in wanted]

    def filters_of(self, args: Mapping[str, str]) -> dict[str, str]:
        """Return what of an address are filters of this list."""
        return {name: args[name] for name in self.filters if name in args}

    def page(self, session: Session, args: Mapping[str, str], cursor: str, limit: int, now: datetime) -> Page[Any]:
        """Raises FieldInvalid where a filter or the cursor cannot be read, NotFound where a filter names a stranger."""
        self._require_named(session, args)
        form = FormReader(MultiDict(args))
        query = self.query(session, form, now)
        after = (read_cursor if by_time(self.order) else read_text_cursor)(cursor)
        lanes = self.lanes(session, form)
        query = first(query, self.order, self.row_id, lanes, after, limit + 1, self.descending)
        rows = list(session.scalars(query.options(*self.load)).unique())
        shown = rows[:limit]
        return Page(shown, write_cursor(self.key(shown[-1]), shown[-1].id) if len(rows) > limit else "")

    def _require_named(self, session: Session, args: Mapping[str, str]) -> None:
        for name, model in self.names.items():
            named = FormReader(MultiDict(args)).id(name)
            if named is not None and session.get(model, named) is None:
                raise NotFound(f"{name} {named}")

    def rows(self, session: Session, args: Mapping[str, str], now: datetime) -> Iterator[tuple[Sequence[Any], Facts]]:
        """Yield all of it in batches, with the facts of each; nothing of an earlier batch is kept."""
        cursor = ""
        while True:
            page = self.page(session, args, cursor, _BATCH, now)
            if page.items:
                yield page.items, self.facts(session, page.items)
            session.expunge_all()
            cursor = page.next_cursor
            if not cursor:
                return

    def count(self, session: Session, args: Mapping[str, str], now: datetime, most: int | None = None) -> int:
        """Return how many rows there are; counting stops after `most`."""
        self._require_named(session, args)
        form = FormReader(MultiDict(args))
        column, values = self.lanes(session, form)
        query = self.query(session, form, now).where(column.in_(values)).with_only_columns(self.row_id)
        query = query.limit(most) if most is not None else query
        return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def by_time(order: QueryableAttribute[Any]) -> bool:
    """Whether a list is ordered by a time (else by a text)."""
    return order.type.python_type is datetime
