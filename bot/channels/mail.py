"""Mail out of the outbox, over SMTP. Mail in is another channel's work and not here."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib
from rasa.core.channels.channel import OutputChannel
from sanic import Blueprint

from bot.channels.connector import Connector, Handler, Outgoing, PartSent, Receipt, Sender, Services
from bot.rendering.mail import render

CHANNEL = "email"
_AT_ONCE = 4


class MailInput(Connector):
    """No way in: only the place where Rasa's credentials name the way out."""

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    def get_output_channel(self) -> OutputChannel:
        return MailSender(self.services)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        return Blueprint("email_none")


class MailSender(Sender):
    """One connection a mail, a few at a time. SMTP_URL: smtp:// with STARTTLS where offered, smtps:// with TLS."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._slots = asyncio.Semaphore(_AT_ONCE)

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    async def deliver(self, row: Outgoing, part_sent: PartSent) -> Receipt:
        unit = self._services.directory.unit(row.unit)
        own = unit.settings.get("mail") or {}
        fallback_name, fallback = parseaddr(self._services.settings.mail_from)
        address = str(own.get("address") or fallback)
        message_id = f"<outbox-{row.id}@{address.rpartition('@')[2]}>"
        mail = render(
            row.message,
            to=row.user_id,
            sender_name=str(own.get("name") or fallback_name or unit.name),
            sender_address=address,
            reply_to=str(own.get("reply_to") or ""),
            message_id=message_id,
            at=datetime.now(timezone.utc),
            default_subject=unit.name,
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


def _refused(code: int, text: str) -> Receipt:
    """4xx: later; authentication is the operator's; any other 5xx never."""
    reason = f"{code} {text}"[:300]
    if code < 500:
        return Receipt("retry", code=str(code), reason=reason, after=5.0)
    if code in (530, 534, 535):
        return Receipt("retry", code=str(code), reason=reason, after=60.0)
    return Receipt("failed", code=str(code), reason=reason)
