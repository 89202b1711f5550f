"""A raw mail taken apart: what was written in it, and the files that came with it. Pure."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage, MIMEPart

from contract.mail_text import from_html, written

# What Python's reader of mails raises for headers that no program writes; found by mutation.
BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, ArithmeticError)
MOST_FILES = 10
_PASSED_ON = re.compile(r"\s*(?:rv|fw|fwd|reenv|reenviado)\s*:", re.IGNORECASE)
_MARK = re.compile(
    r"Mensaje reenviado\s*-|Forwarded message\s*-|Inicio del mensaje reenviado|Begin forwarded message", re.IGNORECASE
)


def parse(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def is_forwarded(message: EmailMessage) -> bool:
    """Whether it passes on an older mail, by its subject or by the mark that programs put before that."""
    if _PASSED_ON.match(str(message.get("Subject", ""))):
        return True
    parts = (message.get_body(("plain",)), message.get_body(("html",)))
    return any(part is not None and _MARK.search(_content(part)) for part in parts)


def written_in(message: EmailMessage, *, forwarded: bool = False) -> str:
    """Return what was newly written. forwarded: with what was forwarded below it."""
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    if page is not None:
        text = written(from_html(_content(page), forwarded=forwarded), forwarded=forwarded)
        if text or plain is None:
            return text
    return written(_content(plain), forwarded=forwarded) if plain is not None else ""


def _content(part: MIMEPart) -> str:
    """Return the part's text; a character set that nobody knows is read as Latin-1."""
    try:
        return str(part.get_content())
    except (LookupError, KeyError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("latin-1") if isinstance(payload, bytes) else ""


def files_of(message: EmailMessage) -> list[EmailMessage]:
    """Return what was attached; pictures that stand inside the text (logos, signatures) are not."""
    body = {id(part) for part in (message.get_body(("plain",)), message.get_body(("html",))) if part is not None}
    found: list[EmailMessage] = []
    for part in message.walk():
        if part.is_multipart() or id(part) in body or not isinstance(part, EmailMessage):
            continue
        disposition = part.get_content_disposition()
        inside = part.get("Content-ID") is not None and disposition != "attachment"
        if disposition == "attachment" or (part.get_filename() and not inside):
            found.append(part)
    return found[:MOST_FILES]
