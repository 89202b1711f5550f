"""The rules of chat.postMessage and of Block Kit, by docs.slack.dev/reference."""

from __future__ import annotations

import re
from typing import Any

_FIELDS = frozenset({
    "channel", "text", "blocks", "attachments", "metadata", "thread_ts", "reply_broadcast", "mrkdwn", "parse",
    "link_names", "unfurl_links", "unfurl_media", "icon_emoji", "icon_url", "username", "client_msg_id",
})  # fmt: skip
_BLOCKS = {"section", "actions", "context", "image", "divider", "header"}
_ELEMENTS = {"button", "static_select", "checkboxes"}
_BUTTON = {"type", "action_id", "text", "value", "url", "style", "confirm", "accessibility_label"}


def broken_rules(fields: dict[str, Any]) -> list[tuple[str, str]]:
    """Return every rule that a chat.postMessage breaks: Slack's error and what is wrong."""
    broken = [("invalid_arguments", f"unknown argument {name}") for name in fields if name not in _FIELDS]
    text, blocks = fields.get("text"), fields.get("blocks")
    if not fields.get("channel"):
        broken.append(("channel_not_found", "channel is missing"))
    if not text and not blocks:
        broken.append(("no_text", "neither text nor blocks"))
    if text is not None and not isinstance(text, str):
        broken.append(("invalid_arguments", "text must be a string"))
    elif text and len(text) > 40_000:
        broken.append(("msg_too_long", f"text of {len(text)} characters"))
    elif text and len(text) > 4_000 and not blocks:
        broken.append(("msg_too_long", f"text of {len(text)} characters: beyond 4,000 Slack advises against it"))
    if isinstance(text, str):
        broken += [("invalid_arguments", wrong) for wrong in _markup(text)]
    if blocks is not None:
        broken += [("invalid_blocks", wrong) for wrong in _blocks(blocks)]
    broken += [("invalid_metadata_format", wrong) for wrong in _metadata(fields.get("metadata"))]
    return broken


def _markup(text: str) -> list[str]:
    bare = re.sub(r"<[^<>]+>", "", text)
    if "<" in bare or ">" in bare:
        return ["< and > must be written as &lt; and &gt;"]
    return ["& must be written as &amp;"] if re.search(r"&(?!amp;|lt;|gt;)", bare) else []


def _metadata(metadata: Any) -> list[str]:
    if metadata is None:
        return []
    whole = isinstance(metadata, dict) and set(metadata) == {"event_type", "event_payload"}
    return [] if whole and isinstance(metadata["event_payload"], dict) else ["metadata needs event_type and payload"]


def _blocks(blocks: Any) -> list[str]:
    if not isinstance(blocks, list) or not blocks:
        return ["blocks must be a list"]
    wrong = ["more than 50 blocks"] if len(blocks) > 50 else []
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(ids)) != len(ids):
        wrong.append("a block_id twice")
    for block in blocks:
        kind = block.get("type")
        if kind not in _BLOCKS:
            wrong.append(f"block of type {kind}")
        elif kind == "section":
            wrong += _text(block.get("text"), "section", 3000, ("mrkdwn", "plain_text"))
        elif kind == "header":
            wrong += _text(block.get("text"), "header", 150)
        elif kind == "context":
            wrong += _context(block)
        elif kind == "image":
            wrong += _image(block)
        elif kind == "actions":
            wrong += _actions(block)
    return wrong


def _text(text: Any, where: str, most: int, kinds: tuple[str, ...] = ("plain_text",)) -> list[str]:
    if not isinstance(text, dict) or text.get("type") not in kinds or not isinstance(text.get("text"), str):
        return [f"{where}: text must be an object of type {' or '.join(kinds)}"]
    if not 1 <= len(text["text"]) <= most:
        return [f"{where}: text of {len(text['text'])} characters, 1 to {most} are allowed"]
    return _markup(text["text"]) if text["type"] == "mrkdwn" else []


def _context(block: dict[str, Any]) -> list[str]:
    elements = block.get("elements") or []
    wrong = [] if 1 <= len(elements) <= 10 else [f"context with {len(elements)} elements, 1 to 10 are allowed"]
    return wrong + [error for each in elements for error in _text(each, "context", 3000, ("mrkdwn", "plain_text"))]


def _image(block: dict[str, Any]) -> list[str]:
    wrong = []
    if not re.match(r"https?://[^\s/]+", str(block.get("image_url", ""))) or len(block["image_url"]) > 3000:
        wrong.append("image_url is no address of at most 3,000 characters")
    if not 1 <= len(block.get("alt_text") or "") <= 2000:
        wrong.append("alt_text must have 1 to 2,000 characters")
    return wrong


def _actions(block: dict[str, Any]) -> list[str]:
    elements = block.get("elements") or []
    wrong = [] if 1 <= len(elements) <= 25 else [f"actions with {len(elements)} elements, 1 to 25 are allowed"]
    ids = [element.get("action_id") for element in elements]
    if len(set(ids)) != len(ids):
        wrong.append("an action_id twice in one block")
    for element in elements:
        kind = element.get("type")
        if kind not in _ELEMENTS:
            wrong.append(f"element of type {kind}")
            continue
        if not 1 <= len(element.get("action_id") or "") <= 255:
            wrong.append("action_id must have 1 to 255 characters")
        wrong += {"button": _button, "static_select": _select, "checkboxes": _boxes}[kind](element)
    return wrong


def _button(button: dict[str, Any]) -> list[str]:
    wrong = _text(button.get("text"), "button", 75)
    wrong += [f"button: unknown field {name}" for name in button if name not in _BUTTON]
    if len(button.get("value") or "") > 2000:
        wrong.append("button: value longer than 2,000")
    if "url" in button and (not re.match(r"https?://", button["url"]) or len(button["url"]) > 3000):
        wrong.append("button: url is no address of at most 3,000 characters")
    if button.get("style", "primary") not in ("primary", "danger"):
        wrong.append("button: style must be primary or danger")
    return wrong


def _select(select: dict[str, Any]) -> list[str]:
    wrong = _text(select.get("placeholder"), "placeholder", 150)
    if ("options" in select) == ("option_groups" in select):
        return [*wrong, "static_select: exactly one of options and option_groups"]
    if "options" in select:
        return wrong + _options(select["options"], 100)
    groups = select["option_groups"]
    if not 1 <= len(groups) <= 100:
        wrong.append(f"static_select: {len(groups)} groups, 1 to 100 are allowed")
    for group in groups:
        wrong += _text(group.get("label"), "label", 75) + _options(group.get("options"), 100)
    return wrong


def _boxes(boxes: dict[str, Any]) -> list[str]:
    return _options(boxes.get("options"), 10)


def _options(options: Any, most: int) -> list[str]:
    if not isinstance(options, list) or not 1 <= len(options) <= most:
        return [f"1 to {most} options are allowed"]
    wrong: list[str] = []
    for option in options:
        wrong += _text(option.get("text"), "option", 75, ("plain_text", "mrkdwn"))
        if not 1 <= len(option.get("value") or "") <= 150:
            wrong.append("option: value must have 1 to 150 characters")
        if "description" in option:
            wrong += _text(option["description"], "description", 75, ("plain_text", "mrkdwn"))
    if len({option.get("value") for option in options}) != len(options):
        wrong.append("an option's value twice")
    return wrong
