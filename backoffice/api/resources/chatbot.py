"""The assistant for programs (C18): where a person stands, what they say, and starting anew; paths as in the paper.

A program names a person as their channel does (a number, a chat's id), or as it calls them itself.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from backoffice import work
from backoffice.api import access
from backoffice.api.operations import operation
from backoffice.api.resources.conversations import Handling
from backoffice.api.values import (
    CHANNEL_USER,
    Channel,
    ChannelUser,
    Given,
    Line,
    Name,
    Query,
    Time,
    Told,
    text,
)
from huntred.conversations import programs, resetting, service, standing
from huntred.conversations.models import Chat, Conversation, UnitReset
from huntred.errors import NotFound

ProgramUser = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9@+._-]{0,63}$")]
MessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
OptionId = text(64)
Text4096 = text(programs.LONGEST_TEXT)


class StateQuery(Query):
    """unit, channel: where the same id stands in several; otherwise the conversation that moved last is told."""

    unit: Line = ""
    channel: Channel | Literal[""] = ""


class ContextTold(Told):
    """flow: the form that is open. goal, asked: what the person is here for, and what was asked of them last."""

    flow: str | None
    goal: str | None
    asked: str | None
    vacancy_id: str | None
    application_id: str | None
    interview_id: str | None


class OptionTold(Told):
    id: str
    title: str


class StateTold(Told):
    """conversation_id: as in /api/v1/conversations; null until the first message was handled.

    waiting_messages: of the person, not handled yet. options: what may be chosen now.
    """

    user_id: str
    unit: str
    channel: str
    conversation_id: UUID | None
    handling: Handling
    language: str
    current_step: str
    context: ContextTold
    options: list[OptionTold]
    message_count: int
    waiting_messages: int
    last_activity_at: Time | None
    last_inbound_at: Time | None


def find(user_id: str, unit: str, channel: str) -> tuple[Chat, Conversation | None]:
    """Return the chat of a person and its conversation, of the token's units. Raises NotFound."""
    if not re.fullmatch(CHANNEL_USER, user_id) or (unit and unit not in access.caller().units):
        raise NotFound("chat")
    named = (user_id, programs.person_of_program(access.caller().client_id, user_id))
    return standing.find(work.current_work(), named, unit=unit, channel=channel)


@operation("GET", "/api/chatbot/state/<user_id>/", "conversations:read", query=StateQuery, answer=StateTold)
def get_chat_state(user_id: str, query: StateQuery) -> StateTold:
    return _told(user_id, *find(user_id, query.unit, query.channel))


def _told(user_id: str, chat: Chat, row: Conversation | None) -> StateTold:
    found = standing.standing(work.current_work(), chat, row, now=work.now())
    return StateTold(
        user_id=user_id, unit=row.unit if row else chat.unit, channel=chat.channel,
        conversation_id=row.id if row else None, handling=row.handling if row else "bot",
        language=row.language if row else "es", current_step=row.current_step if row else "",
        context=ContextTold(**{name: found.context.get(name) for name in ContextTold.model_fields}),
        options=[OptionTold(id=id_, title=title) for id_, title in found.options],
        message_count=row.message_count if row else 0, waiting_messages=found.waiting,
        last_activity_at=(row.last_message_at or row.created_at) if row else chat.created_at,
        last_inbound_at=row.last_inbound_at if row else chat.last_inbound_at,
    )  # fmt: skip


class ResetGiven(Given):
    """unit, channel: as in the state."""

    user_id: ChannelUser
    unit: Line = ""
    channel: Channel | Literal[""] = ""


@operation("POST", "/api/chatbot/workflow/reset/", "conversations:write", body=ResetGiven, answer=StateTold)
def reset_chat(body: ResetGiven) -> StateTold:
    chat, conversation = find(body.user_id, body.unit, body.channel)
    if conversation is not None:
        service.reset(work.work_of(conversation.unit), conversation.id, now=work.now())
    return _told(body.user_id, chat, conversation)


class ResetAllGiven(Given):
    """confirm: the unit's code once more."""

    unit: Name
    confirm: Line


class ResetAllTold(Told):
    """conversations: how many there are. done: how many were reset so far."""

    id: UUID
    unit: str
    state: Literal["waiting", "running", "done"]
    conversations: int
    done: int
    asked_at: Time
    finished_at: Time | None


@operation(
    "POST", "/api/chatbot/workflow/reset-all/", "conversations:reset", body=ResetAllGiven, answer=ResetAllTold,
    status=202,
)  # fmt: skip
def reset_all_chats(body: ResetAllGiven) -> ResetAllTold:
    unit = access.unit_of_new(body.unit)
    return _told_all(resetting.ask(work.work_of(unit), body.confirm, None, now=work.now()))


@operation("GET", "/api/chatbot/workflow/reset-all/<uuid:id>/", "conversations:reset", answer=ResetAllTold)
def get_reset_of_all(id: UUID) -> ResetAllTold:
    return _told_all(resetting.get(work.current_work(), id))


def _told_all(reset: UnitReset) -> ResetAllTold:
    return ResetAllTold(
        id=reset.id, unit=reset.unit, state=reset.state, conversations=reset.total, done=reset.done,
        asked_at=reset.asked_at, finished_at=reset.finished_at,
    )  # fmt: skip


class MessageGiven(Given):
    """user_id: as the program calls its person. message_id: of the program; the same again is not said again.

    unit: needed where the token sees several. text, or option_id of what the state offers.
    """

    user_id: ProgramUser
    message_id: MessageId
    text: Text4096 = ""
    option_id: OptionId = ""
    unit: Name | None = None


class MessageTaken(Told):
    """stored: false where this message had come before. What is answered stands in the messages of the state's
    conversation_id, once waiting_messages is 0."""

    user_id: str
    unit: str
    message_id: str
    stored: bool


@operation(
    "POST", "/api/chatbot/message/", "conversations:write", body=MessageGiven, answer=MessageTaken, status=202
)
def post_chat_message(body: MessageGiven) -> MessageTaken:
    chat, stored = programs.hear(
        work.current_work(), access.unit_of_new(body.unit), access.caller().client_id, body.user_id, body.text,
        now=work.now(), message_id=body.message_id, option_id=body.option_id,
    )  # fmt: skip
    return MessageTaken(user_id=body.user_id, unit=chat.unit, message_id=body.message_id, stored=stored)
