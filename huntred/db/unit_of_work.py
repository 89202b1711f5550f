"""One transaction of business: a scoped session and the events that it records.

Edges (an action, a request, a task, a command) open it and commit by leaving the `with` block without an error;
services only use it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from huntred.db.session import Scope, open_session
from huntred.db.wakeups import wake_after_commit
from huntred.events.models import StoredEvent
from huntred.events.types import Event, plain


@dataclass
class UnitOfWork:
    """session: scoped, never committed by a service. unit: the one unit of this work, where there is one."""

    session: Session
    scope: Scope

    @property
    def unit(self) -> str:
        """The unit of this work. Raises LookupError where the scope holds none or several."""
        if len(self.scope.units) != 1:
            raise LookupError(f"this work spans {len(self.scope.units)} units: name one")
        return self.scope.units[0]

    def record(self, event: Event, *, unit: str | None = None) -> None:
        """Store an event in this transaction; the relay hands it to its handlers after the commit."""
        payload: dict[str, Any] = plain(asdict(event))
        self.session.add(StoredEvent(unit=unit or self.unit, name=type(event).__name__, payload=payload))
        wake_after_commit(self.session, "events")


@contextmanager
def unit_of_work(engine: Engine, scope: Scope) -> Iterator[UnitOfWork]:
    """Open a unit of work; commit at the end of the block, roll back where it raises."""
    session = open_session(engine, scope)
    try:
        yield UnitOfWork(session, scope)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
