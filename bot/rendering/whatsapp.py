"""A message as bodies of WhatsApp's `POST …/messages`, each without its envelope.

Limits by Meta's reference: reply buttons 1–3 of 20 characters; a list of 10 rows over all sections, row title 24,
description 72; body 1,024; header, footer 60; text 4,096.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.arrivals import page_option
from bot.rendering.options import (
    CannotRender,
    Numbered,
    Page,
    as_text,
    numbered,
    opens,
    page,
    paragraphs,
    plain,
    with_bad_address_told,
)
from bot.rendering.text import clip, divide, length, split
from bot.rendering.words import say
from contract.message import Message, TemplateUse

TEXT, BODY, CAPTION, EDGE, BUTTON, ROW, DESCRIPTION, SECTION = 4096, 1024, 1024, 60, 20, 24, 72, 24
MOST_BUTTONS, MOST_ROWS = 3, 10

Body = dict[str, Any]


def render(message: Message, row_id: int) -> list[Body]:
    """Return what to send, in order. row_id: the outbox row, which "more options" names. Raises CannotRender."""
    if message.kind == "template":
        if message.template is None:
            raise CannotRender("a template message without a template")
        return [render_template(message.template, button_ids=[option.id for option in message.options])]
    if message.kind == "email":
        raise CannotRender("a mail cannot go over WhatsApp")
    if message.kind == "location_request":
        return _location_request(message)
    if message.kind == "multi_select":
        return _texts(plain(message))
    message = with_bad_address_told(message)
    if message.start and message.options:
        return _options(message, row_id)
    if message.kind == "link" and message.url:
        return _link(message, row_id)
    if message.kind in ("image", "document") and opens(message.url):
        return _media(message, row_id)
    if message.options:
        return _options(message, row_id)
    return _texts(plain(message))


def render_template(use: TemplateUse, *, button_ids: Sequence[str] = ()) -> Body:
    """Return the template with its values. button_ids: what its quick replies send back, in order."""
    components: list[dict[str, Any]] = []
    if use.values:
        parameters = [{"type": "text", "text": _parameter(value)} for value in use.values]
        components.append({"type": "body", "parameters": parameters})
    for index, option_id in enumerate(button_ids):
        payload = {"type": "payload", "payload": option_id}
        components.append({"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": [payload]})
    template: dict[str, Any] = {"name": use.name, "language": {"code": use.language}}
    if components:
        template["components"] = components
    return {"type": "template", "template": template}


def _parameter(value: str) -> str:
    """Meta takes no line break, tab or more than four spaces in a row, and no empty value."""
    return clip(re.sub(r"\s+", " ", value).strip() or "—", BODY)


def _texts(text: str) -> list[Body]:
    if not text.strip():
        raise CannotRender("an empty text")
    return [{"type": "text", "text": {"body": piece, "preview_url": False}} for piece in split(text, TEXT)]


def _interactive(message: Message, shape: str, action: dict[str, Any], text: str = "") -> list[Body]:
    """Return leading texts, where the text is longer than a body may be, and the interactive message."""
    whole = text or message.text
    header, footer = message.header.strip(), message.footer.strip()
    if length(header) > EDGE or (shape == "location_request_message" and header):
        whole, header = paragraphs(header, whole), ""
    if length(footer) > EDGE or (shape == "location_request_message" and footer):
        whole, footer = paragraphs(whole, footer), ""
    pieces = split(whole, BODY) or [say("choose")]
    interactive: dict[str, Any] = {"type": shape, "body": {"text": pieces[-1]}, "action": action}
    if header:
        interactive["header"] = {"type": "text", "text": header}
    if footer:
        interactive["footer"] = {"text": footer}
    leading = [{"type": "text", "text": {"body": piece, "preview_url": False}} for piece in pieces[:-1]]
    return [*leading, {"type": "interactive", "interactive": interactive}]


def _options(message: Message, row_id: int) -> list[Body]:
    if not message.start and _fit_buttons(message):
        buttons = [
            {"type": "reply", "reply": {"id": item.option.id, "title": item.option.title.strip()}}
            for item in numbered(message.options)
        ]
        return _interactive(message, "button", {"buttons": buttons})
    part = page(message, MOST_ROWS)
    text = say("more_page") if message.start else message.text
    if any(_row_loses(item) for item in part.shown):
        text = paragraphs(text, as_text(part.shown))
    label = clip(message.list_button, BUTTON) or say("list_button")
    return _interactive(message, "list", {"button": label, "sections": _sections(part, row_id)}, text)


def _fit_buttons(message: Message) -> bool:
    options = [item.option for item in numbered(message.options)]
    titles = {option.title.strip().casefold() for option in options}
    return (
        message.kind != "list"
        and len(options) <= MOST_BUTTONS
        and len(titles) == len(options)
        and all(option.title.strip() and length(option.title.strip()) <= BUTTON for option in options)
        and not any(option.description or option.section for option in options)
    )


def _row_parts(item: Numbered) -> tuple[str, str]:
    """Return title and description of a row before the description is cut."""
    title, rest = divide(item.option.title.strip() or str(item.number), ROW)
    return title, " · ".join(part for part in (rest, item.option.description.strip()) if part)


def _row_loses(item: Numbered) -> bool:
    return length(_row_parts(item)[1]) > DESCRIPTION


def _row(item: Numbered) -> dict[str, str]:
    if _row_loses(item):
        # The whole of it stands above with its number.
        title, description = clip(f"{item.number}. {item.option.title}", ROW), ""
        description = clip(_row_parts(item)[1], DESCRIPTION)
    else:
        title, description = _row_parts(item)
    row = {"id": item.option.id, "title": title}
    if description:
        row["description"] = description
    return row


def _sections(part: Page, row_id: int) -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = []
    for item in part.shown:
        title = clip(item.option.section, SECTION)
        if not sections or sections[-1]["title"] != title:
            sections.append({"title": title, "rows": []})
        sections[-1]["rows"].append(_row(item))
    if part.next_start is not None:
        more = {
            "id": page_option(row_id, part.next_start),
            "title": say("more_options"),
            "description": say("more_left", left=part.left),
        }
        sections[-1]["rows"].append(more)
    for section in sections:
        if not section["title"]:
            if len(sections) > 1:
                section["title"] = say("other_section")
            else:
                del section["title"]
    return sections


def _link(message: Message, row_id: int) -> list[Body]:
    if message.options:
        # A button that opens a page stands alone: what can be chosen follows.
        alone = replace(message, options=())
        return [*_link(alone, row_id), *_options(replace(message, text="", header="", footer=""), row_id)]
    if not opens(message.url):
        return _texts(plain(message))
    label = clip(message.url_title, BUTTON) or say("open_link")
    action = {"name": "cta_url", "parameters": {"display_text": label, "url": message.url}}
    return _interactive(message, "cta_url", action, message.text or label)


def _media(message: Message, row_id: int) -> list[Body]:
    pieces = split(paragraphs(message.header, message.text, message.footer), CAPTION)
    part: dict[str, Any] = {"link": message.url}
    if pieces and not message.options:
        part["caption"] = pieces[0]
        pieces = pieces[1:]
    if message.kind == "document" and message.filename.strip():
        part["filename"] = clip(message.filename, 240)
    bodies: list[Body] = [{"type": message.kind, message.kind: part}]
    if message.options:
        return [*bodies, *_options(message, row_id)]
    return [*bodies, *({"type": "text", "text": {"body": piece, "preview_url": False}} for piece in pieces)]


def _location_request(message: Message) -> list[Body]:
    options = numbered(message.options)
    text = paragraphs(message.text or say("location_prompt"), as_text(options))
    return _interactive(message, "location_request_message", {"name": "send_location"}, text)
