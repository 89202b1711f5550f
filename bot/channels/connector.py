"""What every connector is: Rasa's InputChannel that stores instead of answering, and an OutputChannel for the outbox.

The gateway hands its services to the connectors that credentials.yml names; a connector never opens anything.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from uuid import UUID

import httpx
from psycopg_pool import AsyncConnectionPool
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic.response import HTTPResponse, text

from bot import metrics
from bot.accounts import Account, App, Directory
from bot.arrivals import Event, Unreadable
from bot.channels.kinds import Kind
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
    maybe_sent: an earlier try got no answer, so the next part may be there already.
    human_agent: a person's own words beyond 24 h, for the vendors that then want to be told so.
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
    maybe_sent: bool = False
    human_agent: bool = False


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

    channel: ClassVar[str]

    def __init__(self, services: Services) -> None:
        self._services = services

    @classmethod
    def name(cls) -> str:
        return cls.channel

    async def deliver(self, row: Outgoing, part_sent: PartSent) -> Receipt:
        """Render and send. part_sent is told the number of each vendor message that went, but the last."""
        raise NotImplementedError


class Connector(InputChannel):
    """The way in of one channel. sender: its way out."""

    channel: ClassVar[str]
    sender: ClassVar[type[Sender]]
    services: Services

    @classmethod
    def name(cls) -> str:
        return cls.channel

    @classmethod
    def kinds(cls) -> tuple[Kind, ...]:
        """Return every kind of event that this channel can bring, and what becomes of it."""
        return ()

    def background(self) -> Sequence[Coroutine[Any, Any, None]]:
        """Return what runs beside the routes while the gateway does; cancelled at its end."""
        return ()

    def get_output_channel(self) -> OutputChannel:
        return self.sender(self.services)

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Connector:
        return cls()

    async def reread(self, app: App, raw: bytes) -> list[Event]:
        """Read a body again that lay in quarantine: whole, or the part of one that was put aside."""
        return [Unreadable(self.name(), app.name, f"bodies of {self.name()} are not read again", raw)]

    def attach(self, services: Services) -> None:
        self.services = services

    async def store(self, events: list[Event]) -> HTTPResponse:
        """Answer 200 after the commit, 503 where it cannot be stored now: vendors bring it again."""
        if not events:
            metrics.needless.labels(self.name()).inc()
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


async def pass_since(answered_at: float, seconds: float) -> None:
    """Wait until so long after a vendor's answer (of time.monotonic): its clock began no later than that."""
    left = answered_at + seconds - time.monotonic()
    if left > 0:
        await asyncio.sleep(left)


async def answer_of(asking: Awaitable[httpx.Response], vendor: str) -> httpx.Response | Receipt:
    """Wait for a vendor's answer; without one, tell whether the request can have arrived."""
    try:
        return await asking
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        return Receipt("retry", code="unreachable", reason=f"{vendor} cannot be reached: {type(error).__name__}")
    except httpx.HTTPError as error:
        return Receipt("unknown", code="no_answer", reason=f"no answer of {vendor}: {type(error).__name__}")


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the answer's JSON object; an empty one where it is none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def same(given: str, expected: str) -> bool:
    """Compare secrets in constant time; an empty one never holds."""
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
