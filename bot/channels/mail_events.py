"""Reads a raw mail into arrivals: what was written, each file, or that a mail of ours came back. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr, parsedate_to_datetime

from bot.accounts import Account
from bot.arrivals import Arrival, Bounce, Event, IntakeMail, Unreadable
from contract.mail import BROKEN, files_of, parse, written_in
from contract.message import Inbound, InboundKind, Media

CHANNEL = "email"
# Each kind of mail → what it is kept as (see bot/channels/kinds.py).
KINDS: Mapping[str, str] = {
    "text, HTML": "text", "image": "image", "audio": "audio", "video": "video", "any other file": "document",
    "bounce": "status", "automatic reply, mailing list, newsletter": "quarantine", "mail of our own": "quarantine",
    "forged sender (DMARC)": "quarantine", "unreadable": "quarantine", "empty mail": "unknown",
    "any mail of a person to a mailbox for vacancies": "vacancy",
}  # fmt: skip

_MOST_REFERENCES = 20
_ID = re.compile(r"<[^<>\s]{1,250}>")
_OURS = re.compile(r"<outbox-(\d{1,18})\.[0-9a-f]{16}@[^<>\s]+>")
_STATUS = re.compile(r"^Status:\s*([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_REASON = re.compile(r"^Diagnostic-Code:\s*(?:\w+;)?\s*(.+)", re.IGNORECASE | re.MULTILINE)
_ACTION = re.compile(r"^Action:\s*failed", re.IGNORECASE | re.MULTILINE)
_NO_PERSON = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|no-?responder|donotreply|bounces?)([+.-].*)?@", re.IGNORECASE
)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_LIST_HEADERS = ("List-Id", "List-Unsubscribe", "Feedback-ID")
_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")


def recipients(message: EmailMessage) -> list[str]:
    """Return whom it went to, lower case, the envelope's own address first where the server noted it."""
    found: list[str] = []
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"):
        for _, address in getaddresses([_text(value) for value in message.get_all(name, [])]):
            if "@" in address and address.lower() not in found:
                found.append(address.lower())
    return found


def read_mail(
    account: Account, app: str, raw: bytes, own: frozenset[str], *, fallback_id: str = "", at: datetime
) -> list[Event]:
    """Return what the mail says. own: addresses of ours. fallback_id: where it has no Message-ID. at: when it came."""
    try:
        message = parse(raw)
        sender = parseaddr(_text(message.get("From", "")))[1].lower()
        refusal, bounce = _no_person(message, sender, own), _bounce(account, message, raw)
        if bounce is not None:
            return [bounce]
        if refusal:
            return [Unreadable(CHANNEL, app, refusal, raw, account.id)]
        if account.purpose == "vacancies":
            return [_for_vacancies(account, message, sender, raw, fallback_id)]
        return _arrivals(account, message, sender, raw, fallback_id, at)
    except BROKEN as error:
        reason = f"not a mail that can be read: {type(error).__name__}: {error}"[:300]
        return [Unreadable(CHANNEL, app, reason, raw, account.id)]


def _no_person(message: EmailMessage, sender: str, own: frozenset[str]) -> str:
    """Return why nobody is answered: machines that write to each other never stop."""
    if "@" not in sender or len(sender) > 254:
        return "no sender"
    if sender in own:
        return "a mail of our own"
    if _NO_PERSON.match(sender):
        return f"automatic: {sender}"
    submitted = _text(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return f"automatic: Auto-Submitted {submitted}"
    if _text(message.get("Precedence", "")).strip().lower() in _BULK:
        return "automatic: Precedence"
    if _text(message.get("Return-Path", "<x>")).strip() == "<>":
        return "automatic: no return path"
    for name in (*_AUTO_HEADERS, *_LIST_HEADERS):
        if message.get(name) is not None:
            return f"automatic: {name}"
    # Only what our own server noted on top: further down anybody may have written it.
    checked = _text(message.get("Authentication-Results", "")).lower()
    if re.search(r"\bdmarc=fail\b", checked):
        return "forged: DMARC fails"
    return ""


def _bounce(account: Account, message: EmailMessage, raw: bytes) -> Event | None:
    """A delivery report about a mail of ours; its id is in the part of it that was sent back."""
    if message.get_content_type() != "multipart/report":
        return None
    text = raw.decode("utf-8", "replace")
    ours, failed = _OURS.search(text), _ACTION.search(text)
    if ours is None or failed is None:
        return None
    status, reason = _STATUS.search(text), _REASON.search(text)
    code = status.group(1) if status else "5.0.0"
    return Bounce(account, int(ours.group(1)), ours.group(0), code, reason.group(1).strip()[:300] if reason else code)


def _arrivals(
    account: Account, message: EmailMessage, sender: str, raw: bytes, fallback_id: str, at: datetime
) -> list[Event]:
    name = _name(message)
    given = _ID.search(_text(message.get("Message-ID", "")))
    message_id = _message_id(message, raw, fallback_id)
    subject = _subject(message)
    references = _ID.findall(_text(message.get("References", "") or message.get("In-Reply-To", "")))
    about = _ID.search(_text(message.get("In-Reply-To", "")))
    sent_at = _date(message)
    thread = {
        "message_id": message_id if given else "", "references": " ".join(references[-_MOST_REFERENCES:]),
        "subject": subject, "at": at.astimezone(timezone.utc).isoformat(),
    }  # fmt: skip
    text, files = written_in(message), files_of(message)
    if not text and not about and not re.match(r"(re|rv|fwd?)\s*:", subject, re.IGNORECASE):
        # Who writes into the subject only has written something all the same.
        text = subject
    events: list[Event] = []
    raw_event = {"message_id": message_id, "from": sender, "subject": subject}

    def arrive(kind: InboundKind, number: int, media: Media | None = None, content: bytes | None = None) -> None:
        inbound = Inbound(
            kind, text=text if kind == "text" else "", media=media, sender_name=name,
            about=about.group(0) if about else "", values={"subject": subject} if subject else {},
        )  # fmt: skip
        vendor_id = f"{message_id}#{number}" if number else message_id
        events.append(
            Arrival(account, sender, vendor_id, inbound, raw_event, sent_at, content=content, thread=thread)
        )

    if text:
        arrive("text", 0)
    for number, part in enumerate(files, 1):
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        file_name = " ".join((part.get_filename() or "").split())[:200]
        media = Media(f"{message_id}#{number}", part.get_content_type(), file_name, len(content))
        arrive(_kind(part.get_content_type()), number, media, content)
    if not events:
        arrive("unknown", 0)
    return events


def _for_vacancies(
    account: Account, message: EmailMessage, sender: str, raw: bytes, fallback_id: str
) -> IntakeMail:
    """Kept whole: what is in it is read by the app, out of reach of who can write to it."""
    return IntakeMail(
        account, _message_id(message, raw, fallback_id), sender, _name(message), _subject(message), raw, _date(message)
    )


def _name(message: EmailMessage) -> str:
    return parseaddr(_text(message.get("From", "")))[0][:200]


def _subject(message: EmailMessage) -> str:
    return " ".join(_text(message.get("Subject", "")).split())[:300]


def _message_id(message: EmailMessage, raw: bytes, fallback_id: str) -> str:
    given = _ID.search(_text(message.get("Message-ID", "")))
    return given.group(0) if given else fallback_id or f"<sha256.{hashlib.sha256(raw).hexdigest()}@none>"


def _kind(content_type: str) -> InboundKind:
    family = content_type.partition("/")[0]
    return {"image": "image", "audio": "audio", "video": "video"}.get(family, "document")  # type: ignore[return-value]


def _date(message: EmailMessage) -> datetime | None:
    try:
        found = parsedate_to_datetime(_text(message.get("Date", "")))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=timezone.utc)


def _text(value: object) -> str:
    return str(value).replace("\x00", "")
