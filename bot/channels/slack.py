"""Slack: the Events API and interactivity in, chat.postMessage out. Reading is in slack_events, drawing in
bot/rendering.

Sources: docs.slack.dev/authentication/verifying-requests-from-slack, …/apis/events-api, …/reference/methods.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, text

from bot import metrics
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
    pass_since,
    same,
)
from bot.channels.kinds import Kind
from bot.channels.slack_errors import of_answer
from bot.channels.slack_events import CHANNEL, KINDS, message_id, read_event, read_interaction
from bot.encoding import decode
from bot.rendering.slack import Body, render

# Slack's own advice against replays.
MOST_AGE_SECONDS = 300
# What our messages carry, unseen, so that a lost answer can be settled.
MARK = "huntred_outbox"


class SlackSender(Sender):
    """`chat.postMessage`, to the person's id: Slack puts it into the direct messages of the app.

    A message whose answer was lost is looked for, by the mark in its metadata, before it is posted again.
    """

    channel = CHANNEL

    async def deliver(self, row: Outgoing, part_sent: PartSent) -> Receipt:
        account = row.account
        if account is None:
            return Receipt("failed", code="no_account", reason="the workspace is gone")
        bodies = render(row.message, row.id)
        found: Mapping[int, str] | Receipt = await self._posted(account, row) if row.maybe_sent else {}
        if isinstance(found, Receipt):
            return found
        receipt = Receipt("failed", code="empty", reason="nothing to send")
        answered_at = -math.inf
        for number, body in enumerate(bodies, 1):
            if number <= row.parts_sent:
                continue
            if number in found:
                receipt = Receipt("sent", vendor_id=found[number])
                answered_at = time.monotonic()  # it may have gone a moment ago
            else:
                await pass_since(answered_at, 1.02)  # one message a second to a channel, also within one of ours
                receipt = await self._post(account, row, number, body)
                answered_at = time.monotonic()
            if receipt.outcome != "sent":
                return receipt
            if number < len(bodies):
                await part_sent(number)
        return receipt

    async def _post(self, account: Account, row: Outgoing, number: int, body: Body) -> Receipt:
        mark = {"event_type": MARK, "event_payload": {"row": str(row.id), "part": number}}
        fields = {"channel": row.user_id, "unfurl_links": False, "unfurl_media": False, "metadata": mark, **body}
        answer = await self._call(account, "chat.postMessage", fields)
        if isinstance(answer, Receipt):
            return answer
        return Receipt("sent", vendor_id=message_id(answer.get("channel"), answer.get("ts")))

    async def _posted(self, account: Account, row: Outgoing) -> Mapping[int, str] | Receipt:
        """Return the parts of this row that are in the channel: number → vendor's id. Scopes im:write, im:history."""
        opened = await self._call(account, "conversations.open", {"users": row.user_id})
        if isinstance(opened, Receipt):
            return _still_doubtful(opened)
        channel = str((opened.get("channel") or {}).get("id"))
        fields = {"channel": channel, "oldest": f"{row.created_at.timestamp() - 60:.6f}", "limit": 200,
                  "include_all_metadata": True}  # fmt: skip
        history = await self._call(account, "conversations.history", fields)
        if isinstance(history, Receipt):
            return _still_doubtful(history)
        found: dict[int, str] = {}
        for message in history.get("messages") or ():
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == MARK and payload.get("row") == str(row.id):
                found[int(payload["part"])] = message_id(channel, message.get("ts"))
        return found

    async def _call(self, account: Account, method: str, fields: Mapping[str, Any]) -> dict[str, Any] | Receipt:
        """Call one method of the Web API; a refusal comes with status 200 and `ok: false`."""
        headers = {"Authorization": f"Bearer {account.secrets.get('bot_token', '')}"}
        url = f"{self._services.settings.slack_api_url}/api/{method}"
        content = json.dumps(fields).encode()
        headers["Content-Type"] = "application/json; charset=utf-8"
        answer = await answer_of(self._services.http.post(url, content=content, headers=headers), "Slack")
        if isinstance(answer, Receipt):
            return answer
        body = json_of(answer)
        return body if body.get("ok") is True else of_answer(answer.status_code, body, answer.headers)


def _still_doubtful(receipt: Receipt) -> Receipt:
    """Nothing was posted by this try, so it is one more of those that may wait."""
    if receipt.outcome == "unknown":
        return Receipt("retry", code=receipt.code, reason=receipt.reason, after=receipt.after)
    return receipt


_FAULTS = (ValueError, KeyError, TypeError, AttributeError, IndexError)


class SlackInput(Connector):
    """`POST /webhooks/slack/<app>/webhook` for both; `…/interactive` is the same for those who keep them apart."""

    channel = CHANNEL
    sender = SlackSender

    @classmethod
    def kinds(cls) -> tuple[Kind, ...]:
        return KINDS

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        routes = Blueprint("slack_webhook")

        async def receive(request: Request, app_name: str) -> HTTPResponse:
            raw = request.body
            signature = request.headers.get("x-slack-signature", "")
            sent_at = request.headers.get("x-slack-request-timestamp", "")
            app = await self.signed_app(
                app_name, lambda app: _holds(app, raw, sent_at, signature), bool(signature and sent_at)
            )
            if isinstance(app, HTTPResponse):
                return app
            if abs(time.time() - int(sent_at)) > MOST_AGE_SECONDS:
                metrics.refused.labels(CHANNEL, "stale").inc()
                return text("too old", status=403)
            if request.headers.get("x-slack-retry-num"):
                metrics.brought_again.labels(CHANNEL, request.headers.get("x-slack-retry-reason", "")[:40]).inc()
            try:
                body = _body(raw)
                if body.get("type") == "url_verification":
                    return text(str(body["challenge"]))
            except _FAULTS:
                pass  # `reread` keeps it, with the reason
            return await self.store(await self.reread(app, raw))

        routes.add_route(receive, "/<app_name:str>/webhook", methods=["POST"], name="events")
        routes.add_route(receive, "/<app_name:str>/interactive", methods=["POST"], name="interactive")
        return routes

    async def reread(self, app: App, raw: bytes) -> list[Event]:
        try:
            return await self._read(app, _body(raw), raw)
        except _FAULTS as error:
            return [Unreadable(CHANNEL, app.name, f"cannot be read: {type(error).__name__}: {error}", raw)]

    async def _read(self, app: App, body: Mapping[str, Any], raw: bytes) -> list[Event]:
        event = body.get("type") == "event_callback"
        # In a workspace that several share, a press names its person's own one.
        team = str(body["team_id"] if event else (body.get("team") or {}).get("id") or body["user"]["team_id"])
        account = await self.services.directory.account(CHANNEL, team)
        if account is None:
            return [Unreadable(CHANNEL, app.name, f"no active workspace with id {team}", raw)]
        if account.app_id != app.id:
            return [Unreadable(CHANNEL, app.name, f"the workspace {team} belongs to another app", raw)]
        if not event:
            return list(read_interaction(account, app.name, body))
        return list(read_event(account, app.name, body))


def _body(raw: bytes) -> Mapping[str, Any]:
    """An event is JSON, an interaction is JSON in a form."""
    body: Mapping[str, Any] = decode(parse_qs(raw.decode())["payload"][0].encode() if raw[:8] == b"payload=" else raw)
    return body


def _holds(app: App, raw: bytes, sent_at: str, signature: str) -> bool:
    secret = str(app.secrets.get("signing_secret", ""))
    if not (secret and sent_at.isascii() and sent_at.isdigit() and len(sent_at) < 12):
        return False
    signed = b"v0:" + sent_at.encode() + b":" + raw
    return same(signature, "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest())
