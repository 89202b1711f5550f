"""Notes on each message of a person how it sounds (C15); shown to consultants, and used for nothing else."""

from __future__ import annotations

from sqlalchemy import select

from huntred.conversations.models import ChatMessage
from huntred.conversations.ports import SentimentReader
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit

_AT_ONCE = 500


def read_new(uow: UnitOfWork, reader: SentimentReader) -> int:
    """Read what this unit's people wrote and nobody has read yet, the latest first; return how many."""
    unread = uow.session.scalars(
        select(ChatMessage)
        .where(
            ChatMessage.unit == uow.unit,
            ChatMessage.sentiment.is_(None),
            ChatMessage.author == "person",
            ChatMessage.text != "",
        )
        .order_by(ChatMessage.id.desc())
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for message in unread:
        message.sentiment = reader.read(message.text)
    uow.session.flush()
    if unread:
        wake_after_commit(uow.session, "live")
    return len(unread)
