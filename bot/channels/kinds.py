"""What a connector tells about itself: each kind of event of its vendor, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of event. vendor: its name at the vendor. kept_as: the inbox kind, `status`, `quarantine` or "".

    answered: what the vendor gets at once. flow: what the conversation does with it; "" = nothing.
    """

    vendor: str
    kept_as: str
    answered: str
    flow: str


# What the conversation does with each kind of inbox row (INTENT_OF_KIND in bot/reading.py), whatever the channel.
FLOW: Mapping[str, str] = {
    "text": "read; an option's number, title or id picks it; several bubbles within the burst window are one turn",
    "option": "looked up among what was offered; an unknown or expired one is offered again",
    "image": "says that it was kept; asks for words",
    "audio": "says that it was kept; asks for words",
    "video": "says that it was kept; asks for words",
    "document": "says that it was kept; goes on with the profile",
    "location": "fills the place that was asked for, or counts as arrival at an interview",
    "contact": "thanks; offers an invitation to pass on",
    "sticker": "a friendly line",
    "reaction": "a friendly line",
    "edited": "asks to write it again",
    "deleted": "says that what was told stays, and how to erase it",
    "opened": "greeting and privacy notice; the code of an invitation is kept",
    "unknown": "says that it cannot be read; asks for words",
    "status": "the message's state moves forward",
    "page": "the gateway sends the rest of the list",
    "chat moves": "the chat goes on under the new number",
    "template": "the template's state follows; only an approved one is sent",
    "account": "kept with the account and shown to administrators",
    "vacancy": "no conversation: a person checks it among the imports",
    "quarantine": "",
    "": "",
}


def rows(kept: Mapping[str, str], answered: str = "200 after the commit") -> tuple[Kind, ...]:
    """Return a connector's rows. kept: vendor's kind → what it is kept as."""
    return tuple(Kind(vendor, kept_as, answered, FLOW[kept_as]) for vendor, kept_as in kept.items())
