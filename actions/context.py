"""What an action needs and cannot be given by its constructor: the SDK makes actions without arguments."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huntred.db.unit_of_work import UnitOfWork
from huntred.matching.nearest import Nearest
from huntred.matching.ports import Ranker
from huntred.privacy.links import Links
from huntred.settings import AppSettings


@dataclass(frozen=True)
class ActionContext:
    """One call. now: the same moment for everything that the action does."""

    uow: UnitOfWork
    unit: str
    conversation_id: UUID
    channel: str
    now: datetime
    settings: AppSettings
    ranker: Ranker
    nearest: Nearest
    links: Links


_current: ContextVar[ActionContext | None] = ContextVar("action_context", default=None)


def enter(context: ActionContext) -> None:
    """Set the context of this thread's call; each call runs in a copy of its own."""
    _current.set(context)


def current() -> ActionContext:
    context = _current.get()
    if context is None:
        raise RuntimeError("no action context: actions run behind actions/server.py")
    return context
