"""One turn: what is read and written together, and how it may fail.

The turn travels in a context variable, because Rasa's processor hands its tracker store and its action endpoint
no argument of ours.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from rasa.shared.core.trackers import DialogueStateTracker

from contract.message import Inbound


class TurnFailed(Exception):
    """The turn must not be saved; it will be tried again."""


class Outage(TurnFailed):
    """Something that we need is down or slow (action server, database): never counted against the message."""


class MessageFault(TurnFailed):
    """The message itself makes the turn fail: counted, and put aside at the third time."""


class Overtaken(TurnFailed):
    """The lease was lost, or a person has taken the conversation meanwhile: nothing of this turn is saved."""


@dataclass(frozen=True)
class InboxRow:
    id: int
    kind: str
    vendor_id: str
    payload: Inbound
    received_at: datetime
    turn_id: int | None
    parse: dict[str, Any] | None
    attempts: int
    conversation_id: UUID | None = None
    unit: str | None = None
    vendor_at: datetime | None = None
    vendor_seq: int | None = None
    waited: float = 0.0


@dataclass(frozen=True)
class OfferedOption:
    """What a person was shown. ord: its number while it is the latest that was shown, else that number below zero.

    turn_id: of the turn that offered it last.
    """

    id: str
    title: str
    intent: str
    entities: dict[str, Any]
    ord: int
    multiple: bool
    expired: bool
    description: str = ""
    turn_id: int = 0


@dataclass
class Turn:
    """What a process holds while it works on the messages of one chat.

    token: of the lease. rows: read as one message. version: of the conversation when it was loaded. step: its active
    form, or "". events: the tracker's stored events of the current session, oldest first; none where `tracker` was
    kept from the last turn. waited: seconds that the first row had waited when the turn was taken. again: it was tried
    before. late: rows that the vendor has before what was handled already. form_gone: the form that was active is none
    of the model any more. campaign: whose code they wrote, or "". language: in which the
    conversation went on until now (ISO 639-1); after the turn in which they are answered, "" where they never told.
    before_action: awaited before the first action is called. failure: noted by the endpoint or an action and raised by
    the processor, since Rasa swallows what it meets there.
    """

    chat_id: UUID
    token: UUID
    unit: str
    channel: str
    channel_account_id: UUID
    conversation_id: UUID
    rows: list[InboxRow]
    handling: str
    version: int
    last_seq: int
    events: list[dict[str, Any]]
    options: list[OfferedOption]
    step: str = ""
    waited: float = 0.0
    again: bool = False
    late: frozenset[int] = frozenset()
    form_gone: bool = False
    campaign: str = ""
    language: str = ""
    began: float = field(default_factory=time.monotonic)
    before_action: Callable[[], Awaitable[None]] | None = None
    ordinal: int = 0
    tracker: DialogueStateTracker | None = None
    loaded_events: int = 0
    failure: TurnFailed | None = None
    parse: dict[str, Any] | None = None
    said: list[Any] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.rows[0].turn_id or self.rows[0].id

    @property
    def waiting_seconds(self) -> float:
        """How long the person has waited until now."""
        return self.waited + time.monotonic() - self.began

    @property
    def sender_id(self) -> str:
        return f"{self.unit}:{self.conversation_id}"

    def key(self, action: str) -> str:
        """Return the next idempotency key; a replay counts the same way and so gives the same keys."""
        self.ordinal += 1
        return f"{self.id}:{self.ordinal}:{action}"


current_turn: ContextVar[Turn | None] = ContextVar("current_turn", default=None)


def the_turn() -> Turn:
    turn = current_turn.get()
    if turn is None:
        raise RuntimeError("no turn in this context: only the worker handles messages")
    return turn
