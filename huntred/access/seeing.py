"""Seeing users whom a unit's scope does not show, as the super administrators: to tell them of something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from huntred.db.session import rescope
from huntred.db.unit_of_work import UnitOfWork


@contextmanager
def seeing_users(uow: UnitOfWork) -> Iterator[None]:
    """See every user's row and what hangs on it, as a log-in does; only for as long as this."""
    before = uow.session.info["scope"]
    rescope(uow.session, replace(before, login=True))
    try:
        yield
        uow.session.flush()
    finally:
        rescope(uow.session, before)
