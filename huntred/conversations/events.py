"""What happens to conversations."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.events.types import Event


@dataclass(frozen=True)
class HandoffRequested(Event):
    handoff_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class HandoffTaken(Event):
    handoff_id: UUID
    conversation_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class HandoffReturned(Event):
    handoff_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class HandoffTimedOut(Event):
    handoff_id: UUID
    conversation_id: UUID


@dataclass(frozen=True)
class HandoffEscalated(Event):
    """A level of the team is to be told that somebody waits. Once for each handoff and level."""

    step_id: UUID


@dataclass(frozen=True)
class ColleagueMentioned(Event):
    """Somebody of the team was named in a note."""

    mention_id: UUID


@dataclass(frozen=True)
class TeamMemberWrote(Event):
    """One of the team wrote to a bot of ours on their own Telegram. Stored by the gateway (bot/team_chats.py).

    vendor_id: of the message. code: that links them, where they sent one.
    """

    account_id: UUID
    telegram_user_id: str
    vendor_id: str
    code: str = ""


@dataclass(frozen=True)
class MessagePutAside(Event):
    """It failed three times by its own fault; the person was told so. Stored by the turn (bot/lane.py)."""

    inbox_id: int
    conversation_id: UUID


@dataclass(frozen=True)
class UnitChanged(Event):
    """A chat goes on with another unit. Recorded in the unit that was left."""

    chat_id: UUID
    from_unit: str
    to_unit: str
    conversation_id: UUID


@dataclass(frozen=True)
class MediaStored(Event):
    """A file that somebody sent was fetched and kept. Stored by the gateway."""

    media_id: UUID
    chat_id: UUID
    inbox_id: int
    kind: str
    name: str = ""
    content_type: str = ""


@dataclass(frozen=True)
class MediaRefused(Event):
    """A file that somebody sent was not kept. code: why, see `huntred/notifications/media.yml`. By the gateway."""

    media_id: UUID
    chat_id: UUID
    inbox_id: int
    kind: str
    name: str = ""
    code: str = ""
