"""What may be sent to whom, before any vendor is asked: opt-outs, forbidden channels, WhatsApp's 24 h window. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.message import Message

WINDOW = timedelta(hours=24)
# Our clock may be behind Meta's: in the last seconds a template is the safe way.
_MARGIN = timedelta(seconds=30)
# Meta prohibits adult services; house policy keeps this unit to the channels that allow them.
_CHANNELS_OF = {"sexsi": frozenset({"telegram", "web", "email"})}
_ASKED_FOR = frozenset({"reply", "code"})


@dataclass(frozen=True)
class Send:
    """It may go; as_template: only as the approved template that it names."""

    as_template: bool = False


@dataclass(frozen=True)
class Refuse:
    """It must not go. code: for programs, reason: for people who look why."""

    code: str
    reason: str


def decide(
    *,
    unit: str,
    channel: str,
    purpose: str,
    message: Message,
    opted_out: Collection[str],
    last_inbound_at: datetime | None,
    now: datetime,
) -> Send | Refuse:
    """Tell whether this message may go over this channel now, and as what."""
    allowed = _CHANNELS_OF.get(unit)
    if allowed is not None and channel not in allowed:
        return Refuse("channel_forbidden", f"the unit {unit} never sends over {channel}")
    if purpose not in _ASKED_FOR and purpose in opted_out and channel != "email":
        return Refuse("opted_out", f"the person has opted out of {purpose} on this channel")
    if channel != "whatsapp":
        return Send()
    if message.kind == "template":
        return Send(as_template=True)
    if last_inbound_at is not None and now - last_inbound_at < WINDOW - _MARGIN:
        return Send()
    if message.template is not None:
        return Send(as_template=True)
    return Refuse("outside_window", "more than 24 h since the person last wrote, and the message names no template")
