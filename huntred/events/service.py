"""Handles one stored event: all its handlers and the mark that it is handled, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from huntred.db.session import Scope
from huntred.db.unit_of_work import UnitOfWork, unit_of_work
from huntred.events.models import StoredEvent
from huntred.events.registry import Context, event_from, handlers_of

_BACK_OFF_SECONDS = (5, 15, 60, 300, 900, 3600)


def handle(engine: Engine, event_id: int, unit: str, context: Context) -> bool:
    """Hand an event to its handlers, once; return False where that was done before (or the event is not there).

    A handler's error undoes everything, is kept beside the event with the time of the next try, and is raised.
    """
    try:
        with unit_of_work(engine, Scope(units=(unit,))) as uow:
            stored = _locked(uow, event_id)
            if stored is None or stored.handled_at is not None:
                return False
            event_class, handlers = handlers_of(stored.name)
            if event_class is not None:
                event = event_from(event_class, stored.payload)
                for handler in handlers:
                    handler(uow, event, context)
            stored.handled_at = context.now
            stored.error = None
    except Exception as error:
        _keep_error(engine, event_id, unit, error, context.now)
        raise
    return True


def _keep_error(engine: Engine, event_id: int, unit: str, error: Exception, now: datetime) -> None:
    with unit_of_work(engine, Scope(units=(unit,))) as uow:
        stored = _locked(uow, event_id)
        if stored is None or stored.handled_at is not None:
            return
        pause = _BACK_OFF_SECONDS[min(stored.attempts, len(_BACK_OFF_SECONDS) - 1)]
        stored.attempts += 1
        stored.error = f"{type(error).__name__}: {error}"[:2000]
        stored.due_at = now + timedelta(seconds=pause)


def _locked(uow: UnitOfWork, event_id: int) -> StoredEvent | None:
    return uow.session.scalar(select(StoredEvent).where(StoredEvent.id == event_id).with_for_update())
