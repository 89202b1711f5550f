"""A message as `message` objects of Messenger's Send API; Instagram draws by the same code in its own Style.

Limits by Meta's reference: text 2,000 characters; 13 quick replies, their titles 20; a button template of 640
characters and 3 buttons of 20; a generic template of 10 elements, title and subtitle 80, 3 buttons each. Payloads hold
1,000 characters, which option ids never reach.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.arrivals import page_option
from bot.rendering.options import (
    CannotRender,
    Numbered,
    Page,
    as_text,
    numbered,
    page,
    paragraphs,
    plain,
    with_bad_address_told,
)
from bot.rendering.text import clip, length, split
from bot.rendering.words import say
from contract.message import Message

TITLE, BUTTON_TEXT, CARD_LINE = 20, 640, 80
MOST_BUTTONS, MOST_REPLIES, MOST_CARDS = 3, 13, 10

Body = dict[str, Any]


@dataclass(frozen=True)
class Style:
    """What differs between the two. text, measure: the longest text, and how it is counted.

    templates: buttons and cards are drawn wherever the person looks. shown_above: so many quick replies at most go
    without standing in the text too. files: the ends of a file's name that are taken, or () for all.
    """

    name: str
    text: int
    measure: Callable[[str], int] = length
    templates: bool = True
    shown_above: int = MOST_REPLIES
    files: tuple[str, ...] = ()


STYLE = Style("Messenger", 2000)


def render(message: Message, row_id: int) -> list[Body]:
    """Return what to send, in order. row_id: the outbox row, which "more options" names. Raises CannotRender."""
    return draw(message, row_id, STYLE)


def draw(message: Message, row_id: int, style: Style) -> list[Body]:
    """Return what to send in this style. Raises CannotRender."""
    if message.kind == "email" or (message.kind == "template" and not message.text):
        # A template exists only where WhatsApp asks for one; its text stands beside it.
        raise CannotRender(f"a message of kind {message.kind} cannot go over {style.name}")
    if message.kind == "multi_select":
        return _texts(plain(message), style)
    message = with_bad_address_told(message)
    text = paragraphs(message.header, message.text, message.footer)
    if message.kind == "location_request":
        # Neither has a button that shares the place: the person does it in the app, or writes it.
        text = text or say("location_prompt")
    if message.start and message.options:
        return _options(message, row_id, text, style)
    if message.kind in ("image", "document") and message.url:
        return _media(message, row_id, text, style)
    if message.kind == "link" and message.url:
        return _link(message, row_id, text, style)
    if message.options:
        return _options(message, row_id, text, style)
    return _texts(text, style)


def _texts(text: str, style: Style) -> list[Body]:
    pieces = split(text, style.text, style.measure)
    if not pieces:
        raise CannotRender("an empty text")
    return [{"text": piece} for piece in pieces]


def _template(payload: dict[str, Any]) -> Body:
    return {"attachment": {"type": "template", "payload": payload}}


def _options(message: Message, row_id: int, text: str, style: Style) -> list[Body]:
    if not message.start and style.templates and _fit_buttons(message, text):
        buttons = [
            {"type": "postback", "title": _title(item), "payload": item.option.id} for item in numbered(message.options)
        ]
        return [_template({"template_type": "button", "text": text or say("choose"), "buttons": buttons})]
    text = say("more_page") if message.start else text or say("choose")
    if style.templates:
        part = page(message, MOST_CARDS)
        if all(_fits_card(item) and not _stands_in(text, item) for item in part.shown):
            return [*_texts(text, style), _cards(part, row_id)]
    return _replies(page(message, MOST_REPLIES), row_id, text, style)


def _title(item: Numbered) -> str:
    return item.option.title.strip() or str(item.number)


def _bare(item: Numbered) -> bool:
    """Whether a button of Meta's length says all of it."""
    return length(_title(item)) <= TITLE and not _subtitle(item)


def _stands_in(text: str, item: Numbered) -> bool:
    """Whether the message itself already numbers and describes this option: said twice it only confuses."""
    return f"{item.number}. {item.option.title}" in text


def _fit_buttons(message: Message, text: str) -> bool:
    options = numbered(message.options)
    return len(options) <= MOST_BUTTONS and length(text) <= BUTTON_TEXT and all(_bare(item) for item in options)


def _fits_card(item: Numbered) -> bool:
    """Cards are for options that tell more than a title, as vacancies do."""
    return (
        bool(item.option.description.strip())
        and length(f"{item.number}. {_title(item)}") <= CARD_LINE
        and length(_subtitle(item)) <= CARD_LINE
    )


def _subtitle(item: Numbered) -> str:
    return " · ".join(part for part in (item.option.section.strip(), item.option.description.strip()) if part)


def _cards(part: Page, row_id: int) -> Body:
    elements = [
        {
            "title": f"{item.number}. {_title(item)}",
            "subtitle": _subtitle(item),
            "buttons": [{"type": "postback", "title": say("choose_card"), "payload": item.option.id}],
        }
        for item in part.shown
    ]
    if part.next_start is not None:
        more = {"type": "postback", "title": say("more_options"), "payload": page_option(row_id, part.next_start)}
        elements.append({"title": say("more_options"), "subtitle": say("more_left", left=part.left), "buttons": [more]})
    return _template({"template_type": "generic", "elements": elements})


def _replies(part: Page, row_id: int, text: str, style: Style) -> list[Body]:
    """Quick replies under the text; whatever they cannot say stands in it with its number."""
    many = len(part.shown) > style.shown_above
    if any((many or not _bare(item)) and not _stands_in(text, item) for item in part.shown):
        text = paragraphs(text, as_text(part.shown))
    replies = [
        {
            "content_type": "text",
            "title": _title(item) if length(_title(item)) <= TITLE else clip(f"{item.number}. {_title(item)}", TITLE),
            "payload": item.option.id,
        }
        for item in part.shown
    ]
    if part.next_start is not None:
        payload = page_option(row_id, part.next_start)
        replies.append({"content_type": "text", "title": say("more_options"), "payload": payload})
    bodies = _texts(text, style)
    return [*bodies[:-1], {**bodies[-1], "quick_replies": replies}]


def _link(message: Message, row_id: int, text: str, style: Style) -> list[Body]:
    if message.options:
        # A button that opens a page stands alone: what can be chosen follows.
        return [*_link(replace(message, options=()), row_id, text, style), *_options(message, row_id, "", style)]
    if not style.templates:
        return _texts(paragraphs(text or message.url_title, message.url), style)
    label = clip(message.url_title, TITLE) or say("open_link")
    long = length(text) > BUTTON_TEXT
    button = {"type": "web_url", "title": label, "url": message.url}
    drawn = _template({"template_type": "button", "text": label if long or not text else text, "buttons": [button]})
    return [*(_texts(text, style) if long else ()), drawn]


def _media(message: Message, row_id: int, text: str, style: Style) -> list[Body]:
    following = _options(message, row_id, text, style) if message.options else _texts(text, style) if text else []
    name = message.url.partition("?")[0].casefold()
    if message.kind == "document" and style.files and not name.endswith(style.files):
        return [*_texts(message.url, style), *following]
    kind = "image" if message.kind == "image" else "file"
    return [{"attachment": {"type": kind, "payload": {"url": message.url, "is_reusable": False}}}, *following]
