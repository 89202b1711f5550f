"""Telegram: updates in by webhook, calls of the Bot API out.

Reading is in telegram_events, drawing in bot/rendering.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Mapping
from typing import Any

import httpx
from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from bot.accounts import Account, App
from bot.arrivals import Event, Unreadable
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
    pass_since,
    same,
)
from bot.channels.kinds import Kind
from bot.channels.telegram_events import CHANNEL, KINDS, read_update
from bot.encoding import decode
from bot.rendering.telegram import Call, render

logger = logging.getLogger(__name__)
# So many presses are acknowledged at a time. Beyond it, as while Telegram does not answer, a spinner ends by itself:
# calls without end would wait for a connection, each slower than the one before.
_MOST_ANSWERING = 50


async def call(services: Services, account: Account, made: Call) -> httpx.Response:
    """Call one method of the Bot API."""
    token = account.secrets.get("bot_token", "")
    return await services.http.post(f"{services.settings.telegram_api_url}/bot{token}/{made.method}", json=made.fields)


class TelegramSender(Sender):
    """The Bot API's send methods."""

    channel = CHANNEL

    async def deliver(self, row: Outgoing, part_sent: PartSent) -> Receipt:
        if row.account is None:
            return Receipt("failed", code="no_account", reason="the bot is gone")
        calls = render(row.message, row.id)
        receipt = Receipt("failed", code="empty", reason="nothing to send")
        answered_at = -math.inf
        for number, made in enumerate(calls, 1):
            if number <= row.parts_sent:
                continue
            await pass_since(answered_at, 1.02)  # one message a second to a chat, also within one of ours
            receipt = await self._call(row.account, Call(made.method, {"chat_id": int(row.user_id), **made.fields}))
            answered_at = time.monotonic()
            if receipt.outcome != "sent":
                return receipt
            if number < len(calls):
                await part_sent(number)
        return receipt

    async def _call(self, account: Account, made: Call) -> Receipt:
        answer = await answer_of(call(self._services, account, made), "Telegram")
        if isinstance(answer, Receipt):
            return answer
        body = json_of(answer)
        if body.get("ok"):
            return Receipt("sent", vendor_id=str((body.get("result") or {}).get("message_id", "")))
        return of_answer(answer.status_code, body)


def of_answer(status: int, body: Mapping[str, Any]) -> Receipt:
    """Read an answer that is no success."""
    code = str(body.get("error_code") or status)
    detail = str(body.get("description") or "")[:300]
    parameters = body.get("parameters") or {}
    if code == "429":
        after = float(parameters.get("retry_after") or 1)
        # Telegram does not say whose limit it was; a long one is the bot's.
        return Receipt("retry", code=code, reason=detail, after=after + 0.1, account_wide=after > 3)
    if code in ("401", "404"):
        return Receipt("retry", code=code, reason=detail or "Telegram does not know the bot's token", after=60.0)
    if code == "403":
        return Receipt("failed", code=code, reason=f"the person does not take messages of the bot ({detail})")
    if code == "400":
        return Receipt("failed", code=code, reason=detail)
    if status >= 500:
        return Receipt("unknown", code=code, reason=detail or "Telegram answered without saying what became of it")
    return Receipt("failed", code=code, reason=detail or "Telegram refused it without a reason")


class TelegramInput(Connector):
    """`POST /webhooks/telegram/<app>/webhook`; an app is one bot, for an update does not say whose it is."""

    channel = CHANNEL
    sender = TelegramSender

    def __init__(self) -> None:
        super().__init__()
        self._answering: set[asyncio.Task[None]] = set()

    @classmethod
    def kinds(cls) -> tuple[Kind, ...]:
        return KINDS

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        routes = Blueprint("telegram_webhook")

        @routes.post("/<app_name:str>/webhook")
        async def receive(request: Request, app_name: str) -> HTTPResponse:
            token = request.headers.get("x-telegram-bot-api-secret-token", "")
            app = await self.signed_app(
                app_name, lambda app: same(token, str(app.secrets.get("secret_token", ""))), bool(token)
            )
            if isinstance(app, HTTPResponse):
                return app
            account, update, events = self.read(app, request.body)
            answer = await self.store(events)
            query = update.get("callback_query")
            if answer.status == 200 and account is not None and isinstance(query, Mapping) and query.get("id"):
                self.acknowledge(account, str(query["id"]))
            return answer

        return routes

    def acknowledge(self, account: Account, query_id: str) -> None:
        """Have a press acknowledged beside everything else; not where too many are on their way."""
        if len(self._answering) < _MOST_ANSWERING:
            task = asyncio.ensure_future(self._answer_press(account, query_id))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def reread(self, app: App, raw: bytes) -> list[Event]:
        return self.read(app, raw)[2]

    def read(self, app: App, raw: bytes) -> tuple[Account | None, Mapping[str, Any], list[Event]]:
        """Return the bot, the update and its events; nothing that a person sent is dropped."""
        accounts = self.services.directory.of_app(app)
        if len(accounts) != 1:
            reason = f"the app has {len(accounts)} active bots, not one"
            return None, {}, [Unreadable(CHANNEL, app.name, reason, raw)]
        try:
            update = decode(raw)
            event = read_update(accounts[0], app.name, update)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            reason = f"an update cannot be read: {type(error).__name__}: {error}"
            return accounts[0], {}, [Unreadable(CHANNEL, app.name, reason, raw)]
        return accounts[0], update, [] if event is None else [event]

    async def _answer_press(self, account: Account, query_id: str) -> None:
        """Stop the button's spinner. Only a courtesy: the press itself is stored."""
        try:
            await call(self.services, account, Call("answerCallbackQuery", {"callback_query_id": query_id}))
        except httpx.HTTPError as error:
            logger.info("a press was not acknowledged: %s", type(error).__name__)
