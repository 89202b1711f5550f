"""Identifiers: UUIDv7 for what people and other systems see."""
from __future__ import annotations

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """Return a UUIDv7 (time-ordered, so that indexes stay compact) as a standard library UUID."""
    return UUID(int=uuid_utils.uuid7().int)


def sender_id(unit: str, conversation_id: UUID) -> str:
    """Return Rasa's sender id of a conversation: `<unit>:<conversation uuid>`."""
    return f"{unit}:{conversation_id}"


def split_sender_id(value: str) -> tuple[str, UUID]:
    """Return (unit, conversation id). Raises ValueError where the text is no sender id of ours."""
    unit, separator, conversation = value.partition(":")
    if not (unit and separator):
        raise ValueError(f"not a sender id: {value!r}")
    return unit, UUID(conversation)
