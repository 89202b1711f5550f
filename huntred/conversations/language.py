"""In which language somebody is told something in their chat."""

from __future__ import annotations

from huntred.conversations.models import Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.languages import MAIN
from huntred.units import service as units


def language_of(uow: UnitOfWork, conversation: Conversation | None) -> str:
    """Return the chat's language (ISO 639-1) where its unit speaks it; else, and where there is no chat, Spanish."""
    if conversation is None or conversation.language == MAIN:
        return MAIN
    return units.spoken(units.get(uow, conversation.unit), conversation.language)
