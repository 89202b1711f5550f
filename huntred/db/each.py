"""The first rows of each of many parents in one query: a page beneath every row of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, Uuid, cast, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm.attributes import QueryableAttribute

from huntred.pages import Page, read_cursor, write_cursor

T = TypeVar("T")


def first_of_each(
    model: type[Any], parent: Any, order: QueryableAttribute[datetime], parents: Sequence[UUID], cursor: str, limit: int
) -> Select[Any]:
    """Select the parent's id and the row, newest first: `limit` + 1 of each parent, so that `pages` knows of more.

    parent: the column that names it. Raises FieldInvalid where the cursor cannot be read.
    """
    of = func.unnest(cast(list(parents), ARRAY(Uuid))).table_valued("id", name="parents").render_derived()
    wanted = select(model.id).where(parent == of.c.id)
    after = read_cursor(cursor)
    if after is not None:
        wanted = wanted.where(tuple_(order, model.id) < after)
    few = wanted.order_by(order.desc(), model.id.desc()).limit(limit + 1).correlate(of).lateral("few")
    # By the rows' ids, so that what the models join beside themselves is read once a row.
    query = select(of.c.id, model).select_from(of).join(few, true()).join(model, model.id == few.c.id)
    return query.order_by(order.desc(), model.id.desc())


def pages(
    rows: Iterable[tuple[UUID, T]], parents: Sequence[UUID], place: Callable[[T], tuple[datetime, UUID]], limit: int
) -> dict[UUID, Page[T]]:
    """Parent → its page. place: the time by which a row is ordered, and its id."""
    found: dict[UUID, list[T]] = {parent: [] for parent in parents}
    for parent, row in rows:
        found[parent].append(row)
    return {
        parent: Page(of[:limit], write_cursor(*place(of[limit - 1])) if len(of) > limit else "")
        for parent, of in found.items()
    }
