"""Which handlers hear of which event. Handlers register themselves; `load_handlers` imports their modules."""

from __future__ import annotations

import importlib
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from huntred.db.unit_of_work import UnitOfWork
from huntred.events.types import Event
from huntred.privacy.links import Links

HANDLER_MODULES = (
    "huntred.calendars.handlers", "huntred.cv.handlers", "huntred.gains.handlers",
    "huntred.notifications.disclosure_handlers",
    "huntred.notifications.handlers", "huntred.notifications.media_handlers", "huntred.notifications.mentor_handlers",
    "huntred.notifications.permit_reminders", "huntred.notifications.proposal_handlers",
    "huntred.notifications.reference_handlers", "huntred.notifications.reward_handlers",
    "huntred.notifications.team_telegram",
    "huntred.notifications.waiting_handlers", "huntred.tracking.handlers", "huntred.webhooks.handlers",
)  # fmt: skip

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Context:
    """What a handler is given beside its event."""

    now: datetime
    links: Links


Handler = Callable[[UnitOfWork, Any, Context], None]

_handlers: dict[str, tuple[type[Event], list[Handler]]] = {}


def handles(
    event_class: type[E],
) -> Callable[[Callable[[UnitOfWork, E, Context], None]], Callable[[UnitOfWork, E, Context], None]]:
    """Let the decorated function hear of an event, in the transaction that marks the event as handled."""

    def register(handler: Callable[[UnitOfWork, E, Context], None]) -> Callable[[UnitOfWork, E, Context], None]:
        _, handlers = _handlers.setdefault(event_class.__name__, (event_class, []))
        if handler not in handlers:
            handlers.append(handler)
        return handler

    return register


def load_handlers() -> None:
    for module in HANDLER_MODULES:
        importlib.import_module(module)


def handlers_of(name: str) -> tuple[type[Event] | None, list[Handler]]:
    """Return an event's class and who hears of it; an event that nobody hears of is handled at once."""
    load_handlers()
    found = _handlers.get(name)
    return found if found else (None, [])


def event_from(event_class: type[Event], payload: Mapping[str, Any]) -> Event:
    """Make the event of what was stored. A field that is stored no more is left out, a new one needs a default."""
    types = typing.get_type_hints(event_class)
    values = {
        field.name: _value(types[field.name], payload[field.name])
        for field in fields(event_class)
        if field.name in payload
    }
    return event_class(**values)


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    kinds = typing.get_args(kind) or (kind,)
    for wanted, read in _READERS.items():
        if wanted in kinds:
            return read(value)
    return tuple(value) if isinstance(value, list) else value


_READERS: dict[type, Callable[[str], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
}
