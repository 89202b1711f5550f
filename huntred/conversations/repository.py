"""Queries over chats, conversations and what was said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_

from huntred.conversations.models import ChannelAccount, Chat, ChatMessage, Conversation, Handoff, OutboxRow
from huntred.db.each import first_of_each, pages
from huntred.db.lanes import Lanes, first
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.pages import Page, read_cursor, write_cursor
from huntred.people.models import UnitProfile
from huntred.search import narrowing

_MOST = 200
# In so many of the latest conversations what was said last is looked through too.
_LATEST = 500
_MOVED = func.coalesce(Conversation.last_message_at, Conversation.created_at)


@dataclass(frozen=True)
class ConversationRow:
    """One line of the list. waiting_since: of an open handoff that nobody has taken."""

    conversation: Conversation
    chat: Chat
    waiting_since: datetime | None


@dataclass(frozen=True)
class SaidMessage:
    """One message as people read it, and how far it got (empty for what came in)."""

    message: ChatMessage
    delivery: str
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    error: str


# Of a division each conversation that is counted is looked up; more than this tells nobody anything new.
MOST_COUNTED = 100


def get(uow: UnitOfWork, conversation_id: UUID) -> Conversation:
    """Raises NotFound."""
    conversation = uow.session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound("conversation")
    return conversation


def of_chat(uow: UnitOfWork, chat_id: UUID) -> Conversation | None:
    """Return this unit's conversation of a chat; none where it has none."""
    return uow.session.scalar(
        select(Conversation).where(Conversation.chat_id == chat_id, Conversation.unit == uow.unit)
    )


def locked(uow: UnitOfWork, conversation_id: UUID) -> tuple[Conversation, Chat]:
    """Return conversation and chat, both locked, the chat first as everywhere. Raises NotFound."""
    chat = locked_chat(uow, get(uow, conversation_id).chat_id)
    conversation = uow.session.get_one(Conversation, conversation_id, with_for_update=True, populate_existing=True)
    return conversation, chat


def kept(uow: UnitOfWork, conversation_id: UUID) -> tuple[Conversation, Chat]:
    """Return conversation and chat as they are now; until the end nobody locks the chat whole. Raises NotFound."""
    conversation = get(uow, conversation_id)
    chat = uow.session.get_one(
        Chat, conversation.chat_id, with_for_update={"read": True, "key_share": True}, populate_existing=True
    )
    uow.session.refresh(conversation)
    return conversation, chat


def locked_chat(uow: UnitOfWork, chat_id: UUID) -> Chat:
    """Return the chat, locked; only the columns that the app writes travel back. Raises NotFound."""
    chat = uow.session.get(Chat, chat_id, with_for_update=True, populate_existing=True)
    if chat is None:
        raise NotFound("chat")
    return chat


def latest_of_person(uow: UnitOfWork, unit: str, person_id: UUID) -> Conversation | None:
    """Return the conversation with a unit in which the person wrote last: notices go there."""
    return uow.session.scalar(
        select(Conversation)
        .where(Conversation.unit == unit, Conversation.person_id == person_id)
        .order_by(Conversation.last_inbound_at.desc().nulls_last(), Conversation.id.desc())
        .limit(1)
    )


def of_person(uow: UnitOfWork, person_id: UUID) -> list[Conversation]:
    """Return the person's conversations that this scope may see, latest first."""
    query = select(Conversation).where(Conversation.person_id == person_id)
    return list(uow.session.scalars(query.order_by(Conversation.last_message_at.desc().nulls_last())))


def account_of(uow: UnitOfWork, unit: str, channel: str) -> UUID | None:
    """Return the unit's active account of a channel."""
    return uow.session.scalar(
        select(ChannelAccount.id)
        .where(
            ChannelAccount.unit == unit, ChannelAccount.channel == channel, ChannelAccount.active,
            ChannelAccount.purpose == "chat",
        )
        .order_by(ChannelAccount.created_at, ChannelAccount.id)
        .limit(1)
    )


def addresses_of(uow: UnitOfWork, unit: str) -> dict[str, str]:
    """Return channel → what people dial of a unit's active accounts."""
    rows = uow.session.execute(
        select(ChannelAccount.channel, ChannelAccount.address)
        .where(
            ChannelAccount.unit == unit, ChannelAccount.active, ChannelAccount.address != "",
            ChannelAccount.purpose == "chat",
        )
        .order_by(ChannelAccount.created_at.desc())
    )
    return {row.channel: row.address for row in rows}


def page(
    uow: UnitOfWork,
    *,
    handling: str = "",
    user_id: UUID | None = None,
    text: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Page[ConversationRow]:
    """List conversations, the one that moved last first; of those that wait the one that waits longest.

    handling: `bot`, `queued`, `with_person`, `closed`, `mine` (of user_id), or empty for all.
    """
    limit = max(1, min(limit, _MOST))
    lanes = (Conversation.unit, uow.scope.units)
    wanted = select(Conversation)
    if handling == "mine":
        wanted = wanted.where(Conversation.handling == "with_person", Conversation.assigned_to == user_id)
    elif handling:
        wanted = wanted.where(Conversation.handling == handling)
    if text.strip():
        wanted = _with_text(uow, wanted, lanes, text)
    if handling == "queued":
        oldest = _in_full(wanted).order_by(Handoff.requested_at, Conversation.id).limit(_MOST)
        return Page([ConversationRow(*row) for row in uow.session.execute(oldest)])
    after = read_cursor(cursor)
    query = _in_full(first(wanted, _MOVED, Conversation.id, lanes, after, limit + 1, sparse=bool(text.strip())))
    rows = [ConversationRow(*row) for row in uow.session.execute(query)]
    shown = rows[:limit]
    if len(rows) <= limit:
        return Page(shown)
    last = shown[-1].conversation
    return Page(shown, write_cursor(last.last_message_at or last.created_at, last.id))


def totals(uow: UnitOfWork, user_id: UUID) -> dict[str, int]:
    """handling → how many, counted up to MOST_COUNTED; `mine` are this user's."""
    asked = {handling: Conversation.handling == handling for handling in ("bot", "queued", "with_person", "closed")}
    asked["mine"] = asked["with_person"] & (Conversation.assigned_to == user_id)
    counted = select(func.count())
    return {
        name: uow.session.scalar(
            counted.select_from(select(Conversation.id).where(wanted).limit(MOST_COUNTED).subquery())
        ) or 0
        for name, wanted in asked.items()
    }  # fmt: skip


def _in_full(query: Select[Conversation]) -> Select[Conversation, Chat, datetime]:
    """With the chat, and since when somebody waits."""
    return (
        query.join(Chat, Chat.id == Conversation.chat_id)
        .outerjoin(Handoff, (Handoff.conversation_id == Conversation.id) & (Handoff.state == "queued"))
        .add_columns(Chat, Handoff.requested_at)
    )


def _with_text(uow: UnitOfWork, query: Select[Conversation], lanes: Lanes, text: str) -> Select[Conversation]:
    """Whoever is called so, whatever the accents, or has that number; or what was said last in the latest ones."""
    typed = narrowing.typed(text)
    words = typed.words if typed else ()
    named = narrowing.ids(uow.session, "talk", typed) if typed else []
    latest = first(query, _MOVED, Conversation.id, lanes, None, _LATEST).with_only_columns(
        Conversation.id, Conversation.last_text
    ).subquery("latest")  # fmt: skip
    said = uow.session.scalars(select(latest.c.id).where(latest.c.last_text.icontains(text, autoescape=True))).all()
    if named is not None:
        return query.where(narrowing.among(Conversation.id, [*dict.fromkeys([*named, *said])]))
    name = func.app_fold(
        func.concat_ws(
            " ", Chat.user_name, UnitProfile.first_name, UnitProfile.last_name, UnitProfile.second_last_name
        )
    )
    of_person = (UnitProfile.person_id == Conversation.person_id) & (UnitProfile.unit == Conversation.unit)
    # A value and not whether there is one: for that PostgreSQL would first gather all chats that are called so.
    called = (
        select(narrowing.in_text(name, words))
        .select_from(Chat)
        .outerjoin(UnitProfile, of_person)
        .where(Chat.id == Conversation.chat_id)
        .correlate(Conversation)
        .scalar_subquery()
    )
    return query.where(or_(called, Conversation.id.in_(said)))


def messages_of(
    uow: UnitOfWork, conversation_id: UUID, *, cursor: str = "", limit: int = 100
) -> Page[SaidMessage]:
    """Return messages newest first; the cursor leads further back."""
    limit = max(1, min(limit, _MOST))
    query = (
        select(ChatMessage, OutboxRow)
        .outerjoin(OutboxRow, OutboxRow.id == ChatMessage.outbox_id)
        .where(ChatMessage.conversation_id == conversation_id)
        .order_by(ChatMessage.at.desc(), ChatMessage.id.desc())
        .limit(limit + 1)
    )
    after = read_cursor(cursor)
    if after:
        query = query.where(tuple_(ChatMessage.at, ChatMessage.id) < tuple_(*after))
    rows = [_said(message, out) for message, out in uow.session.execute(query)]
    shown = rows[:limit]
    if len(rows) <= limit:
        return Page(shown)
    return Page(shown, write_cursor(shown[-1].message.at, shown[-1].message.id))


def messages_of_each(
    uow: UnitOfWork, conversation_ids: Sequence[UUID], *, cursor: str = "", limit: int = 100
) -> dict[UUID, Page[SaidMessage]]:
    """Return conversation → what `messages_of` tells of it, in one query."""
    limit = max(1, min(limit, _MOST))
    query = (
        first_of_each(ChatMessage, ChatMessage.conversation_id, ChatMessage.at, conversation_ids, cursor, limit)
        .outerjoin(OutboxRow, OutboxRow.id == ChatMessage.outbox_id)
        .add_columns(OutboxRow)
    )
    rows = [(parent, _said(message, out)) for parent, message, out in uow.session.execute(query)]
    return pages(rows, conversation_ids, lambda said: (said.message.at, said.message.id), limit)


def waiting_handoffs(uow: UnitOfWork) -> list[Handoff]:
    """Handoffs that nobody has taken, the longest wait first."""
    return list(
        uow.session.scalars(select(Handoff).where(Handoff.state == "queued").order_by(Handoff.requested_at))
    )


def _said(message: ChatMessage, out: OutboxRow | None) -> SaidMessage:
    if out is None:
        return SaidMessage(message, "", None, None, None, "")
    return SaidMessage(message, out.state, out.sent_at, out.delivered_at, out.read_at, out.error or "")
