"""A request to the Send API as the person's phone shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def shown(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a bubble: kind, text, options and the like."""
    replies = [_option(reply["payload"], reply["title"]) for reply in message.get("quick_replies") or ()]
    if "text" in message:
        kind = "quick_replies" if replies else "text"
        return {"kind": kind, "text": message["text"], "options": replies}
    attachment = message["attachment"]
    payload = attachment["payload"]
    if attachment["type"] != "template":
        kind = "document" if attachment["type"] == "file" else attachment["type"]
        return {"kind": kind, "media": {"link": payload["url"]}, "options": replies}
    if payload["template_type"] == "button":
        return {"text": payload["text"], **_buttons(payload["buttons"])}
    return _cards(payload["elements"])


def _buttons(buttons: list[Mapping[str, Any]]) -> dict[str, Any]:
    options = [_option(button["payload"], button["title"]) for button in buttons if button["type"] == "postback"]
    links = [{"title": button["title"], "url": button["url"]} for button in buttons if button["type"] == "web_url"]
    return {"kind": "buttons" if options else "link", "options": options, "links": links}


def _cards(elements: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Cards side by side; what is pressed is a button of one, which the card's title names here."""
    options = [
        _option(button["payload"], element["title"], element.get("subtitle", ""), button["title"])
        for element in elements
        for button in element.get("buttons") or ()
        if button["type"] == "postback"
    ]
    return {"kind": "cards", "options": options}


def _option(option_id: str, title: str, description: str = "", section: str = "") -> dict[str, str]:
    """section: of a card, what its button says."""
    return {"id": option_id, "title": title, "description": description, "section": section}
