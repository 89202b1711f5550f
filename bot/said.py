"""What the bot says in a turn: Rasa's responses as vendor-neutral messages, and the options that they offer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rasa.core.channels.channel import OutputChannel

from contract.message import Message, Option, TemplateUse

_MAX_ID_BYTES = 64


class BadPayload(ValueError):
    """A button's payload is not `/intent` or `/intent{"entity": value}`."""


@dataclass(frozen=True)
class Offer:
    """An option with what choosing it means. entities: name → value; description: what stands below its title."""

    id: str
    title: str
    intent: str
    entities: dict[str, Any]
    description: str = ""


@dataclass(frozen=True)
class Said:
    """One message of a turn. source: turn, notice or consultant. user_id: of the consultant who wrote it."""

    message: Message
    offers: tuple[Offer, ...] = ()
    purpose: str = "reply"
    source: str = "turn"
    author: str = "bot"
    user_id: UUID | None = None


def read_payload(payload: str) -> tuple[str, dict[str, Any]]:
    """Return (intent, entities) of a button's payload. Raises BadPayload."""
    if not payload.startswith("/"):
        raise BadPayload(f"{payload!r} does not begin with a slash")
    name, brace, rest = payload[1:].partition("{")
    if not brace:
        return name.strip(), {}
    try:
        entities = json.loads("{" + rest)
    except ValueError:
        raise BadPayload(f"{payload!r} holds no JSON") from None
    if not isinstance(entities, dict) or not name.strip():
        raise BadPayload(f"{payload!r} holds no object")
    return name.strip(), entities


def option_id(intent: str, entities: Mapping[str, Any]) -> str:
    """Return the stable id of an option: readable where it fits into 64 bytes, else a hash."""
    parts = [intent, *(str(value) for _, value in sorted(entities.items()))]
    readable = ":".join(parts)
    if len(readable.encode()) <= _MAX_ID_BYTES:
        return readable
    digest = hashlib.sha256(json.dumps([intent, entities], sort_keys=True).encode()).hexdigest()
    return f"{intent[:24]}:{digest[:32]}"


def read_buttons(buttons: list[Mapping[str, Any]]) -> tuple[tuple[Option, ...], tuple[Offer, ...]]:
    """Turn Rasa's buttons into options and what they mean."""
    options, offers = [], []
    for button in buttons:
        intent, entities = read_payload(str(button["payload"]))
        id_ = option_id(intent, entities)
        title = str(button["title"])
        description = str(button.get("description") or "")
        options.append(Option(id_, title, description, str(button.get("section") or "")))
        offers.append(Offer(id_, title, intent, entities, description))
    return tuple(options), tuple(offers)


def read_response(response: Mapping[str, Any]) -> list[Said]:
    """Turn one of Rasa's bot messages (text, buttons, custom, image, attachment) into what is said."""
    said: list[Said] = []
    custom = dict(response.get("custom") or {})
    buttons = list(response.get("buttons") or []) + list(custom.pop("buttons", None) or [])
    options, offers = read_buttons(buttons)
    text = str(response.get("text") or custom.pop("text", None) or "")
    if custom:
        kind = custom.pop("kind", "buttons" if options else "text")
        template = custom.pop("template", None)
        fields = {key: value for key, value in custom.items() if value and key in Message.__dataclass_fields__}
        message = Message(
            kind=kind, text=text, options=options,
            template=TemplateUse.from_json(template) if template else None, **fields,
        )  # fmt: skip
        said.append(Said(message, offers))
    elif options:
        said.append(Said(Message("buttons", text=text, options=options), offers))
    elif text:
        said.append(Said(Message("text", text=text)))
    if response.get("image"):
        said.append(Said(Message("image", url=str(response["image"]))))
    if isinstance(response.get("attachment"), str):
        said.append(Said(Message("document", url=str(response["attachment"]))))
    return said


class TurnOutput(OutputChannel):
    """Collects what is said during a turn; nothing leaves before the commit."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.said: list[Said] = []

    @classmethod
    def name(cls) -> str:
        return "turn"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.said.extend(read_response(message))
