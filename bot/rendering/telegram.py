"""A message as calls of Telegram's Bot API, each without its chat id.

Limits by the Bot API: text 4,096, caption 1,024 (UTF-16 units); callback_data 1–64 bytes, which option ids are.
Texts go without a parse mode: nothing in them can break.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from bot.arrivals import page_option
from bot.rendering.options import (
    CannotRender,
    Numbered,
    as_text,
    numbered,
    opens,
    page,
    paragraphs,
    plain,
    with_bad_address_told,
)
from bot.rendering.text import clip, length, split
from bot.rendering.words import say
from contract.message import Message

TEXT, CAPTION, BUTTON = 4096, 1024, 48
MOST_BUTTONS = 10
_SIDE_BY_SIDE = 16


@dataclass(frozen=True)
class Call:
    """One method with its fields."""

    method: str
    fields: dict[str, Any]


def render(message: Message, row_id: int) -> list[Call]:
    """Return what to call, in order. row_id: the outbox row, which "more options" names. Raises CannotRender."""
    if message.kind in ("template", "email"):
        # A template exists only where a vendor asks for one; its text stands beside it.
        if message.kind == "email" or not message.text:
            raise CannotRender(f"a message of kind {message.kind} cannot go over Telegram")
    if message.kind == "multi_select":
        return _texts(plain(message))
    if message.kind == "location_request":
        return _location_request(message)
    message = with_bad_address_told(message)
    text = paragraphs(message.header, message.text, message.footer)
    if message.start and message.options:
        return _options(message, row_id, text)
    if message.kind in ("image", "document") and opens(message.url):
        return _media(message, row_id)
    if message.kind == "link" and message.url:
        return _link(message, row_id, text)
    if message.options:
        return _options(message, row_id, text)
    return _texts(text)


def _texts(text: str, markup: dict[str, Any] | None = None) -> list[Call]:
    """Return the text in as many messages as it needs; the keyboard hangs on the last one."""
    pieces = split(text, TEXT)
    if not pieces:
        raise CannotRender("an empty text")
    calls = [Call("sendMessage", {"text": piece}) for piece in pieces]
    if markup is not None:
        calls[-1] = Call("sendMessage", {**calls[-1].fields, "reply_markup": markup})
    return calls


def _options(message: Message, row_id: int, text: str) -> list[Call]:
    part = page(message, MOST_BUTTONS)
    if message.start:
        text = say("more_page")
    told = any(_needs_text(item) and not _stands_in(text, item) for item in part.shown)
    if told:
        text = paragraphs(text, as_text(part.shown))
    titles = Counter(_title(item) for item in part.shown)
    buttons = [
        # Two alike could not be told apart: what the text says of each stands there with its number.
        {"text": clip(f"{item.number}. {_title(item)}" if told or titles[_title(item)] > 1 else _title(item), BUTTON),
         "callback_data": item.option.id}
        for item in part.shown
    ]  # fmt: skip
    rows = _rows(buttons)
    if part.next_start is not None:
        rows.append([{"text": say("more_options"), "callback_data": page_option(row_id, part.next_start)}])
    return _texts(text or say("choose"), {"inline_keyboard": rows})


def _title(item: Numbered) -> str:
    return item.option.title.strip() or str(item.number)


def _needs_text(item: Numbered) -> bool:
    """A button shows a title of its length and no description."""
    return bool(item.option.description or item.option.section) or length(_title(item)) > BUTTON


def _stands_in(text: str, item: Numbered) -> bool:
    """Whether the message itself already numbers and describes this option: said twice it only confuses."""
    return f"{item.number}. {item.option.title}" in text and length(_title(item)) <= BUTTON


def _rows(buttons: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    if len(buttons) > 1 and all(length(button["text"]) <= _SIDE_BY_SIDE for button in buttons):
        return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    return [[button] for button in buttons]


def _link(message: Message, row_id: int, text: str) -> list[Call]:
    if message.options:
        # A button that opens a page stands alone: what can be chosen follows.
        return [*_link(replace(message, options=()), row_id, text), *_options(message, row_id, "")]
    if not opens(message.url):
        return _texts(plain(message))
    label = clip(message.url_title, BUTTON) or say("open_link")
    return _texts(text or label, {"inline_keyboard": [[{"text": label, "url": message.url}]]})


def _media(message: Message, row_id: int) -> list[Call]:
    text = paragraphs(message.header, message.text, message.footer)
    method, name = ("sendPhoto", "photo") if message.kind == "image" else ("sendDocument", "document")
    if message.options:
        return [Call(method, {name: message.url}), *_options(message, row_id, text)]
    pieces = split(text, CAPTION)
    fields: dict[str, Any] = {name: message.url}
    if pieces:
        fields["caption"] = pieces[0]
    return [Call(method, fields), *(Call("sendMessage", {"text": piece}) for piece in pieces[1:])]


def _location_request(message: Message) -> list[Call]:
    keyboard: list[list[dict[str, Any]]] = [[{"text": say("share_location"), "request_location": True}]]
    options = numbered(message.options)
    text = paragraphs(message.header, message.text, message.footer) or say("location_prompt")
    if any(_needs_text(item) for item in options):
        # Such a button sends its text, so it cannot be cut: the numbers stand for the titles above.
        text = paragraphs(text, as_text(options))
        keyboard += _rows([{"text": str(item.number)} for item in options])
    else:
        keyboard += [[{"text": _title(item)}] for item in options]
    markup = {"keyboard": keyboard, "resize_keyboard": True, "one_time_keyboard": True}
    return _texts(text, markup)
