"""The one door to what people said for statistics: outside of it row-level security shows no row to anybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from huntred.db.unit_of_work import UnitOfWork

_SWITCH = text("SELECT set_config('app.fairness', :to, true)")


@contextmanager
def opened(uow: UnitOfWork) -> Iterator[None]:
    """Let this transaction see the answers and their consents until the block ends, however it ends.

    In a savepoint: rolling back to it takes the switch back too. What is read inside is handed out as values, since a
    row of the session could be read on outside.
    """
    with uow.session.begin_nested():
        uow.session.execute(_SWITCH, {"to": "on"})
        yield
        uow.session.flush()
        uow.session.execute(_SWITCH, {"to": ""})
