"""Options before any vendor: which of them a page shows, their numbers, and the same as numbered text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.rendering.words import say
from contract.message import Message, Option, OutboundKind


class CannotRender(Exception):
    """This channel has no way to show such a message; the text says why."""


@dataclass(frozen=True)
class Numbered:
    """An option with the number that stands for it, counted over all pages."""

    number: int
    option: Option


@dataclass(frozen=True)
class Page:
    """What one message shows. next_start: where the following page begins; None on the last one."""

    shown: tuple[Numbered, ...]
    next_start: int | None
    left: int


def numbered(options: Sequence[Option]) -> list[Numbered]:
    """Number the options; an id that was given twice counts once."""
    seen: set[str] = set()
    found: list[Numbered] = []
    for option in options:
        if option.id not in seen:
            seen.add(option.id)
            found.append(Numbered(len(found) + 1, option))
    return found


def page(message: Message, most: int) -> Page:
    """Return the options from message.start on; where they exceed `most`, one place is kept for "more options".

    Raises CannotRender where none is left.
    """
    rest = numbered(message.options)[message.start :]
    if not rest:
        raise CannotRender("a page without options")
    if len(rest) <= most:
        return Page(tuple(rest), None, 0)
    shown = rest[: most - 1]
    return Page(tuple(shown), message.start + len(shown), len(rest) - len(shown))


def as_text(options: Sequence[Numbered]) -> str:
    """Return the options as numbered lines, by section where they have some."""
    lines: list[str] = []
    section = ""
    for item in options:
        if item.option.section and item.option.section != section:
            section = item.option.section
            lines += [""] * bool(lines) + [section]
        # One line each, whatever line breaks the title came with.
        title, description = " ".join(item.option.title.split()), " ".join(item.option.description.split())
        line = f"{item.number}. {title}"
        lines.append(f"{line}: {description}" if description else line)
    return "\n".join(lines)


def paragraphs(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())


def opens(url: str) -> bool:
    """Tell whether vendors take this as an address."""
    return re.match(r"https?://[^\s/]+", url) is not None


def with_bad_address_told(message: Message) -> Message:
    """Where no vendor takes the address of an image, a file or a link, say it as text; anything else stays."""
    if message.kind not in ("image", "document", "link") or not message.url or opens(message.url):
        return message
    kind: OutboundKind = "buttons" if message.options else "text"
    return replace(message, kind=kind, text=paragraphs(message.text, message.url), url="")


def plain(message: Message) -> str:
    """Return the whole message as text: what every channel can show."""
    options = numbered(message.options)
    hint = say("multiple_hint" if message.kind == "multi_select" else "number_hint") if options else ""
    return paragraphs(message.header, message.text, as_text(options), hint, message.url, message.footer)
