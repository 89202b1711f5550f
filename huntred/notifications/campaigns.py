"""Says one thing to many who have agreed to it: rows of the lowest priority, which wait for each number's rate.

Whom it goes to is the caller's choice; who has not said yes to promotions on that channel is left out here, and looked
at once more by the gateway when its turn comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from contract.message import Message, TemplateUse
from contract.quiet_hours import of_unit
from contract.templates import SENDABLE_STATES
from huntred.conversations.models import Chat, ChatMessage, Conversation, OutboxRow
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit
from huntred.errors import FieldInvalid
from huntred.notifications.models import MessageTemplate
from huntred.units import service as units

_BATCH = 500
_SOURCE = "campaign"
PROMOTION = "promotion"


@dataclass(frozen=True)
class Recipient:
    """values: what fills {{1}}, {{2}} … of the template for this one."""

    conversation_id: UUID
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Started:
    """queued: wait to be sent. withheld: no consent, opted out, or in the hands of a person now. known: had it."""

    queued: int
    withheld: int
    known: int


def start_campaign(
    uow: UnitOfWork,
    key: str,
    template_name: str,
    audience: Iterable[Recipient],
    *,
    now: datetime,
    language: str = "es_MX",
) -> Started:
    """Queue an approved template of this unit for everybody in the audience; the same key again adds only who is new.

    In the unit's quiet hours it waits for their end. Raises FieldInvalid for a template that cannot be sent, or values
    that do not fill it.
    """
    template = uow.session.scalar(
        select(MessageTemplate).where(
            MessageTemplate.unit == uow.unit,
            MessageTemplate.name == template_name,
            MessageTemplate.language == language,
        )
    )
    if template is None or template.state not in SENDABLE_STATES:
        raise FieldInvalid("template", "unknown" if template is None else "not_approved")
    until = of_unit(units.get(uow, uow.unit).settings).until(now)
    queued = withheld = known = 0
    for batch in _batches(audience):
        reachable = _reachable(uow, [one.conversation_id for one in batch])
        rows = [
            _row(key, chat, conversation, _message(template, one.values), until)
            for one in batch
            for conversation, chat in (reachable.get(one.conversation_id, (None, None)),)
            if conversation is not None and chat is not None
        ]
        new = _put(uow, rows) if rows else 0
        queued, withheld, known = queued + new, withheld + len(batch) - len(rows), known + len(rows) - new
    if queued:
        wake_after_commit(uow.session, "outbox")
    return Started(queued, withheld, known)


def _batches(audience: Iterable[Recipient]) -> Iterator[list[Recipient]]:
    """Everybody once, a batch at a time."""
    fresh = _everybody_once(audience)
    while batch := list(islice(fresh, _BATCH)):
        yield batch


def _everybody_once(audience: Iterable[Recipient]) -> Iterator[Recipient]:
    seen: set[UUID] = set()
    for one in audience:
        if one.conversation_id not in seen:
            seen.add(one.conversation_id)
            yield one


def _reachable(uow: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, tuple[Conversation, Chat]]:
    found = uow.session.execute(
        select(Conversation, Chat)
        .join(Chat, Chat.id == Conversation.chat_id)
        .where(
            Conversation.id.in_(ids),
            Conversation.unit == uow.unit,
            Conversation.agreed.contains([PROMOTION]),
            ~Conversation.opted_out.contains([PROMOTION]),
            Conversation.handling.in_(("bot", "closed")),
        )
    )
    return {conversation.id: (conversation, chat) for conversation, chat in found}


def _message(template: MessageTemplate, values: tuple[str, ...]) -> Message:
    """The words where they may be said freely, and the template where they may not."""
    text = template.body
    if text.count("{{") != len(values):
        raise FieldInvalid("values", "wrong_number")
    for number, value in enumerate(values, 1):
        text = text.replace("{{" + str(number) + "}}", value)
    return Message("text", text=text, template=TemplateUse(template.name, template.language, values))


def _row(key: str, chat: Chat, conversation: Conversation, message: Message, until: datetime | None) -> dict[str, Any]:
    return {
        "unit": conversation.unit,
        "conversation_id": conversation.id,
        "chat_id": chat.id,
        "channel_account_id": chat.channel_account_id,
        "channel": chat.channel,
        "source": _SOURCE,
        "source_id": f"{key}:{conversation.id}",
        "ord": 0,
        "purpose": PROMOTION,
        "payload": message.as_json(),
        "priority": 0,
        "state": "held" if until else "waiting",
        "due": until,
    }


def _put(uow: UnitOfWork, rows: list[dict[str, Any]]) -> int:
    """Insert what is new, with its line in the history; return how many."""
    put = uow.session.execute(
        insert(OutboxRow)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["source", "source_id", "ord"])
        .returning(OutboxRow.id, OutboxRow.unit, OutboxRow.conversation_id, OutboxRow.payload)
    ).all()
    if not put:
        return 0
    said = [
        {
            "id": new_id(), "unit": row.unit, "conversation_id": row.conversation_id, "direction": "out",
            "author": "bot", "kind": "text", "text": row.payload["text"], "payload": row.payload, "outbox_id": row.id,
        }
        for row in put
    ]  # fmt: skip
    uow.session.execute(insert(ChatMessage).values(said))
    return len(put)
