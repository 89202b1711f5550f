"""The first rows of a list in its order, read lane by lane and merged.

Row-level security asks for `unit = ANY (…)`, which no index by unit and time answers in order: all of a unit's rows
would be sorted for each page. So each lane (a unit, a stage, a division) is read in the order of its own index, as many
rows as a page has, and these are merged; a table of millions costs no more than the rows that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    FromClause,
    Integer,
    Select,
    String,
    Uuid,
    column,
    false,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY

# A column, and its values that any row may have.
Lanes = tuple[Any, Sequence[Any]]


def first(
    query: Select[Any], order: Any, row_id: Any, lanes: Lanes, after: tuple[Any, Any] | None, limit: int,
    descending: bool = True, sparse: bool = False,
) -> Select[Any]:  # fmt: skip
    """Return the query of its first rows by (order, row_id) behind `after`.

    query: selects an entity whose key is row_id, unordered. sparse: it leaves out most rows, so that a page's worth of
    each lane is a long walk: each is read only as far as the merged page goes. It takes longer to plan.
    """
    of_lanes, values = lanes
    if not values:
        return query.where(false())
    ways = [way.desc() if descending else way.asc() for way in (order, row_id)]
    part = query.with_only_columns(row_id.label("row_id"), order.label("place"), maintain_column_froms=True)
    if after is not None:
        place = tuple_(order, row_id)
        part = part.where(place < tuple_(*after) if descending else place > tuple_(*after))
    # In the statement itself: a prepared one whose limit is not known is planned for a tenth of the table.
    most = literal_column(str(int(limit)), Integer)
    part = part.order_by(*ways).limit(most)
    found: FromClause
    if len(values) == 1:
        found = part.where(of_lanes == values[0]).subquery("found")
        rows = select(found.c.row_id, found.c.place)
    elif sparse:
        found = union_all(*(part.where(of_lanes == value) for value in values)).subquery("found")
        rows = select(found.c.row_id, found.c.place)
    else:
        kind = of_lanes.type if isinstance(of_lanes.type, Uuid) else String()
        told = func.unnest(literal(list(values), ARRAY(kind)))
        lane = told.table_valued(column("value", kind)).render_derived("lane")
        found = part.where(of_lanes == lane.c.value).correlate(lane).lateral("found")
        rows = select(found.c.row_id, found.c.place).select_from(lane).join(found, true())
    merged = rows.order_by(
        *(way.desc() if descending else way.asc() for way in (found.c.place, found.c.row_id))
    ).limit(most)
    ids = merged.subquery("page")
    shown = [way.desc() if descending else way.asc() for way in (ids.c.place, ids.c.row_id)]
    entity = query.column_descriptions[0]["entity"]
    return select(entity).join(ids, row_id == ids.c.row_id).order_by(*shown)
