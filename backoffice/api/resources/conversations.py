"""Conversations: list, read, and what was said, masked as it is kept. Replying is for the people of the inbox."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlalchemy import select

from backoffice import work
from backoffice.api.operations import Listed, operation
from backoffice.api.values import Line, PageQuery, Time, Told
from huntred.conversations import repository
from huntred.conversations.models import Conversation
from huntred.conversations.repository import SaidMessage
from huntred.people.models import UnitProfile

Handling = Literal["bot", "queued", "with_person", "closed"]


class ConversationsQuery(PageQuery):
    """handling: all unless one is named. Those that wait come all at once, the longest first."""

    handling: Handling | Literal[""] = ""
    text: Line = ""


class ConversationTold(Told):
    """person_id: as in /people; null until the person told something."""

    id: UUID
    unit: str
    channel: str
    person_id: UUID | None
    handling: Handling
    assigned_to: UUID | None
    language: str
    current_step: str
    message_count: int
    last_text: str
    last_message_at: Time | None
    last_inbound_at: Time | None
    created_at: Time


class MessageTold(Told):
    """delivery: how far what went out has come; empty for what came in."""

    id: UUID
    direction: Literal["in", "out"]
    author: str
    kind: str
    text: str
    delivery: str
    at: Time


def conversations_told(rows: list[Conversation]) -> list[ConversationTold]:
    """With the profiles of their people, in one query."""
    wanted = [row.person_id for row in rows if row.person_id]
    found = work.current_work().session.execute(
        select(UnitProfile.person_id, UnitProfile.unit, UnitProfile.id).where(UnitProfile.person_id.in_(wanted))
    )
    profiles = {(person_id, unit): profile_id for person_id, unit, profile_id in found}
    return [
        ConversationTold(
            id=row.id, unit=row.unit, channel=row.channel,
            person_id=profiles.get((row.person_id, row.unit)) if row.person_id else None,
            handling=row.handling, assigned_to=row.assigned_to, language=row.language,
            current_step=row.current_step, message_count=row.message_count, last_text=row.last_text,
            last_message_at=row.last_message_at, last_inbound_at=row.last_inbound_at, created_at=row.created_at,
        )
        for row in rows
    ]  # fmt: skip


def message_told(one: SaidMessage) -> MessageTold:
    return MessageTold(
        id=one.message.id, direction=one.message.direction, author=one.message.author, kind=one.message.kind,
        text=one.message.text, delivery=one.delivery, at=one.message.at,
    )  # fmt: skip


@operation(
    "GET", "/api/v1/conversations", "conversations:read", query=ConversationsQuery, answer=ConversationTold, many=True
)
def list_conversations(query: ConversationsQuery) -> Listed:
    page = repository.page(
        work.current_work(), handling=query.handling, text=query.text, cursor=query.cursor, limit=query.limit
    )
    return Listed(conversations_told([row.conversation for row in page.items]), page.next_cursor)


@operation("GET", "/api/v1/conversations/<uuid:id>", "conversations:read", answer=ConversationTold)
def get_conversation(id: UUID) -> ConversationTold:
    return conversations_told([repository.get(work.current_work(), id)])[0]


@operation(
    "GET", "/api/v1/conversations/<uuid:id>/messages", "conversations:read", query=PageQuery, answer=MessageTold,
    many=True,
)  # fmt: skip
def list_messages(id: UUID, query: PageQuery) -> Listed:
    conversation = repository.get(work.current_work(), id)
    page = repository.messages_of(work.current_work(), conversation.id, cursor=query.cursor, limit=query.limit)
    return Listed([message_told(one) for one in page.items], page.next_cursor)
