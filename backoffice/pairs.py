"""Two rows of one unit that may be one, people or vacancies, as a path names them."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import abort

from backoffice import work
from backoffice.forms import id_or_404

T = TypeVar("T")


def both(model: type[T], id: str, other: str) -> tuple[T, T]:
    """Return the two, for who sees a whole unit; 404 where they are not two of one unit.

    Two are made one only by who sees all that hangs on them.
    """
    session = work.whole_unit().session
    first: Any
    second: Any
    first, second = (session.get(model, id_or_404(one)) for one in (id, other))
    if first is None or second is None or first.id == second.id or first.unit != second.unit:
        abort(404)
    return first, second
