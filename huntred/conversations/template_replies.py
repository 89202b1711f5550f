"""Approved templates that a consultant sends by hand, for when the vendor's window has closed.

They go through the chat's lane like any reply and through the same gates: one of marketing needs the person's yes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from contract.templates import SENDABLE_STATES
from huntred.conversations.errors import TemplateNotSendable
from huntred.conversations.handoff import say
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.languages import MAIN
from huntred.notifications.models import MessageTemplate
from huntred.notifications.templates import template_language

_LONGEST_VALUE = 200
_PLACE = re.compile(r"\{\{(\d+)\}\}")
# The one by which a template speaks to the candidate; others speak to interviewers, contacts or the managing partner.
_TO_THE_CANDIDATE = "first_name"


@dataclass(frozen=True)
class Parameter:
    """One value to fill in. name: of our own templates; "" where only the vendor knows it. sample: an example."""

    number: int
    name: str
    sample: str


@dataclass(frozen=True)
class TemplateChoice:
    """A template that may be sent to a candidate. language: as Meta says it. body: with {{1}}, {{2}} …"""

    id: UUID
    name: str
    language: str
    category: str
    body: str
    parameters: tuple[Parameter, ...]


def choices(uow: UnitOfWork, unit: str, language: str = MAIN) -> list[TemplateChoice]:
    """Return the unit's approved templates that speak to a candidate, those about their own affairs first.

    language: of the chat (ISO 639-1), whose templates come before all others.
    """
    nearest = template_language(language)
    rows = uow.session.scalars(
        select(MessageTemplate)
        .where(
            MessageTemplate.unit == unit,
            MessageTemplate.channel == "whatsapp",
            MessageTemplate.state.in_(SENDABLE_STATES),
            MessageTemplate.category != "AUTHENTICATION",
        )
        .order_by(MessageTemplate.category.desc(), MessageTemplate.name, MessageTemplate.language)
    )
    found = [choice for choice in map(_choice, rows) if choice is not None]
    # What takes a conversation up again first: it is what the others are looked through for.
    return sorted(
        found,
        key=lambda choice: (
            choice.language.partition("_")[0] != nearest,
            not any(parameter.name == "topic" for parameter in choice.parameters),
        ),
    )


def filled(choice: TemplateChoice, values: Sequence[str]) -> str:
    """Return the template's words with the values in their places."""
    return _PLACE.sub(lambda found: values[int(found[1]) - 1], choice.body)


def send_template_reply(
    uow: UnitOfWork,
    conversation_id: UUID,
    user_id: UUID,
    template_id: UUID,
    values: Mapping[int, str],
    *,
    now: datetime,
    message_id: str,
) -> bool:
    """Say a template in the name of the user who has the conversation; the same message_id again says nothing more.

    values: by number from 1. Raises TemplateNotSendable, NotTaken, FieldInvalid.
    """
    choice = next((one for one in choices(uow, uow.unit) if one.id == template_id), None)
    if choice is None:
        raise TemplateNotSendable(str(template_id))
    given = tuple(_value(values.get(parameter.number, "")) for parameter in choice.parameters)
    row = uow.session.get_one(MessageTemplate, template_id)
    return say(
        uow,
        conversation_id,
        user_id,
        filled(choice, given),
        {
            "template": {"name": row.name, "language": row.language, "values": list(given)},
            "purpose": "promotion" if row.category == "MARKETING" else "reply",
        },
        now=now,
        message_id=message_id,
    )


def _value(raw: str) -> str:
    # Meta takes no line breaks, tabs or more than four spaces in a row in a parameter.
    value = " ".join(raw.replace("\0", "").split())
    if not value:
        raise FieldInvalid("template_value", "missing")
    if len(value) > _LONGEST_VALUE:
        raise FieldInvalid("template_value", "too_long")
    return value


def _choice(row: MessageTemplate) -> TemplateChoice | None:
    known = row.components.get("parameters") or []
    if known and _TO_THE_CANDIDATE not in {parameter.get("name") for parameter in known}:
        return None
    count = max((int(number) for number in _PLACE.findall(row.body)), default=0)
    parameters = tuple(
        Parameter(
            number,
            str(known[number - 1].get("name", "")) if number <= len(known) else "",
            str(known[number - 1].get("sample", "")) if number <= len(known) else "",
        )
        for number in range(1, count + 1)
    )
    return TemplateChoice(row.id, row.name, row.language, row.category, row.body, parameters)
