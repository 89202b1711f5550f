"""What WhatsApp, Messenger and Instagram share: signed webhooks, GET verification, calls of the Graph API."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, text

from bot.accounts import Account, App
from bot.arrivals import Event
from bot.channels.connector import (
    Connector,
    Handler,
    Outgoing,
    PartSent,
    Receipt,
    Sender,
    Services,
    answer_of,
    json_of,
    same,
)
from contract.message import Message

API_VERSION = "v23.0"
# Above this a timestamp counts milliseconds: as seconds it would lie in the year 5138.
_MILLISECONDS_FROM = 100_000_000_000


class MetaInput(Connector):
    """`GET|POST /webhooks/<channel>/<app>/webhook`."""

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        routes = Blueprint(f"{self.name()}_webhook")

        @routes.get("/<app_name:str>/webhook")
        async def verify(request: Request, app_name: str) -> HTTPResponse:
            """Meta asks once whether this address is ours."""
            token = request.args.get("hub.verify_token", "")
            directory = self.services.directory
            for _ in range(2):
                app = await directory.app(self.name(), app_name)
                expected = "" if app is None else str(app.secrets.get("verify_token", ""))
                if request.args.get("hub.mode") == "subscribe" and same(token, expected):
                    return text(request.args.get("hub.challenge", ""))
                # Perhaps it was just made: Meta asks while it is being registered.
                if app is None or not await directory.refresh(at_most_every=1.0):
                    break
            return text("not for you", status=403)

        @routes.post("/<app_name:str>/webhook")
        async def receive(request: Request, app_name: str) -> HTTPResponse:
            raw = request.body
            signature = request.headers.get("x-hub-signature-256", "")
            app = await self.signed_app(
                app_name, lambda app: _holds(app, raw, signature), signature.startswith("sha256=")
            )
            if isinstance(app, HTTPResponse):
                return app
            return await self.store(await self.read(app, raw))

        return routes

    async def read(self, app: App, raw: bytes) -> list[Event]:
        """Read a signed body; nothing in it is dropped."""
        raise NotImplementedError


def _holds(app: App, raw: bytes, signature: str) -> bool:
    secret = str(app.secrets.get("app_secret", ""))
    expected = "sha256=" + hmac.digest(secret.encode(), raw, hashlib.sha256).hex()
    return bool(secret) and same(signature, expected)


class GraphSender(Sender):
    """The way out by the Graph API: one request for each part of a message."""

    def bodies(self, message: Message, row_id: int) -> list[dict[str, Any]]:
        """Return the message's parts in order. Raises CannotRender."""
        raise NotImplementedError

    async def send(self, account: Account, row: Outgoing, body: Mapping[str, Any], callback: str) -> Receipt:
        """Send one part. callback: what the vendor should give back with what it tells of it."""
        raise NotImplementedError

    async def deliver(self, row: Outgoing, part_sent: PartSent) -> Receipt:
        if row.account is None:
            return Receipt("failed", code="no_account", reason="the number, page or account is gone")
        bodies = self.bodies(row.message, row.id)
        receipt = Receipt("failed", code="empty", reason="nothing to send")
        for number, body in enumerate(bodies, 1):
            if number <= row.parts_sent:
                continue
            last = number == len(bodies)
            receipt = await self.send(row.account, row, body, str(row.id) if last else f"{row.id}-{number}")
            if receipt.outcome != "sent":
                return receipt
            if not last:
                await part_sent(number)
        return receipt


async def post(
    services: Services, vendor: str, url: str, token: Any, body: Mapping[str, Any]
) -> tuple[int, dict[str, Any]] | Receipt:
    """Post to the Graph API; return status and JSON, or what the missing answer means. token: of number or page."""
    asking = services.http.post(url, json=body, headers={"Authorization": f"Bearer {token}"})
    answer = await answer_of(asking, vendor)
    return answer if isinstance(answer, Receipt) else (answer.status_code, json_of(answer))


def without_code(vendor: str, status: int) -> Receipt:
    """Return what an answer means that is no success and names no error."""
    if status == 429:
        return Receipt("retry", code="429", reason="too many requests", after=2.0, account_wide=True)
    if status >= 500 or status < 400:
        return Receipt("unknown", code=str(status), reason=f"{vendor} answered without saying what became of it")
    return Receipt("failed", code=str(status), reason=f"{vendor} refused it without a reason")


def at(timestamp: Any) -> datetime | None:
    """Read seconds or milliseconds since the epoch; a nonsensical one counts as none."""
    try:
        number = int(timestamp)
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS_FROM else number, timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
