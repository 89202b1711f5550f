"""Closing a conversation: out of the way until its person writes again, which opens it (bot/turn_writing.py)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huntred.conversations import repository
from huntred.conversations.errors import AlreadyTaken
from huntred.conversations.handoff import open_handoff, show
from huntred.conversations.models import Conversation
from huntred.db.unit_of_work import UnitOfWork


def close(
    uow: UnitOfWork, conversation_id: UUID, user_id: UUID, *, now: datetime, for_others: bool = False
) -> Conversation:
    """Close it; nothing is said to the person. A closed one stays as it is.

    for_others: also one that a colleague has, for who runs the unit. Raises NotFound, AlreadyTaken.
    """
    conversation, _ = repository.locked(uow, conversation_id)
    if conversation.handling == "closed":
        return conversation
    theirs = conversation.handling == "with_person" and conversation.assigned_to != user_id
    if theirs and not for_others:
        raise AlreadyTaken(str(conversation_id))
    handoff = open_handoff(uow, conversation_id)
    if handoff is not None:
        handoff.state = "closed"
        handoff.returned_at = now
    conversation.handling = "closed"
    conversation.assigned_to = None
    conversation.unread_count = 0
    # A turn that is in the middle of it is read again: what the person wrote meanwhile opens it.
    conversation.version = conversation.version + 1
    show(uow, conversation)
    return conversation
