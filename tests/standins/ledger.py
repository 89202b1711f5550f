"""What passed through the stand-ins: chats, refused requests, deliveries; for the server's loop only."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.standins.clock import Clock


@dataclass
class Bubble:
    """One message of a chat, from either side, as the person's phone shows it.

    kind: text, buttons, list, link, image, document, audio, video, sticker, location, location_request,
    contacts, reaction, template, unsupported. options: what can be pressed, with ids as delivered.
    links: buttons that open a page. status: of a message of the product: sent, delivered, read, failed.
    """

    id: str
    account: str
    user: str
    outgoing: bool
    kind: str
    at: float
    text: str = ""
    header: str = ""
    footer: str = ""
    list_button: str = ""
    options: list[dict[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    media: dict[str, str] = field(default_factory=dict)
    status: str = ""
    edited: bool = False
    reply_to: str = ""
    raw: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Violation:
    """A request that broke a rule of the vendor. kind: schema, rule, window, template, rate, auth, mail."""

    kind: str
    account: str
    user: str
    code: int
    detail: str
    request: Any


@dataclass
class Delivery:
    """One try to hand a webhook over. status 0: no answer at all."""

    account: str
    url: str
    events: int
    attempt: int
    status: int
    milliseconds: float
    error: str = ""


class Ledger:
    """Chats by (account, user) and all that tests ask about. `sequence` grows with every change."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.sequence = 0
        self._changed = asyncio.Event()
        self.clear()

    def clear(self) -> None:
        self.bubbles: list[Bubble] = []
        self.names: dict[tuple[str, str], str] = {}
        self.last_inbound: dict[tuple[str, str], float] = {}
        self.blocked: set[tuple[str, str]] = set()
        self.violations: list[Violation] = []
        self.deliveries: list[Delivery] = []
        self.notes: list[dict[str, Any]] = []
        self.touch()

    def touch(self) -> None:
        """Tell whoever waits that something changed."""
        self.sequence += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait(self, after: int, timeout: float) -> int:
        """Return the sequence as soon as it passes `after`, or as it is when the time is over."""
        if self.sequence <= after:
            try:
                await asyncio.wait_for(self._changed.wait(), timeout)
            except (TimeoutError, asyncio.TimeoutError):
                pass
        return self.sequence

    def add(self, bubble: Bubble) -> Bubble:
        self.bubbles.append(bubble)
        if not bubble.outgoing:
            self.last_inbound[bubble.account, bubble.user] = self._clock.now()
        self.touch()
        return bubble

    def chat(self, account: str, user: str) -> list[Bubble]:
        return [bubble for bubble in self.bubbles if bubble.account == account and bubble.user == user]

    def find(self, account: str, message_id: str) -> Bubble | None:
        for bubble in reversed(self.bubbles):
            if bubble.account == account and bubble.id == message_id:
                return bubble
        return None

    def refuse(self, kind: str, account: str, user: str, code: int, detail: str, request: Any) -> None:
        self.violations.append(Violation(kind, account, user, code, detail, request))
        self.touch()

    def note(self, kind: str, **values: Any) -> None:
        """Keep what is no bubble: typing, read marks, answered presses."""
        self.notes.append({"kind": kind, "at": self._clock.now(), **values})
        self.touch()
