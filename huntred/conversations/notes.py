"""Internal notes: what the team tells itself about a conversation, and who is named in them. Never sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from huntred.access import rules
from huntred.access import service as access
from huntred.access.models import User
from huntred.applications import repository as applications
from huntred.conversations import repository
from huntred.conversations.events import ColleagueMentioned
from huntred.conversations.mentions import mentioned
from huntred.conversations.models import Conversation, ConversationNote, NoteMention
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit
from huntred.errors import FieldInvalid, NotFound

LONGEST = 4000


def write_note(
    uow: UnitOfWork, conversation_id: UUID, user_id: UUID, text: str, *, now: datetime
) -> ConversationNote:
    """Keep a note; whoever is named in it and may see the conversation hears of it. Raises NotFound, FieldInvalid."""
    text = text.replace("\0", "").strip()
    if not text:
        raise FieldInvalid("note", "missing")
    if len(text) > LONGEST:
        raise FieldInvalid("note", "too_long")
    conversation = repository.get(uow, conversation_id)
    note = ConversationNote(
        unit=conversation.unit, conversation_id=conversation_id, user_id=user_id, text=text, at=now
    )
    uow.session.add(note)
    uow.session.flush()
    for named in mentioned(text, colleagues(uow, conversation)):
        if named != user_id:
            mention = NoteMention(
                unit=conversation.unit, note_id=note.id, conversation_id=conversation_id, user_id=named, at=now
            )
            uow.session.add(mention)
            uow.session.flush()
            uow.record(ColleagueMentioned(mention.id), unit=conversation.unit)
    uow.session.flush()
    wake_after_commit(
        uow.session, "live", {"unit": conversation.unit, "conversation": str(conversation_id)}
    )
    return note


def colleagues(uow: UnitOfWork, conversation: Conversation) -> list[User]:
    """Return who may be named in a note: everybody that this scope sees and who may see the conversation."""
    divisions = applications.divisions_of_person(uow.session, conversation.unit, conversation.person_id)
    return [user for user in access.users(uow) if rules.works_in(user, conversation.unit, divisions)]


def notes_of(
    uow: UnitOfWork, conversation_id: UUID, *, since: datetime | None = None, until: datetime | None = None
) -> list[ConversationNote]:
    """Return a conversation's notes of a time, oldest first."""
    query = select(ConversationNote).where(ConversationNote.conversation_id == conversation_id)
    if since is not None:
        query = query.where(ConversationNote.at >= since)
    if until is not None:
        query = query.where(ConversationNote.at < until)
    return list(uow.session.scalars(query.order_by(ConversationNote.at, ConversationNote.id).limit(200)))


def tick_off(uow: UnitOfWork, mention_id: UUID, user_id: UUID, *, now: datetime) -> NoteMention:
    """The one who was named has seen it; a second time changes nothing. Raises NotFound, also for somebody else's."""
    mention = uow.session.get(NoteMention, mention_id, with_for_update=True)
    if mention is None or mention.user_id != user_id:
        raise NotFound("mention")
    mention.seen_at = mention.seen_at or now
    uow.session.flush()
    return mention
