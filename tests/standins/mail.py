"""A mail server that keeps what it gets and refuses what a careful server would."""

from __future__ import annotations

import asyncio
import email
import email.policy
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.standins.ledger import Ledger

_NEEDED = ("From", "Date", "Subject", "Message-ID")


@dataclass(frozen=True)
class Attachment:
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived. recipients: of the envelope; to: of the header."""

    id: int
    at: float
    sender: str
    recipients: list[str]
    subject: str
    from_: str
    to: str
    text: str
    html: str
    headers: dict[str, str]
    attachments: list[Attachment] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "at": self.at, "sender": self.sender, "recipients": self.recipients,
            "subject": self.subject, "from": self.from_, "to": self.to, "text": self.text, "html": self.html,
            "headers": self.headers,
            "attachments": [
                {"filename": a.filename, "content_type": a.content_type, "size": len(a.content),
                 "text": a.content.decode("utf-8", "replace") if a.content_type.startswith("text/") else ""}
                for a in self.attachments
            ],
        }  # fmt: skip


class MailSink:
    """Runs in the server's loop."""

    def __init__(self, ledger: Ledger, clock_now: Any) -> None:
        self._ledger = ledger
        self._now = clock_now
        self._server: asyncio.Server | None = None
        self.mails: list[Mail] = []
        self.fail_next = 0

    def clear(self) -> None:
        self.mails.clear()
        self.fail_next = 0

    async def start(self, host: str, port: int) -> int:
        """Listen and return the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=lambda *_: AuthResult(success=True),
        )

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.fail_next > 0:
            self.fail_next -= 1
            return "451 4.3.0 ordered by the test, try again later"
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        wrong = _broken(message)
        if wrong:
            recipient = envelope.rcpt_tos[0] if envelope.rcpt_tos else ""
            self._ledger.refuse("mail", "mail", recipient, 554, wrong, raw.decode("utf-8", "replace")[:2000])
            return f"554 5.6.0 {wrong}"
        self.mails.append(self._parsed(message, envelope))
        self._ledger.touch()
        return "250 2.0.0 kept"

    def _parsed(self, message: EmailMessage, envelope: Envelope) -> Mail:
        files = [
            Attachment(
                part.get_filename() or "", part.get_content_type(), _content(part)
            )
            for part in message.iter_attachments()
        ]  # fmt: skip
        return Mail(
            id=len(self.mails) + 1, at=self._now(), sender=envelope.mail_from or "",
            recipients=list(envelope.rcpt_tos), subject=str(message["Subject"]), from_=str(message["From"]),
            to=str(message["To"] or ""), text=_body(message, "plain"), html=_body(message, "html"),
            headers={name: str(value) for name, value in message.items()}, attachments=files,
        )  # fmt: skip


def _broken(message: EmailMessage) -> str:
    missing = [name for name in _NEEDED if not message[name]]
    if missing:
        return f"without {', '.join(missing)}"
    if "@" not in parseaddr(str(message["From"]))[1]:
        return "From is no address"
    if not (_body(message, "plain") or _body(message, "html")).strip():
        return "an empty mail"
    return ""


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _content(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
