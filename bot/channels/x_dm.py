"""Direct messages of X: the Account Activity webhook in, version 2 of the API out. Reading is in x_dm_events.

Sources: docs.x.com/x-api/webhooks/quickstart (the challenge, the signature), …/direct-messages/manage/integrate (user
context only). A bearer token of the account's user is what X recommends, but it ends after two hours [U] unless it is
renewed; where the account has an `access_token_secret`, requests are signed by OAuth 1.0a instead, which X still
takes and which does not end.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json as json_format
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from oauthlib.oauth1 import Client  # type: ignore[import-untyped]  # no types of its own
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json, text

from bot.accounts import Account, App
from bot.arrivals import Event, Unreadable
from bot.channels.connector import (
    Connector,
    Handler,
    Outgoing,
    PartSent,
    Receipt,
    Sender,
    answer_of,
    json_of,
    same,
)
from bot.channels.kinds import Kind
from bot.channels.x_dm_events import CHANNEL, KINDS, read_activity
from bot.encoding import decode
from bot.rendering.x_dm import render

# X's window of rates, for an answer that names no end of it.
_WINDOW_SECONDS = 900.0


class XDmSender(Sender):
    """`POST /2/dm_conversations/with/<person>/messages`. X gives us no mark to find a message by."""

    channel = CHANNEL

    async def deliver(self, row: Outgoing, part_sent: PartSent) -> Receipt:
        if row.account is None:
            return Receipt("failed", code="no_account", reason="the account of X is gone")
        pieces = render(row.message, row.id)
        receipt = Receipt("failed", code="empty", reason="nothing to send")
        for number, piece in enumerate(pieces, 1):
            if number <= row.parts_sent:
                continue
            receipt = await self._post(row.account, row.user_id, piece)
            if receipt.outcome != "sent":
                return receipt
            if number < len(pieces):
                await part_sent(number)
        return receipt

    async def _post(self, account: Account, person: str, piece: str) -> Receipt:
        settings = self._services.settings
        url = f"{settings.x_api_url}/2/dm_conversations/with/{quote(person, safe='')}/messages"
        app = self._services.directory.app_of(account)
        headers = {"Content-Type": "application/json", "Authorization": authorization(account, app, url)}
        content = json_format.dumps({"text": piece}, ensure_ascii=False).encode("utf-8", "replace")
        answer = await answer_of(self._services.http.post(url, content=content, headers=headers), "X")
        if isinstance(answer, Receipt):
            return answer
        body = json_of(answer)
        sent = body.get("data")
        if answer.status_code in (200, 201) and isinstance(sent, dict) and sent.get("dm_event_id"):
            return Receipt("sent", vendor_id=str(sent["dm_event_id"]))
        return of_answer(answer.status_code, body, answer.headers, now=time.time())


def authorization(account: Account, app: App | None, url: str) -> str:
    """Return the header that lets us write as the account's user."""
    token = str(account.secrets.get("access_token", ""))
    token_secret = str(account.secrets.get("access_token_secret", ""))
    if not (token_secret and app is not None):
        return f"Bearer {token}"
    client = Client(
        str(app.secrets.get("consumer_key", "")), client_secret=str(app.secrets.get("consumer_secret", "")),
        resource_owner_key=token, resource_owner_secret=token_secret,
    )  # fmt: skip
    # A body of JSON is no part of what OAuth 1.0a signs.
    _, headers, _ = client.sign(url, http_method="POST")
    return str(headers["Authorization"])


def of_answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str], *, now: float) -> Receipt:
    """Read an answer that is no success. now: seconds since the epoch, for the end of X's window of rates."""
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    code = str(first.get("code") or status)
    detail = str(body.get("detail") or first.get("detail") or first.get("message") or body.get("title") or "")[:300]
    if status == 429:
        end = headers.get("x-rate-limit-reset", "")
        after = float(end) - now if end.isascii() and end.isdigit() else _WINDOW_SECONDS
        after = min(max(after, 1.0), _WINDOW_SECONDS)
        return Receipt("retry", code=code, reason=detail or "too many messages", after=after + 0.5, account_wide=True)
    if status == 401:
        reason = detail or "X does not know the account's token"
        return Receipt("retry", code=code, reason=reason, after=60.0, account_wide=True)
    if status == 403:
        return Receipt("failed", code=code, reason=f"X does not let us write to this person ({detail})")
    if status == 503:
        return Receipt("retry", code=code, reason=detail or "X is not available")
    if status >= 500 or status < 400:
        return Receipt("unknown", code=code, reason=detail or "X answered without saying what became of it")
    return Receipt("failed", code=code, reason=detail or "X refused it without a reason")


class XDmInput(Connector):
    """`GET|POST /webhooks/x/<app>/webhook`; `for_user_id` tells whose account was written to."""

    channel = CHANNEL
    sender = XDmSender

    @classmethod
    def kinds(cls) -> tuple[Kind, ...]:
        return KINDS

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        routes = Blueprint("x_webhook")

        @routes.get("/<app_name:str>/webhook")
        async def challenge(request: Request, app_name: str) -> HTTPResponse:
            """X asks at registration and every day whether we hold the consumer secret."""
            app = await self.services.directory.app(CHANNEL, app_name)
            token = request.args.get("crc_token", "")
            secret = str(app.secrets.get("consumer_secret", "")) if app is not None else ""
            if not (token and secret):
                return text("not for you", status=403)
            return json({"response_token": _signature(secret, token.encode())})

        @routes.post("/<app_name:str>/webhook")
        async def receive(request: Request, app_name: str) -> HTTPResponse:
            raw = request.body
            signature = request.headers.get("x-twitter-webhooks-signature", "")
            app = await self.signed_app(
                app_name, lambda app: _holds(app, raw, signature), signature.startswith("sha256=")
            )
            if isinstance(app, HTTPResponse):
                return app
            return await self.store(await self.read(app, raw))

        return routes

    async def reread(self, app: App, raw: bytes) -> list[Event]:
        return await self.read(app, raw)

    async def read(self, app: App, raw: bytes) -> list[Event]:
        """Read a signed body; nothing that a person sent is dropped."""
        try:
            body = decode(raw)
            if "user_event" in body:
                return [Unreadable(CHANNEL, app.name, "the account has taken its permission back", raw)]
            external_id = str(body["for_user_id"])
        except (ValueError, KeyError, TypeError) as error:
            return [Unreadable(CHANNEL, app.name, f"not a webhook of X: {type(error).__name__}", raw)]
        account = await self.services.directory.account(CHANNEL, external_id)
        if account is None:
            return [Unreadable(CHANNEL, app.name, f"no active account with id {external_id}", raw)]
        if account.app_id != app.id:
            return [Unreadable(CHANNEL, app.name, f"the account {external_id} belongs to another app", raw)]
        try:
            return list(read_activity(account, app.name, body))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return [Unreadable(CHANNEL, app.name, f"cannot be read: {type(error).__name__}: {error}", raw)]


def _signature(secret: str, signed: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def _holds(app: App, raw: bytes, signature: str) -> bool:
    secret = str(app.secrets.get("consumer_secret", ""))
    return bool(secret) and same(signature, _signature(secret, raw))
