"""What a connector reads out of a webhook, before it is stored. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.accounts import Account
from contract.message import Inbound

MORE = "more:"


@dataclass(frozen=True)
class Arrival:
    """Something that a person sent. vendor_id: the vendor's id of the event, unique with account and kind.

    vendor_at, vendor_seq: when, and as which of this account's events, by the vendor; turns follow that order.
    Of mail, content: the bytes of the file that came with it; thread: message_id, references, subject, at (ISO, UTC).
    """

    account: Account
    user_id: str
    vendor_id: str
    inbound: Inbound
    raw: Mapping[str, Any] | None = None
    vendor_at: datetime | None = None
    vendor_seq: int | None = None
    content: bytes | None = None
    thread: Mapping[str, str] | None = None


@dataclass(frozen=True)
class PageTurn:
    """A press on "more options": answered by the gateway itself with the rest of the list of that outbox row."""

    account: Account
    user_id: str
    vendor_id: str
    outbox_id: int
    start: int


@dataclass(frozen=True)
class StatusChange:
    """What became of a message of ours. callback: the outbox id that we had given along, where the vendor has it.

    part: 1, 2 … of an outbox row that went as several vendor messages; 0 for the last one, which speaks for the row.
    """

    account: Account
    vendor_id: str
    callback: str
    state: str
    part: int = 0
    at: datetime | None = None
    error_code: str = ""
    error: str = ""


@dataclass(frozen=True)
class Watermark:
    """All that went to this person before a moment was delivered, or read.

    at: that moment, of the vendor's clock; None: vendor_id names the last message of ours that it holds for.
    """

    account: Account
    user_id: str
    state: str
    at: datetime | None
    vendor_id: str = ""


@dataclass(frozen=True)
class Bounce:
    """A mail of ours came back. message_id: as we had given it; code: the status that the server told, 5.1.1."""

    account: Account
    outbox_id: int
    message_id: str
    code: str
    reason: str


@dataclass(frozen=True)
class TemplateNews:
    """What a vendor says of a template of an account's unit; an empty field says nothing new.

    state: its word for it, APPROVED, REJECTED …; at: when it became so. body: as the vendor has it.
    """

    account: Account
    name: str
    language: str
    vendor_id: str
    at: datetime
    state: str = ""
    reason: str = ""
    quality: str = ""
    category: str = ""
    body: str = ""


@dataclass(frozen=True)
class AccountNews:
    """What a vendor says of a number or of the business that owns it: quality, limits, a ban. field: of its webhook."""

    account: Account
    field: str
    what: Mapping[str, Any]


@dataclass(frozen=True)
class Renumbered:
    """A person goes on under another id of the vendor's."""

    account: Account
    old: str
    new: str


@dataclass(frozen=True)
class IntakeMail:
    """A mail of a person to a mailbox that takes vacancies, stored once by its message_id. raw: as it came."""

    account: Account
    message_id: str
    sender: str
    sender_name: str
    subject: str
    raw: bytes
    sent_at: datetime | None


@dataclass(frozen=True)
class Unreadable:
    """Kept as it came, with the reason; counted and shown to an administrator."""

    channel: str
    app: str
    reason: str
    body: bytes
    account_id: UUID | None = None


Event = (
    Arrival | PageTurn | StatusChange | Bounce | Watermark | Renumbered | TemplateNews | AccountNews | IntakeMail
    | Unreadable
)  # fmt: skip


def page_option(outbox_id: int, start: int) -> str:
    """Return the option id of "more options"."""
    return f"{MORE}{outbox_id}:{start}"


def arrival_or_page(arrival: Arrival) -> Event:
    """Turn a press on "more options" into what it is; anything else stays."""
    option = arrival.inbound.option_id
    if arrival.inbound.kind != "option" or not option.startswith(MORE):
        return arrival
    outbox_id, _, start = option[len(MORE) :].partition(":")
    if not (outbox_id.isascii() and outbox_id.isdigit() and start.isascii() and start.isdigit()):
        return arrival
    if len(outbox_id) > 18 or len(start) > 4:
        return arrival
    return PageTurn(arrival.account, arrival.user_id, arrival.vendor_id, int(outbox_id), int(start))
