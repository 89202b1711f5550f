"""A message as a mail: text, HTML beside it, files. Pure."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.rendering.options import CannotRender, plain
from contract.message import Message


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
) -> EmailMessage:
    """Return the mail. Raises CannotRender, where an address or a file is none."""
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = Address(_line(sender_name), addr_spec=sender_address)
        mail["To"] = Address(addr_spec=_line(to))
        if reply_to:
            mail["Reply-To"] = Address(addr_spec=reply_to)
    except (ValueError, IndexError) as error:
        raise CannotRender(f"not an address: {error}") from error
    mail["Subject"] = _line(message.subject) or default_subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    text = plain(message)
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


def _line(text: str) -> str:
    """A header is one line; a line break in it would be another header."""
    return " ".join(text.split())
