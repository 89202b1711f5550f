"""Messenger: a page's signed webhooks in, the Send API out; what Instagram does alike stands here too.

Reading is in meta_events, drawing in bot/rendering.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sanic.response import HTTPResponse

from bot.accounts import Account, App
from bot.arrivals import Event, Unreadable
from bot.channels import meta, meta_events
from bot.channels.connector import Outgoing, Receipt, Services
from bot.channels.kinds import Kind, rows
from bot.channels.messenger_errors import of_answer
from bot.channels.meta_courtesies import Courtesies
from bot.encoding import decode
from bot.rendering.messenger import Body, render
from contract.message import Message

KINDS: Mapping[str, str] = {
    **meta_events.KINDS,
    "message.attachments location": "location",
    "message.attachments fallback (a link)": "text",
    "message.is_echo of ours, with metadata": "status",
    "delivery": "status",
}


class SendApi(meta.GraphSender):
    """`POST /<version>/<page or account>/messages` for Messenger and Instagram. vendor: its name for people."""

    vendor: ClassVar[str]
    # Whether what we put into `metadata` comes back with the message's echo.
    echoes_metadata: ClassVar[bool] = False

    def base(self, account: Account) -> str:
        """Return the Graph API's address for this account, with its version."""
        raise NotImplementedError

    def node(self, account: Account) -> str:
        """Return the id under which this account writes."""
        return account.external_id

    def url(self, account: Account) -> str:
        """Return where this account's messages are posted."""
        return f"{self.base(account)}/{self.node(account)}/messages"

    async def send(self, account: Account, row: Outgoing, body: Mapping[str, Any], callback: str) -> Receipt:
        # Beyond 24 h only a person may write, for 7 days, and has to say so; who decides is bot/window.py.
        tagged = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        kind = tagged if row.human_agent else {"messaging_type": "RESPONSE"}
        message = {**body, "metadata": callback} if self.echoes_metadata else body
        envelope = {"recipient": {"id": row.user_id}, **kind, "message": message}
        token = account.secrets.get("access_token", "")
        answer = await meta.post(self._services, self.vendor, self.url(account), token, envelope)
        if isinstance(answer, Receipt):
            return answer
        status, answered = answer
        if status == 200 and answered.get("message_id"):
            return Receipt("sent", vendor_id=str(answered["message_id"]))
        return of_answer(self.vendor, status, answered, row.attempts)


class MessengerSender(SendApi):
    """As a page."""

    channel = "messenger"
    vendor = "Messenger"
    echoes_metadata = True

    def bodies(self, message: Message, row_id: int) -> list[Body]:
        return render(message, row_id)

    def base(self, account: Account) -> str:
        return f"{self._services.settings.messenger_api_url}/{meta.API_VERSION}"


class ChatInput(meta.MetaInput):
    """`GET|POST /webhooks/<channel>/<app>/webhook`. subject: what `object` of the body must be.

    profile: what the vendor is asked for about a person whose name is not known.
    """

    subject: ClassVar[str]
    profile: ClassVar[str]

    def attach(self, services: Services) -> None:
        super().attach(services)
        sender = self.sender(services)
        assert isinstance(sender, SendApi)
        self._courtesies = Courtesies(services, sender.base, sender.url, self.profile)

    async def store(self, events: list[Event]) -> HTTPResponse:
        answer = await super().store(events)
        if answer.status == 200:
            self._courtesies.after(events)
        return answer

    async def read(self, app: App, raw: bytes) -> list[Event]:
        """Read a signed body; nothing in it is dropped."""
        try:
            body = decode(raw)
            if body["object"] != self.subject:
                return [self._unread(app, f"object {str(body['object'])[:50]} is not {self.subject}", body)]
            found = [(entry, *item) for entry in body["entry"] for item in meta_events.items(entry)]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = f"not a webhook of {self.channel}: {type(error).__name__}"
            return [Unreadable(self.channel, app.name, reason, raw)]
        events: list[Event] = []
        for entry, place, item in found:
            events += await self._read_item(app, entry, place, item)
        return events if found else [Unreadable(self.channel, app.name, "nothing in it", raw)]

    async def reread(self, app: App, raw: bytes) -> list[Event]:
        try:
            body = decode(raw)
        except ValueError:
            body = {}
        if isinstance(body, dict) and "recipient" in body:
            return await self._read_item(app, {}, "messaging", body)
        return await self.read(app, raw)

    async def _read_item(self, app: App, entry: Mapping[str, Any], place: str, item: Any) -> list[Event]:
        if place != "messaging" or not isinstance(item, Mapping):
            return [self._unread(app, f"{place} is not read", item)]
        account = await self._account(entry, item)
        if account is None:
            return [self._unread(app, f"no active account with id {str(entry.get('id'))[:50]}", item)]
        if account.app_id != app.id:
            return [self._unread(app, f"the account {account.external_id} belongs to another app", item)]
        return meta_events.read_item(account, app.name, item)

    async def _account(self, entry: Mapping[str, Any], item: Mapping[str, Any]) -> Account | None:
        """Return whose event it is: the entry's; some of Instagram's name it as the recipient only."""
        recipient = item.get("recipient")
        ids = (entry.get("id"), recipient.get("id") if isinstance(recipient, Mapping) else None)
        for external_id in dict.fromkeys(str(one) for one in ids if one):
            account = await self.services.directory.account(self.channel, external_id)
            if account is not None:
                return account
        return None

    def _unread(self, app: App, reason: str, what: Any) -> Unreadable:
        return meta_events.kept(self.channel, app.name, reason, what)


class MessengerInput(ChatInput):
    """Pages."""

    channel = "messenger"
    sender = MessengerSender
    subject = "page"
    profile = "first_name,last_name"

    @classmethod
    def kinds(cls) -> tuple[Kind, ...]:
        return rows(KINDS)
