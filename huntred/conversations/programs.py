"""What a program says in the name of its own people (C18).

Each has a chat of the unit's web account, like a visitor of the web chat, and what they say waits in the same lane.
A program's people are its own: it puts no words into the mouth of anybody who writes by another channel, nor of
another program's people.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contract.ids import new_id
from contract.masking import clean_typed, mask_secrets
from contract.message import Inbound
from huntred.conversations import repository
from huntred.conversations.errors import UnitNotOnChannel
from huntred.conversations.lane import EnteringKind, enter
from huntred.conversations.models import Chat, Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound

CHANNEL = "web"
LONGEST_TEXT = 4096


def person_of_program(client_id: UUID, user_id: str) -> str:
    """Return the id by which a program's person stands on the web account."""
    return f"api:{client_id}:{user_id}"


def hear(
    uow: UnitOfWork, unit: str, client_id: UUID, user_id: str, text: str, *, now: datetime, message_id: str,
    option_id: str = "",
) -> tuple[Chat, bool]:  # fmt: skip
    """Put what the person says into the lane of their chat, which is opened where it is their first word.

    Return the chat, and False where this message_id of theirs was heard before. option_id: of what was offered.
    Raises FieldInvalid, UnitNotOnChannel (the unit has no web account), and NotFound where the chat has gone on to a
    unit beyond this scope.
    """
    text = mask_secrets(text) if option_id else clean_typed(text)
    if not text.strip() and not option_id:
        raise FieldInvalid("text", "missing")
    account = repository.account_of(uow, unit, CHANNEL)
    if account is None:
        raise UnitNotOnChannel(f"{unit} on {CHANNEL}")
    user = person_of_program(client_id, user_id)
    uow.session.execute(
        insert(Chat)
        .values(id=new_id(), channel_account_id=account, channel=CHANNEL, user_id=user, unit=unit)
        .on_conflict_do_nothing(index_elements=["channel_account_id", "user_id"])
    )
    found = uow.session.scalar(select(Chat.id).where(Chat.channel_account_id == account, Chat.user_id == user))
    chat = repository.locked_chat(uow, found) if found else None
    if chat is None or chat.unit not in uow.scope.units:
        raise NotFound("chat")
    said = Inbound("option", text=text, option_id=option_id) if option_id else Inbound("text", text=text.strip())
    kind: EnteringKind = "option" if option_id else "text"
    heard = enter(uow, chat.id, kind, said, f"{user}:{message_id}", now=now, unit=chat.unit)
    if heard:
        chat.last_inbound_at = now
        conversation = uow.session.get(Conversation, chat.conversation_id) if chat.conversation_id else None
        if conversation is not None:
            conversation.last_inbound_at = now
        uow.session.flush()
    return chat, heard
