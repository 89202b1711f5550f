"""The rules of a Bot API request that hold without Telegram's description of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

_SEND = frozenset(
    {
        "chat_id",
        "disable_notification",
        "protect_content",
        "reply_parameters",
        "reply_markup",
        "message_thread_id",
    }
)
_MARKED = frozenset({"parse_mode"})
FIELDS: dict[str, frozenset[str]] = {
    "getMe": frozenset(),
    "sendMessage": _SEND | _MARKED | {"text", "entities", "link_preview_options"},
    "sendPhoto": _SEND | _MARKED | {"photo", "caption", "caption_entities"},
    "sendDocument": _SEND
    | _MARKED
    | {"document", "caption", "caption_entities", "disable_content_type_detection"},
    "sendLocation": _SEND | {"latitude", "longitude"},
    "editMessageText": _MARKED
    | {"chat_id", "message_id", "text", "entities", "link_preview_options", "reply_markup"},
    "answerCallbackQuery": frozenset({"callback_query_id", "text", "show_alert", "url", "cache_time"}),
    "sendChatAction": frozenset({"chat_id", "action", "message_thread_id"}),
    "setWebhook": frozenset(
        {"url", "ip_address", "max_connections", "allowed_updates", "drop_pending_updates", "secret_token"}
    ),
    "deleteWebhook": frozenset({"drop_pending_updates"}),
    "getWebhookInfo": frozenset(),
    "getFile": frozenset({"file_id"}),
}
REQUIRED: dict[str, tuple[str, ...]] = {
    "sendMessage": ("chat_id", "text"), "sendPhoto": ("chat_id", "photo"),
    "sendDocument": ("chat_id", "document"), "sendLocation": ("chat_id", "latitude", "longitude"),
    "editMessageText": ("chat_id", "message_id", "text"), "answerCallbackQuery": ("callback_query_id",),
    "sendChatAction": ("chat_id", "action"), "setWebhook": ("url",),
    "getFile": ("file_id",),
}  # fmt: skip
ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
)  # fmt: skip
_TAGS = frozenset(
    {
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "tg-emoji", "a",
        "code", "pre", "blockquote",
    }
)  # fmt: skip
_RESERVED = re.compile(r"(?<!\\)[>#+\-=|{}.!]")


def length(text: str) -> int:
    """Return a text's length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def broken_rules(method: str, fields: dict[str, Any]) -> list[str]:
    """Return every rule that this call breaks, in Telegram's words where it has some."""
    if method not in FIELDS:
        return [f"method {method} is not known here"]
    errors = [f"unknown field {name}" for name in fields if name not in FIELDS[method]]
    errors += [f"{name} is missing" for name in REQUIRED.get(method, ()) if name not in fields]
    if "text" in fields and method != "answerCallbackQuery":
        errors += _text(
            fields["text"], fields.get("parse_mode"), 1, 4096, "message text is empty", "message is too long"
        )
    if method == "answerCallbackQuery" and length(str(fields.get("text", ""))) > 200:
        errors.append("MESSAGE_TOO_LONG")
    if "caption" in fields:
        errors += _text(
            fields["caption"], fields.get("parse_mode"), 0, 1024, "", "message caption is too long"
        )
    if "parse_mode" in fields and fields["parse_mode"] not in ("HTML", "MarkdownV2", "Markdown"):
        errors.append(f"unsupported parse_mode {fields['parse_mode']}")
    if "action" in fields and fields["action"] not in ACTIONS:
        errors.append("wrong parameter action in request")
    for name, most in (("latitude", 90), ("longitude", 180)):
        if name in fields and not (isinstance(fields[name], (int, float)) and abs(fields[name]) <= most):
            errors.append(f"{name} is out of range")
    if "secret_token" in fields and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", str(fields["secret_token"])):
        errors.append("secret token contains unallowed characters")
    if fields.get("reply_markup") is not None:
        errors += _keyboard(fields["reply_markup"])
    return errors


def _text(text: Any, parse_mode: Any, least: int, most: int, empty: str, long: str) -> list[str]:
    if not isinstance(text, str):
        return ["text must be a string"]
    shown, errors = plain_text(text, parse_mode)
    if least and not shown.strip():
        errors.append(empty)
    if length(shown) > most:
        errors.append(long)
    return errors


def plain_text(text: str, parse_mode: Any) -> tuple[str, list[str]]:
    """Return what a person reads, and what Telegram cannot parse in it."""
    if parse_mode == "HTML":
        parser = _Tags()
        parser.feed(text)
        parser.close()
        if parser.open:
            parser.errors.append(f"can't parse entities: can't find end tag of {parser.open[-1]}")
        return "".join(parser.shown), parser.errors
    if parse_mode == "MarkdownV2":
        bare = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", text, flags=re.DOTALL)
        found = _RESERVED.search(bare)
        errors = [f"can't parse entities: character '{found.group()}' is reserved"] if found else []
        return re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)[*_~`]", "", text)), errors
    return text, []


class _Tags(HTMLParser):
    """The HTML that Telegram takes: few tags, each closed; entities read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self.open: list[str] = []
        self.errors: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.errors.append(f"can't parse entities: unsupported start tag {tag}")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.errors.append(f"can't parse entities: unexpected end tag {tag}")

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def _keyboard(markup: Any) -> list[str]:
    if not isinstance(markup, dict):
        return ["object expected as reply markup"]
    if "inline_keyboard" in markup:
        return [
            error for row in markup["inline_keyboard"] for button in row for error in _inline_button(button)
        ]
    if "keyboard" in markup:
        buttons = [button for row in markup["keyboard"] for button in row]
        wrong = [
            b for b in buttons if not (b if isinstance(b, str) else isinstance(b, dict) and b.get("text"))
        ]
        return ["a keyboard's button needs a text"] if wrong or not buttons else []
    if markup.get("remove_keyboard") is True or markup.get("force_reply") is True:
        return []
    return ["reply markup of no known form"]


def _inline_button(button: Any) -> list[str]:
    if not isinstance(button, dict) or not button.get("text"):
        return ["an inline keyboard's button needs a text"]
    does = [name for name in button if name not in ("text", "style", "icon_custom_emoji_id")]
    if len(does) != 1:
        return [f"button {button['text']!r} must have exactly one of callback_data, url …"]
    if does[0] == "callback_data":
        size = len(str(button["callback_data"]).encode())
        if not isinstance(button["callback_data"], str) or not 1 <= size <= 64:
            return [f"BUTTON_DATA_INVALID: {size} bytes, 1 to 64 are allowed"]
    elif does[0] == "url":
        if not re.match(r"(https?://[^\s/]+|tg://)", str(button["url"])):
            return ["BUTTON_URL_INVALID"]
    return []
