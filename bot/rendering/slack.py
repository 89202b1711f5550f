"""A message as bodies of Slack's chat.postMessage, each without its channel. Pure.

Limits by docs.slack.dev/reference/block-kit: 50 blocks; section text 3,000; actions 25 elements; button text 75,
value 2,000, url 3,000; static_select 100 options, option text 75, description 75, value 150, placeholder 150;
check boxes 10 a group; image url 3,000, alt text 2,000. The top `text` is what notifications and screen readers
tell; beyond 4,000 characters Slack asks for files instead.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
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
from bot.rendering.text import clip, divide, length, split
from bot.rendering.words import say
from contract.message import Message

TEXT, SECTION, BUTTON, TITLE, DESCRIPTION, PLACEHOLDER, URL = 4000, 3000, 75, 75, 75, 150, 3000
MOST_BUTTONS, MOST_OPTIONS, GROUP, MOST_CHECKS = 10, 100, 10, 40
# Ids of what can be pressed: `pick:<number>`; one group of check boxes after another; the button under them.
PICK, CHECKS, DONE = "pick:", "checks:", "done"

Body = dict[str, Any]
Block = dict[str, Any]


def render(message: Message, row_id: int) -> list[Body]:
    """Return what to post, in order. row_id: the outbox row, which "more options" names. Raises CannotRender."""
    if message.kind == "email" or (message.kind == "template" and not message.text):
        raise CannotRender(f"a message of kind {message.kind} cannot go over Slack")
    if message.kind == "multi_select" and 0 < len(numbered(message.options)) <= MOST_CHECKS:
        return _checks(message)
    if message.kind == "multi_select":
        return _texts(plain(message))
    message = with_bad_address_told(message)
    if len(message.url) > URL:
        return _texts(plain(message))
    text = paragraphs(message.header, message.text)
    if message.kind == "location_request":
        # Slack cannot share a place: the person writes it, or presses what stands below.
        return _options(message, row_id, text or say("location_prompt"))
    if message.start and message.options:
        return _options(message, row_id, text)
    if message.kind == "image" and message.url:
        return _image(message, row_id, text)
    if message.kind in ("link", "document") and message.url:
        return _link(message, row_id, text)
    if message.options:
        return _options(message, row_id, text)
    return _texts(plain(message))


def _escaped(text: str) -> str:
    """Slack's own signs are &, < and >; in its marked text they are written as entities."""
    return html.escape(text, quote=False)


def _pieces(text: str, limit: int) -> list[str]:
    """Split the text so that each piece fits when it is escaped."""
    size = limit
    while True:
        pieces = split(text, size)
        longest = max((length(_escaped(piece)) for piece in pieces), default=0)
        if longest <= limit:
            return pieces
        size = max(1, size * limit // longest - 1)


def _texts(text: str) -> list[Body]:
    pieces = _pieces(text, TEXT)
    if not pieces:
        raise CannotRender("an empty text")
    return [{"text": _escaped(piece)} for piece in pieces]


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _escaped(text)}}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def _blocks(message: Message, text: str, blocks: Sequence[Block]) -> list[Body]:
    """Return leading texts, where the text is longer than a section, and the message with its blocks."""
    pieces = _pieces(text, SECTION) or [say("choose")]
    footer = _pieces(message.footer, SECTION)[:1]
    foot = [{"type": "context", "elements": [{"type": "mrkdwn", "text": _escaped(each)}]} for each in footer]
    leading: list[Body] = [{"text": _escaped(piece)} for piece in pieces[:-1]]
    return [*leading, {"text": _escaped(pieces[-1]), "blocks": [_section(pieces[-1]), *blocks, *foot]}]


def _options(message: Message, row_id: int, text: str) -> list[Body]:
    options = numbered(message.options)
    if not options:
        return _texts(paragraphs(text, message.footer))
    if message.kind != "list" and not message.start and _fit_buttons(options):
        buttons = [_button(item) for item in options]
        return _blocks(message, text, [{"type": "actions", "elements": buttons}])
    part = page(message, MOST_OPTIONS)
    text = say("more_page") if message.start else text
    if any(_loses(item) for item in part.shown):
        text = paragraphs(text, as_text(part.shown))
    return _blocks(message, text, [{"type": "actions", "elements": [_select(message, part, row_id)]}])


def _fit_buttons(options: Sequence[Numbered]) -> bool:
    return len(options) <= MOST_BUTTONS and not any(
        item.option.description or item.option.section or length(item.option.title.strip()) > BUTTON
        for item in options
    )


def _button(item: Numbered) -> dict[str, Any]:
    title = item.option.title.strip() or str(item.number)
    return {"type": "button", "action_id": f"{PICK}{item.number}", "text": _plain(title), "value": item.option.id}


def _parts(item: Numbered) -> tuple[str, str]:
    title, rest = divide(item.option.title.strip() or str(item.number), TITLE)
    return title, " · ".join(part for part in (rest, item.option.description.strip()) if part)


def _loses(item: Numbered) -> bool:
    return length(_parts(item)[1]) > DESCRIPTION


def _choice(item: Numbered) -> dict[str, Any]:
    title, description = _parts(item)
    choice: dict[str, Any] = {"text": _plain(title), "value": item.option.id}
    if description:
        choice["description"] = _plain(clip(description, DESCRIPTION))
    return choice


def _select(message: Message, part: Page, row_id: int) -> dict[str, Any]:
    more = []
    if part.next_start is not None:
        left = _plain(say("more_left", left=part.left))
        value = page_option(row_id, part.next_start)
        more = [{"text": _plain(say("more_options")), "description": left, "value": value}]
    select: dict[str, Any] = {
        "type": "static_select", "action_id": f"{PICK}list",
        "placeholder": _plain(clip(message.list_button, PLACEHOLDER) or say("list_button")),
    }  # fmt: skip
    if not any(item.option.section for item in part.shown):
        select["options"] = [*(_choice(item) for item in part.shown), *more]
        return select
    groups: list[dict[str, Any]] = []
    for item in part.shown:
        label = clip(item.option.section, TITLE) or say("other_section")
        if not groups or groups[-1]["label"]["text"] != label:
            groups.append({"label": _plain(label), "options": []})
        groups[-1]["options"].append(_choice(item))
    groups[-1]["options"] += more
    select["option_groups"] = groups
    return select


def _checks(message: Message) -> list[Body]:
    options = numbered(message.options)
    text = paragraphs(message.header, message.text)
    if any(_loses(item) for item in options):
        text = paragraphs(text, as_text(options))
    blocks: list[Block] = []
    for at in range(0, len(options), GROUP):
        boxes = []
        for item in options[at : at + GROUP]:
            # The number first: what is ticked comes back as numbers, as if it were typed.
            boxes.append({**_choice(item), "value": f"{item.number}:{item.option.id}"})
        box = {"type": "checkboxes", "action_id": f"{CHECKS}{at}", "options": boxes}
        blocks.append({"type": "actions", "block_id": f"{CHECKS}{at}", "elements": [box]})
    done = {"type": "button", "action_id": DONE, "style": "primary", "text": _plain(say("done")), "value": DONE}
    return _blocks(message, text, [*blocks, {"type": "actions", "elements": [done]}])


def _link(message: Message, row_id: int, text: str) -> list[Body]:
    label = clip(message.url_title or message.filename, BUTTON) or say("open_link")
    button = {"type": "button", "action_id": "link", "text": _plain(label), "url": message.url}
    elements: list[Block] = [{"type": "actions", "elements": [button]}]
    if not message.options:
        return _blocks(message, text or label, elements)
    return [*_blocks(Message("text"), text or label, elements), *_options(message, row_id, "")]


def _image(message: Message, row_id: int, text: str) -> list[Body]:
    alt = clip(message.text or message.filename, 2000) or say("image")
    picture = {"text": _escaped(alt), "blocks": [{"type": "image", "image_url": message.url, "alt_text": alt}]}
    rest = paragraphs(text, message.footer)
    if message.options:
        return [picture, *_options(message, row_id, text)]
    return [picture, *(_texts(rest) if rest else [])]
