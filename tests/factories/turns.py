"""Messages that people wrote, as a turn leaves them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contract.ids import new_id
from huntred.conversations.models import ChatMessage, Conversation
from tests.factories.desk import Desk


def wrote(
    desk: Desk, conversation: Conversation, text: str, intent: str | None, confidence: float = 0.3, *, at: datetime,
    **values: Any,
) -> ChatMessage:  # fmt: skip
    """One message of the conversation's person and what it was taken for."""
    message = ChatMessage(
        **({
            "id": new_id(), "unit": conversation.unit, "conversation_id": conversation.id, "direction": "in",
            "author": "person", "kind": "text", "text": text, "payload": {"kind": "text"}, "intent": intent,
            "confidence": f"{confidence:.3f}", "at": at,
        } | values)
    )  # fmt: skip
    desk.add(message)
    return message
