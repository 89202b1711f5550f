"""WhatsApp Cloud API: signed webhooks in, messages out. Reading is in whatsapp_events, drawing in bot/rendering."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import httpx
from rasa.core.channels.channel import OutputChannel
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, text

from bot.accounts import Account, App
from bot.arrivals import Event, Unreadable
from bot.channels.connector import Connector, Handler, Outgoing, PartSent, Receipt, Sender, Services, same
from bot.channels.whatsapp_errors import of_answer
from bot.channels.whatsapp_events import CHANNEL, read_value
from bot.rendering.whatsapp import render

API_VERSION = "v23.0"


class WhatsAppInput(Connector):
    """`GET|POST /webhooks/whatsapp/<app>/webhook`."""

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    def get_output_channel(self) -> OutputChannel:
        return WhatsAppSender(self.services)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        routes = Blueprint("whatsapp_webhook")

        @routes.get("/<app_name:str>/webhook")
        async def verify(request: Request, app_name: str) -> HTTPResponse:
            """Meta asks once whether this address is ours."""
            app = await self.services.directory.app(CHANNEL, app_name)
            token = request.args.get("hub.verify_token", "")
            if (
                app is None
                or request.args.get("hub.mode") != "subscribe"
                or not same(token, str(app.secrets.get("verify_token", "")))
            ):
                return text("not for you", status=403)
            return text(request.args.get("hub.challenge", ""))

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
        try:
            body = json.loads(raw)
            changes = [change for entry in body["entry"] for change in entry["changes"]]
        except (ValueError, KeyError, TypeError) as error:
            return [Unreadable(CHANNEL, app.name, f"not a webhook of WhatsApp: {type(error).__name__}", raw)]
        events: list[Event] = []
        for change in changes:
            events += await self._read_change(app, change)
        return events or [Unreadable(CHANNEL, app.name, "nothing in it", raw)]

    async def _read_change(self, app: App, change: Any) -> list[Event]:
        kept = json.dumps(change, ensure_ascii=False).encode("utf-8", "replace")
        try:
            field, value = change["field"], change["value"]
            if field != "messages":
                return [Unreadable(CHANNEL, app.name, f"field {field} is not read", kept)]
            external_id = str(value["metadata"]["phone_number_id"])
        except (KeyError, TypeError) as error:
            return [Unreadable(CHANNEL, app.name, f"not a change of WhatsApp: {type(error).__name__}", kept)]
        account = await self.services.directory.account(CHANNEL, external_id)
        if account is None:
            return [Unreadable(CHANNEL, app.name, f"no active number with id {external_id}", kept)]
        if account.app_id != app.id:
            return [Unreadable(CHANNEL, app.name, f"the number {external_id} belongs to another app", kept)]
        try:
            return list(read_value(account, app.name, value))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return [Unreadable(CHANNEL, app.name, f"a value cannot be read: {type(error).__name__}", kept)]


def _holds(app: App, raw: bytes, signature: str) -> bool:
    secret = str(app.secrets.get("app_secret", ""))
    expected = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return bool(secret) and same(signature, expected)


class WhatsAppSender(Sender):
    """`POST /<version>/<phone number id>/messages`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    async def deliver(self, row: Outgoing, part_sent: PartSent) -> Receipt:
        account = row.account
        if account is None:
            return Receipt("failed", code="no_account", reason="the number is gone")
        bodies = render(row.message, row.id)
        receipt = Receipt("failed", code="empty", reason="nothing to send")
        for number, body in enumerate(bodies, 1):
            if number <= row.parts_sent:
                continue
            last = number == len(bodies)
            envelope = {
                "messaging_product": "whatsapp", "recipient_type": "individual", "to": row.user_id,
                "biz_opaque_callback_data": str(row.id) if last else f"{row.id}-{number}", **body,
            }  # fmt: skip
            receipt = await self._post(account, envelope, row.attempts)
            if receipt.outcome != "sent":
                return receipt
            if not last:
                await part_sent(number)
        return receipt

    async def _post(self, account: Account, envelope: dict[str, Any], attempts: int) -> Receipt:
        url = f"{self._services.settings.whatsapp_api_url}/{API_VERSION}/{account.external_id}/messages"
        headers = {"Authorization": f"Bearer {account.secrets.get('access_token', '')}"}
        try:
            answer = await self._services.http.post(url, json=envelope, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Receipt("retry", code="unreachable", reason=f"WhatsApp cannot be reached: {type(error).__name__}")
        except httpx.HTTPError as error:
            return Receipt("unknown", code="no_answer", reason=f"no answer of WhatsApp: {type(error).__name__}")
        try:
            body = answer.json()
        except ValueError:
            body = None
        if answer.status_code == 200 and isinstance(body, dict) and body.get("messages"):
            return Receipt("sent", vendor_id=str(body["messages"][0].get("id", "")))
        return of_answer(answer.status_code, body, attempts)
