"""Mail: read from mailboxes (IMAP) or taken from a provider's signed webhook; sent over SMTP, in its thread.

Reading is in mail_events and mail_text, watching in mail_imap, drawing in bot/rendering.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import Coroutine
from datetime import datetime, timezone
from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from bot.accounts import Account, App
from bot.arrivals import Event, Unreadable
from bot.channels.connector import Connector, Handler, Outgoing, PartSent, Receipt, Sender, Services, same
from bot.channels.kinds import Kind, rows
from bot.channels.mail_events import CHANNEL, KINDS, read_mail, recipients
from bot.channels.mail_imap import Fetched, Watching
from bot.rendering.mail import Thread, render
from contract.mail import BROKEN, parse

TOLERANCE_SECONDS = 300
_AT_ONCE = 4
_SIGNATURE = re.compile(r"t=(\d{1,15}),v1=([0-9a-f]{64})")
_REPLY = "SELECT thread FROM chats WHERE id = %s"


class MailSender(Sender):
    """One connection a mail, a few at a time. SMTP_URL: smtp:// with STARTTLS where offered, smtps:// with TLS.

    A row of a chat goes from the account's own address and answers in the thread; any other from the unit's.
    """

    channel = CHANNEL

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def deliver(self, row: Outgoing, part_sent: PartSent) -> Receipt:
        unit = self._services.directory.unit(row.unit)
        own = unit.settings.get("mail") or {}
        fallback_name, fallback = parseaddr(self._services.settings.mail_from)
        in_chat = row.account is not None and row.chat_id is not None
        address = str((row.account.external_id if row.account and in_chat else own.get("address")) or fallback)
        message_id = own_message_id(row.id, address, self._services.settings.link_secret)
        mail = render(
            row.message,
            to=row.user_id,
            sender_name=str(own.get("name") or (unit.name if in_chat else fallback_name) or unit.name),
            sender_address=address,
            reply_to="" if in_chat else str(own.get("reply_to") or ""),
            message_id=message_id,
            at=datetime.now(timezone.utc),
            default_subject=unit.name,
            thread=await self._thread(row) if in_chat else None,
        )
        server = urlsplit(self._services.settings.smtp_url)
        secure = server.scheme == "smtps"
        try:
            async with self._slots:
                await aiosmtplib.send(
                    mail,
                    hostname=server.hostname,
                    port=server.port or (465 if secure else 25),
                    username=unquote(server.username) if server.username else None,
                    password=unquote(server.password) if server.password else None,
                    use_tls=secure,
                    timeout=min(10.0, self._services.settings.lease * 0.6),
                )
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError) as error:
            return Receipt("retry", code="unreachable", reason=f"the mail server cannot be reached: {error}"[:300])
        except aiosmtplib.SMTPRecipientsRefused as error:
            first = error.recipients[0]
            return _refused(first.code, first.message)
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Receipt("unknown", code="no_answer", reason=f"the mail server broke off: {type(error).__name__}")
        return Receipt("sent", vendor_id=message_id)

    async def _thread(self, row: Outgoing) -> Thread:
        """What the person wrote last is what this answers."""
        async with self._services.pool.connection() as connection:
            found = await (await connection.execute(_REPLY, (row.chat_id,))).fetchone()
        last = (found[0] if found else None) or {}
        return Thread(last.get("message_id", ""), tuple(last.get("references", "").split()), last.get("subject", ""))


class MailInput(Connector):
    """`POST /webhooks/email/<app>/webhook`: a raw mail, `X-Mail-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body">`.

    Beside it the mailboxes of the accounts that have an `imap_url`.
    """

    channel = CHANNEL
    sender = MailSender

    @classmethod
    def kinds(cls) -> tuple[Kind, ...]:
        return rows(KINDS)

    def background(self) -> list[Coroutine[Any, Any, None]]:
        return [Watching(self.services, CHANNEL, self._read_mailbox).run()]

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        routes = Blueprint("email_webhook")

        @routes.post("/<app_name:str>/webhook")
        async def webhook(request: Request, app_name: str) -> HTTPResponse:
            raw, header = request.body, request.headers.get("x-mail-signature", "")
            found = await self.signed_app(
                app_name, lambda app: signed(raw, header, str(app.secrets.get("webhook_secret", ""))), bool(header)
            )
            if not isinstance(found, App):
                return found
            return await self.store(await self._read_webhook(found, raw))

        return routes

    async def reread(self, app: App, raw: bytes) -> list[Event]:
        return await self._read_webhook(app, raw)

    async def _read_webhook(self, app: App, raw: bytes) -> list[Event]:
        """The mail itself says whose mailbox it is for; nothing outside the signed body does."""
        try:
            named = recipients(parse(raw))
        except BROKEN as error:
            return [Unreadable(CHANNEL, app.name, f"not a mail that can be read: {error}"[:300], raw)]
        for address in named:
            account = await self.services.directory.account(CHANNEL, address)
            if account is not None and account.app_id == app.id:
                return read_mail(account, app.name, raw, self._own(), at=datetime.now(timezone.utc))
        return [Unreadable(CHANNEL, app.name, f"for no mailbox of this app: {', '.join(named)}"[:300], raw)]

    def _read_mailbox(self, account: Account, mail: Fetched) -> list[Event]:
        if not mail.whole:
            return [Unreadable(CHANNEL, account.external_id, "larger than is read", mail.raw, account.id)]
        return read_mail(
            account, account.external_id, mail.raw, self._own(), fallback_id=mail.fallback_id, at=mail.at
        )

    def _own(self) -> frozenset[str]:
        """Addresses of ours: what comes from them is never answered."""
        accounts = self.services.directory.of_channel(CHANNEL)
        found = {account.external_id.lower() for account in accounts}
        found.add(parseaddr(self.services.settings.mail_from)[1].lower())
        for account in accounts:
            mail = self.services.directory.unit(account.unit).settings.get("mail") or {}
            found.add(str(mail.get("address") or "").lower())
        return frozenset(found - {""})


def own_message_id(outbox_id: int, address: str, secret: str) -> str:
    """Return the Message-ID of a mail of ours: always the same, and nobody else can guess it."""
    digest = hmac.new(secret.encode(), f"mail:{outbox_id}".encode(), hashlib.sha256).hexdigest()
    return f"<outbox-{outbox_id}.{digest[:16]}@{address.rpartition('@')[2]}>"


def signed(raw: bytes, header: str, secret: str) -> bool:
    """Tell whether the signature holds and is no older (or newer) than the tolerance."""
    found = _SIGNATURE.fullmatch(header.strip())
    if found is None or not secret or abs(time.time() - int(found.group(1))) > TOLERANCE_SECONDS:
        return False
    expected = hmac.new(secret.encode(), found.group(1).encode() + b"." + raw, hashlib.sha256).hexdigest()
    return same(found.group(2), expected)


def _refused(code: int, text: str) -> Receipt:
    """4xx: later; authentication is the operator's; any other 5xx never."""
    reason = f"{code} {text}"[:300]
    if code < 500:
        return Receipt("retry", code=str(code), reason=reason, after=5.0)
    if code in (530, 534, 535):
        return Receipt("retry", code=str(code), reason=reason, after=60.0)
    return Receipt("failed", code=str(code), reason=reason)
