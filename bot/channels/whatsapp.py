"""WhatsApp Cloud API: signed webhooks in, messages out. Reading is in whatsapp_events, drawing in bot/rendering."""

from __future__ import annotations

import json
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from bot.accounts import Account, App
from bot.arrivals import Event, Unreadable
from bot.channels import meta, whatsapp_templates
from bot.channels.connector import Outgoing, Receipt
from bot.channels.kinds import Kind, rows
from bot.channels.whatsapp_errors import of_answer
from bot.channels.whatsapp_events import CHANNEL, KINDS, read_value
from bot.channels.whatsapp_notices import ACCOUNT_FIELDS, TEMPLATE_FIELDS, of_business, read_notice
from bot.encoding import decode
from bot.rendering.whatsapp import Body, render
from contract.message import Message


class WhatsAppSender(meta.GraphSender):
    """`POST /<version>/<phone number id>/messages`."""

    channel = CHANNEL

    def bodies(self, message: Message, row_id: int) -> list[Body]:
        return render(message, row_id)

    async def send(self, account: Account, row: Outgoing, body: Mapping[str, Any], callback: str) -> Receipt:
        envelope = {
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": row.user_id,
            "biz_opaque_callback_data": callback, **body,
        }  # fmt: skip
        url = f"{self._services.settings.whatsapp_api_url}/{meta.API_VERSION}/{account.external_id}/messages"
        answer = await meta.post(self._services, "WhatsApp", url, account.secrets.get("access_token", ""), envelope)
        if isinstance(answer, Receipt):
            return answer
        status, answered = answer
        if status == 200 and answered.get("messages"):
            return Receipt("sent", vendor_id=str(answered["messages"][0].get("id", "")))
        return of_answer(status, answered, row.attempts)


class WhatsAppInput(meta.MetaInput):
    """`GET|POST /webhooks/whatsapp/<app>/webhook`."""

    channel = CHANNEL
    sender = WhatsAppSender

    @classmethod
    def kinds(cls) -> tuple[Kind, ...]:
        return rows(KINDS)

    async def read(self, app: App, raw: bytes) -> list[Event]:
        """Read a signed body; nothing in it is dropped."""
        try:
            body = decode(raw)
            changes = [(entry, change) for entry in body["entry"] for change in entry["changes"]]
        except (ValueError, KeyError, TypeError) as error:
            return [Unreadable(CHANNEL, app.name, f"not a webhook of WhatsApp: {type(error).__name__}", raw)]
        events: list[Event] = []
        for entry, change in changes:
            events += await self._read_change(app, entry, change)
        return events if changes else [Unreadable(CHANNEL, app.name, "nothing in it", raw)]

    async def reread(self, app: App, raw: bytes) -> list[Event]:
        try:
            body = decode(raw)
        except ValueError:
            body = {}
        if isinstance(body, dict) and "field" in body:
            return await self._read_change(app, body.get("entry") or {}, body)
        return await self.read(app, raw)

    async def _read_change(self, app: App, entry: Any, change: Any) -> list[Event]:
        def kept(reason: str) -> list[Event]:
            raw = json.dumps(change, ensure_ascii=False).encode("utf-8", "replace")
            return [Unreadable(CHANNEL, app.name, reason, raw)]

        try:
            field, value = change["field"], change["value"]
            if field in TEMPLATE_FIELDS or field in ACCOUNT_FIELDS:
                return await self._read_notice(app, entry, field, value)
            if field != "messages":
                return kept(f"field {field} is not read")
            external_id = str(value["metadata"]["phone_number_id"])
        except (KeyError, TypeError) as error:
            return kept(f"not a change of WhatsApp: {type(error).__name__}")
        account = await self.services.directory.account(CHANNEL, external_id)
        if account is None:
            return kept(f"no active number with id {external_id}")
        if account.app_id != app.id:
            return kept(f"the number {external_id} belongs to another app")
        try:
            found = list(read_value(account, app.name, value))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return kept(f"a value cannot be read: {type(error).__name__}")
        # A state of a message that says nothing to us is the only thing that may leave no trace.
        return found if found or value.get("statuses") else kept("nothing in it")

    async def _read_notice(self, app: App, entry: Any, field: str, value: Any) -> list[Event]:
        """Read what is said of templates and numbers; the entry names the business account, not a number."""
        business = str(entry.get("id") or "")
        whole = {"field": field, "value": value, "entry": {"id": business, "time": entry.get("time")}}
        kept = json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace")
        directory = self.services.directory
        accounts = of_business(directory.of_app(app), business)
        if not accounts and await directory.refresh(at_most_every=1.0):
            accounts = of_business(directory.of_app(app), business)
        if not accounts:
            return [Unreadable(CHANNEL, app.name, f"{field}: no active number of business account {business}", kept)]
        try:
            return list(read_notice(accounts, field, entry, value))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return [Unreadable(CHANNEL, app.name, f"{field} cannot be read: {type(error).__name__}", kept)]

    def background(self) -> Sequence[Coroutine[Any, Any, None]]:
        return [whatsapp_templates.keep_asking(self.services)]
