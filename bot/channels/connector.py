"""What every connector is: Rasa's InputChannel that stores instead of answering, and an OutputChannel for the outbox.

The gateway hands its services to the connectors that credentials.yml names; a connector never opens anything.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import httpx
from psycopg_pool import AsyncConnectionPool
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic.response import HTTPResponse, text

from bot import metrics
from bot.accounts import Account, App, Directory
from bot.arrivals import Event
from bot.intake import Intake, StorageDown
from contract.message import Message
from contract.settings import BotSettings

if TYPE_CHECKING:
    from bot.sessions import Hub

Handler = Callable[[UserMessage], Awaitable[Any]]


@dataclass
class Services:
    """What the gateway has for its connectors."""

    settings: BotSettings
    pool: AsyncConnectionPool[Any]
    directory: Directory
    intake: Intake
    http: httpx.AsyncClient
    hub: Hub


@dataclass(frozen=True)
class Outgoing:
    """One claimed outbox row, ready to be sent.

    attempts: how many tries ended before. parts_sent: how many vendor messages of it went before.
    """

    id: int
    account: Account | None
    unit: str
    user_id: str
    chat_id: UUID | None
    message: Message
    parts_sent: int
    attempts: int
    created_at: datetime


# retry: surely not accepted, or safe to repeat. unknown: it may have been accepted. failed: repeating cannot help.
Outcome = Literal["sent", "retry", "unknown", "failed", "refused"]


@dataclass(frozen=True)
class Receipt:
    """How a send ended. after: seconds to wait before the next try, where the vendor or its rules say so.

    account_wide: the whole number or bot has to pause, not only this chat.
    """

    outcome: Outcome
    vendor_id: str = ""
    code: str = ""
    reason: str = ""
    after: float = 0.0
    account_wide: bool = False


PartSent = Callable[[int], Awaitable[None]]


class Sender(OutputChannel):
    """The way out of one channel."""

    async def deliver(self, row: Outgoing, part_sent: PartSent) -> Receipt:
        """Render and send. part_sent is told the number of each vendor message that went, but the last."""
        raise NotImplementedError


class Connector(InputChannel):
    """The way in of one channel."""

    services: Services

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Connector:
        return cls()

    def attach(self, services: Services) -> None:
        self.services = services

    async def store(self, events: list[Event]) -> HTTPResponse:
        """Answer 200 after the commit, 503 where it cannot be stored now: vendors bring it again."""
        try:
            await self.services.intake.store(events)
        except StorageDown:
            return text("try again later", status=503)
        return text("", status=200)

    async def signed_app(self, name: str, holds: Callable[[App], bool], present: bool) -> App | HTTPResponse:
        """Return the app of this path whose secret signs the request, or the refusal (counted).

        A secret that was just changed in the back office is read before the request is refused.
        """
        channel = self.name()
        app = await self.services.directory.app(channel, name)
        if app is None:
            metrics.refused.labels(channel, "unknown_app").inc()
            return text("unknown app", status=404)
        if not present:
            metrics.refused.labels(channel, "unsigned").inc()
            return text("no signature", status=401)
        if not holds(app):
            fresh = await self.services.directory.refresh(at_most_every=1.0)
            again = await self.services.directory.app(channel, name) if fresh else None
            if again is None or not holds(again):
                metrics.refused.labels(channel, "forged").inc()
                return text("wrong signature", status=403)
            app = again
        return app


def same(given: str, expected: str) -> bool:
    """Compare secrets in constant time; an empty one never holds."""
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
