"""A message as a mail: text, HTML beside it, files; in a chat, an answer in its thread. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.rendering.options import CannotRender, as_text, numbered, paragraphs, plain
from bot.rendering.words import say
from contract.message import Message

# Servers fold and cut long headers; the first one and the latest keep a thread together.
_MOST_REFERENCES = 10


@dataclass(frozen=True)
class Thread:
    """What a mail answers to: the id, references and subject of what the person wrote last."""

    message_id: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""


def render(
    message: Message,
    *,
    to: str,
    sender_name: str,
    sender_address: str,
    reply_to: str,
    message_id: str,
    at: datetime,
    default_subject: str,
    thread: Thread | None = None,
) -> EmailMessage:
    """Return the mail. thread: what it answers, in a chat. Raises CannotRender, where an address or a file is none."""
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = Address(_line(sender_name), addr_spec=sender_address)
        mail["To"] = Address(addr_spec=_line(to))
        if reply_to:
            mail["Reply-To"] = Address(addr_spec=reply_to)
    except (ValueError, IndexError) as error:
        raise CannotRender(f"not an address: {error}") from error
    mail["Subject"] = _subject(message, default_subject, thread)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-replied" if thread else "auto-generated"
    if thread and thread.message_id:
        mail["In-Reply-To"] = thread.message_id
        known = [one for one in thread.references if one != thread.message_id]
        mail["References"] = " ".join((*known[:1], *known[1:][-_MOST_REFERENCES:], thread.message_id))
    text = _chat_text(message) if thread else plain(message)
    if not (text or message.html):
        raise CannotRender("an empty mail")
    mail.set_content(text or "\n")
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for attachment in message.attachments:
        try:
            content = base64.b64decode(attachment.content, validate=True)
        except binascii.Error as error:
            raise CannotRender(f"the file {attachment.filename} is not base64") from error
        kind, _, rest = attachment.content_type.partition("/")
        subtype, *parameters = [part.strip() for part in rest.partition(";")[0::2] if part.strip()] or ["octet-stream"]
        mail.add_attachment(
            content, maintype=kind or "application", subtype=subtype, filename=_line(attachment.filename),
            params=dict(pair.strip().partition("=")[::2] for pair in ";".join(parameters).split(";") if "=" in pair),
        )  # fmt: skip
    return mail


def _subject(message: Message, default: str, thread: Thread | None) -> str:
    """A mail that answers keeps the subject, with one "Re:" before it."""
    if thread is None:
        return _line(message.subject) or default
    subject = re.sub(r"^(?:\s*(?:re|rv|fwd?)\s*:)+\s*", "", _line(thread.subject), flags=re.IGNORECASE)
    return f"Re: {subject}" if subject else default


def _chat_text(message: Message) -> str:
    """The options as numbered lines, and how to choose one by mail: its number is enough."""
    options = numbered(message.options)
    hint = say("mail_multiple_hint" if message.kind == "multi_select" else "mail_number_hint") if options else ""
    asked = say("mail_location") if message.kind == "location_request" else ""
    link = f"{message.url_title}: {message.url}" if message.url and message.url_title else message.url
    return paragraphs(message.header, message.text, as_text(options), hint, asked, link, message.footer)


def _line(text: str) -> str:
    """A header is one line; a line break in it would be another header."""
    return " ".join(text.split())
