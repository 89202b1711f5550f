"""A message as the web chat's page draws it. Pure; there are no limits, so every option is shown."""

from __future__ import annotations

from typing import Any

from bot.rendering.options import CannotRender, numbered, paragraphs
from contract.message import Message


def render(message: Message, message_id: str, *, author: str = "bot", at: float = 0.0) -> dict[str, Any]:
    """Return what the page gets. message_id: the same at delivery and in the history, so that it is drawn once."""
    if message.kind == "email":
        raise CannotRender("a mail cannot go over the web chat")
    drawn: dict[str, Any] = {
        "id": message_id,
        "direction": "out",
        "author": author,
        "at": at,
        "kind": {"template": "text", "list": "buttons"}.get(message.kind, message.kind),
        "header": message.header,
        "text": message.text,
        "footer": message.footer,
        "url": message.url,
        "url_title": message.url_title,
        "filename": message.filename,
        "multiple": message.kind == "multi_select",
        "options": [
            {
                "number": item.number,
                "id": item.option.id,
                "title": item.option.title,
                "description": item.option.description,
                "section": item.option.section,
            }
            for item in numbered(message.options)
        ],
    }
    shown = paragraphs(message.header, message.text, message.footer, message.url)
    if not (shown or message.options or message.kind == "location_request"):
        raise CannotRender("an empty message")
    return {key: value for key, value in drawn.items() if value or key in ("id", "direction", "at")}
