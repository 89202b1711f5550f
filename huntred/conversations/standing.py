"""Where a person stands with a unit (C14), found by the id that they have on their channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from contract import tables
from huntred.conversations.models import ChannelAccount, Chat, Conversation, InboxRow
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound

# Of the dialogue's slots those that say what is going on; never what the person told of themselves.
CONTEXT_SLOTS = ("goal", "asked", "vacancy_id", "application_id", "interview_id")


@dataclass(frozen=True)
class Standing:
    """conversation: none until the first message was handled. waiting: messages of theirs not handled yet.

    context: `flow` (the form that is open) and the slots of CONTEXT_SLOTS that are set.
    options: (id, title) of what may be chosen now, in the order in which it was offered.
    """

    chat: Chat
    conversation: Conversation | None
    waiting: int
    context: Mapping[str, str]
    options: Sequence[tuple[str, str]]


def find(
    uow: UnitOfWork, user_ids: Sequence[str], *, unit: str = "", channel: str = ""
) -> tuple[Chat, Conversation | None]:
    """Return the person's chat that moved last and its conversation with a unit of this scope. Raises NotFound.

    user_ids: as their channel has them; an account each way, for the same id may be known to several.
    """
    seen = [unit] if unit else list(uow.scope.units)
    # By account and user, as the unique index has it: no chat of anybody else is looked at.
    accounts = list(uow.session.scalars(select(ChannelAccount.id)))
    wanted = (
        select(Chat, Conversation)
        .outerjoin(Conversation, (Conversation.chat_id == Chat.id) & Conversation.unit.in_(seen))
        .where(
            Chat.channel_account_id.in_(accounts), Chat.user_id.in_(list(user_ids)),
            Conversation.id.is_not(None) | (Chat.unit.in_(seen) & Chat.conversation_id.is_(None)),
        )
        .order_by(func.coalesce(Conversation.last_message_at, Conversation.created_at, Chat.created_at).desc(), Chat.id)
        .limit(1)
    )  # fmt: skip
    if channel:
        wanted = wanted.where(Chat.channel == channel)
    found = uow.session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound("chat")
    return found[0], found[1]


def standing(uow: UnitOfWork, chat: Chat, conversation: Conversation | None, *, now: datetime) -> Standing:
    """Return what `find` found with everything around it."""
    waiting = uow.session.scalar(
        select(func.count()).select_from(InboxRow).where(
            InboxRow.chat_id == chat.id, InboxRow.state == "waiting",
            InboxRow.kind.not_in(("notice", "consultant")),
        )
    )  # fmt: skip
    if conversation is None:
        return Standing(chat, None, waiting or 0, {}, ())
    return Standing(
        chat, conversation, waiting or 0, _context(uow, conversation), _options(uow, conversation, now)
    )


def _context(uow: UnitOfWork, conversation: Conversation) -> dict[str, str]:
    events = tables.tracker_events.c
    what, value = events.event["name"].astext, events.event["value"].astext
    # A loop that ends is an event without a name: the last one counts, whichever it is.
    key = case((events.name == "active_loop", "flow"), else_=what)
    # As the assistant itself reads them: from the start of the current session on.
    began = (
        select(func.coalesce(func.max(events.seq), 0))
        .where(events.conversation_id == conversation.id, events.name == "session_started")
        .scalar_subquery()
    )
    rows = uow.session.execute(
        select(key, case((events.name == "active_loop", what), else_=value))
        .where(
            events.conversation_id == conversation.id, events.seq >= began,
            (events.name == "active_loop") | ((events.name == "slot") & what.in_(CONTEXT_SLOTS)),
        )
        .order_by(events.seq)
    )
    latest: dict[str, str | None] = {}
    for name, said in rows:
        latest[name] = said
    return {name: said for name, said in latest.items() if said}


def _options(uow: UnitOfWork, conversation: Conversation, now: datetime) -> list[tuple[str, str]]:
    offered = tables.offered_options.c
    rows = uow.session.execute(
        select(offered.option_id, offered.title)
        .where(offered.conversation_id == conversation.id, offered.ord > 0, offered.expires_at > now)
        .order_by(offered.ord)
    )
    return [(row.option_id, row.title) for row in rows]
