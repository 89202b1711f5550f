"""The rules of a message to Messenger and Instagram: the documented limits of Meta's Send API.

Sources: platform-facts and Meta's references (Send API, quick replies, button and generic template; Instagram: send a
message, 1,000 bytes of text, quick replies, files).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_ENVELOPE = frozenset({"recipient", "messaging_type", "tag", "message", "sender_action"})
_MESSAGE = frozenset({"text", "attachment", "quick_replies", "metadata"})
_TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG")
_ACTIONS = ("typing_on", "typing_off", "mark_seen")
_FILES = ("image", "audio", "video", "file")
MOST_PAYLOAD = 1000


def broken_rules(channel: str, body: Any) -> list[str]:
    """Return every documented rule that this request breaks. channel: messenger or instagram."""
    if not isinstance(body, Mapping):
        return ["the body must be an object"]
    errors = _unknown(body, _ENVELOPE, "the request")
    recipient = body.get("recipient")
    if not isinstance(recipient, Mapping) or set(recipient) != {"id"}:
        errors.append("recipient must be an object with the id")
    elif not isinstance(recipient["id"], str) or not re.fullmatch(r"\d{5,25}", recipient["id"]):
        errors.append("recipient.id must be a scoped id of digits, as a string")
    if ("message" in body) == ("sender_action" in body):
        return [*errors, "Cannot send both message and state at the same time: one of them is needed"]
    if "sender_action" in body:
        return errors if body["sender_action"] in _ACTIONS else [*errors, "unknown sender_action"]
    kind = body.get("messaging_type", "RESPONSE" if channel == "instagram" else None)
    if kind not in _TYPES:
        errors.append("messaging_type must be one of RESPONSE, UPDATE, MESSAGE_TAG")
    if (kind == "MESSAGE_TAG") != ("tag" in body):
        errors.append("tag belongs to messaging_type MESSAGE_TAG, and only to it")
    elif "tag" in body and body["tag"] != "HUMAN_AGENT":
        errors.append(f"tag {body['tag']} is not available")
    return errors + _message(channel, body["message"])


def _unknown(value: Mapping[str, Any], allowed: frozenset[str] | set[str], where: str) -> list[str]:
    return [f"unexpected key {name} in {where}" for name in value if name not in allowed]


def _text(value: Any, where: str, most: int) -> list[str]:
    if not isinstance(value, str) or not value.strip():
        return [f"{where} must be a string that is not empty"]
    return [f"{where} has {len(value)} characters, at most {most}"] if len(value) > most else []


def _message(channel: str, message: Any) -> list[str]:
    if not isinstance(message, Mapping):
        return ["message must be an object"]
    errors = _unknown(message, _MESSAGE, "message")
    if ("text" in message) == ("attachment" in message):
        return [*errors, "message needs either text or attachment"]
    if "text" in message:
        errors += _text(message["text"], "message.text", 2000)
        if channel == "instagram" and len(str(message["text"]).encode()) > 1000:
            errors.append(f"message.text has {len(str(message['text']).encode())} bytes, at most 1000")
    else:
        errors += _attachment(channel, message["attachment"])
    if "metadata" in message:
        errors += _text(message["metadata"], "message.metadata", 1000)
        errors += ["message.metadata is Messenger's only"] if channel == "instagram" else []
    if "quick_replies" in message:
        errors += _quick_replies(message["quick_replies"])
    return errors


def _quick_replies(replies: Any) -> list[str]:
    if not isinstance(replies, list) or not 1 <= len(replies) <= 13:
        return ["quick_replies must be a list of 1 to 13"]
    errors = []
    for reply in replies:
        if not isinstance(reply, Mapping) or reply.get("content_type") != "text":
            errors.append("a quick reply must be an object of content_type text")
            continue
        errors += _unknown(reply, {"content_type", "title", "payload", "image_url"}, "a quick reply")
        errors += _text(reply.get("title"), "the title of a quick reply", 20)
        errors += _text(reply.get("payload"), "the payload of a quick reply", MOST_PAYLOAD)
    return errors


def _attachment(channel: str, attachment: Any) -> list[str]:
    if not isinstance(attachment, Mapping) or not isinstance(attachment.get("payload"), Mapping):
        return ["attachment must be an object with type and payload"]
    errors = _unknown(attachment, {"type", "payload"}, "attachment")
    kind, payload = attachment.get("type"), attachment["payload"]
    if kind in _FILES:
        errors += _unknown(payload, {"url", "is_reusable"}, "attachment.payload")
        errors += _address(payload.get("url"), "attachment.payload.url")
        if channel == "instagram" and kind == "file" and ".pdf" not in str(payload.get("url")).lower():
            errors.append("Instagram takes files of type PDF only")
        return errors
    if kind != "template":
        return [*errors, f"attachment.type {kind!r} is unknown"]
    if payload.get("template_type") == "button":
        errors += _unknown(payload, {"template_type", "text", "buttons"}, "the button template")
        return errors + _text(payload.get("text"), "the text of a button template", 640) + _buttons(payload)
    if payload.get("template_type") == "generic":
        errors += _unknown(payload, {"template_type", "elements", "image_aspect_ratio"}, "the generic template")
        return errors + _elements(payload.get("elements"))
    return [*errors, f"template_type {payload.get('template_type')!r} is not known here"]


def _address(value: Any, where: str) -> list[str]:
    right = isinstance(value, str) and re.match(r"https?://[^\s/]+", value)
    return [] if right else [f"{where} must be an http or https address"]


def _buttons(part: Mapping[str, Any]) -> list[str]:
    buttons = part.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        return ["buttons must be a list of 1 to 3"]
    errors = []
    for button in buttons:
        errors += _text(button.get("title"), "the title of a button", 20)
        if button.get("type") == "postback":
            errors += _unknown(button, {"type", "title", "payload"}, "a postback button")
            errors += _text(button.get("payload"), "the payload of a button", MOST_PAYLOAD)
        elif button.get("type") == "web_url":
            errors += _unknown(button, {"type", "title", "url", "webview_height_ratio"}, "a URL button")
            errors += _address(button.get("url"), "the address of a button")
        else:
            errors.append(f"button type {button.get('type')!r} is unknown")
    return errors


def _elements(elements: Any) -> list[str]:
    if not isinstance(elements, list) or not 1 <= len(elements) <= 10:
        return ["elements must be a list of 1 to 10"]
    errors = []
    for element in elements:
        errors += _unknown(element, {"title", "subtitle", "image_url", "default_action", "buttons"}, "an element")
        errors += _text(element.get("title"), "the title of an element", 80)
        if len(element) < 2:
            errors.append("an element needs something beside its title")
        if "subtitle" in element:
            errors += _text(element["subtitle"], "the subtitle of an element", 80)
        if "image_url" in element:
            errors += _address(element["image_url"], "the image of an element")
        if "buttons" in element:
            errors += _buttons(element)
    return errors
