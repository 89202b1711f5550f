"""What may be sent to whom and when, before any vendor is asked. Pure.

Opt-outs, consent, quiet hours, forbidden channels, and the vendors' windows after the person's last message.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.message import Message
from contract.quiet_hours import QuietHours
from contract.service_window import HUMAN_TAGGED, HUMAN_WINDOW, MARGIN, WINDOW, WINDOWED

# Meta prohibits adult services; house policy keeps this unit to the channels that allow them.
_CHANNELS_OF = {"sexsi": frozenset({"telegram", "web", "email"})}
_UNASKED = frozenset({"notice", "promotion"})
# While a person of the team talks with somebody, or they wait for one, no promotion interrupts (C12).
_WITH_A_PERSON = frozenset({"queued", "with_person"})
_NEXT_LOOK = timedelta(minutes=15)


@dataclass(frozen=True)
class Send:
    """It may go. as_template: only as the approved template that it names. human_agent: as a person's own words."""

    as_template: bool = False
    human_agent: bool = False


@dataclass(frozen=True)
class Wait:
    """It may go, but not before."""

    until: datetime


@dataclass(frozen=True)
class Refuse:
    """It must not go. code: for programs, with a text in reasons.yml for people who look why."""

    code: str


def decide(
    *,
    unit: str,
    channel: str,
    purpose: str,
    source: str,
    message: Message,
    opted_out: Collection[str],
    agreed: Collection[str],
    handling: str,
    quiet: QuietHours,
    last_inbound_at: datetime | None,
    now: datetime,
) -> Send | Wait | Refuse:
    """Tell whether this message may go over this channel now, and as what.

    source: whose words they are (`consultant`: a person's). agreed: what the person has said yes to, of promotions.
    handling: who has the conversation; "" where there is none.
    """
    allowed = _CHANNELS_OF.get(unit)
    if allowed is not None and channel not in allowed:
        return Refuse("channel_forbidden")
    if purpose in _UNASKED and purpose in opted_out and channel != "email":
        return Refuse("opted_out")
    if purpose == "promotion" and purpose not in agreed:
        return Refuse("no_consent")
    if purpose == "promotion" and handling in _WITH_A_PERSON:
        return Wait(now + _NEXT_LOOK)
    if purpose in _UNASKED and purpose in quiet.purposes:
        until = quiet.until(now)
        if until is not None:
            return Wait(until)
    if channel not in WINDOWED:
        return Send()
    if message.kind == "template" and channel == "whatsapp":
        return Send(as_template=True)
    since = None if last_inbound_at is None else now - last_inbound_at + MARGIN
    if since is not None and since < WINDOW:
        return Send()
    if channel in HUMAN_TAGGED:
        if source == "consultant" and since is not None and since < HUMAN_WINDOW:
            return Send(human_agent=True)
        return Refuse("outside_window")
    if message.template is not None:
        return Send(as_template=True)
    return Refuse("outside_window")
