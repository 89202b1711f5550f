"""Whether each option of a message can be chosen on a channel, page after page, by what is shown and what is typed."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.arrivals import MORE
from bot.picks import by_id, by_text
from bot.rendering.options import Numbered, numbered
from bot.rendering.seen import Seen, see
from bot.turn import OfferedOption
from contract.message import Message
from contract.text import normalise

_NUMBERED_LINE = re.compile(r"(?m)^\s*(\d{1,3})\. ")
_MOST_PAGES = 100
# What people would type as a number and not as a title.
_LIKE_A_NUMBER = re.compile(r"^(?:la |el |opcion |numero |no\.? ?|#)*\d{1,3}[.)]?$")
# Kinds that a vendor draws otherwise: a template's buttons are part of its approval.
_NOT_DRAWN_HERE = frozenset({"template", "email"})


def faults(channel: str, message: Message, row_id: int = 1) -> list[str]:
    """Return what is wrong with this message there: limits broken on any page, options that cannot be reached.

    Raises CannotRender where the channel has no way to show it.
    """
    found: list[str] = []
    presses: set[str] = set()
    numbers: set[int] = set()
    typed: set[str] = set()
    start = message.start
    for _ in range(_MOST_PAGES):
        page = see(channel, replace(message, start=start), row_id)
        found += page.broken
        presses |= {press for press in page.presses if not press.startswith(MORE)}
        numbers |= {int(number) for text in page.texts for number in _NUMBERED_LINE.findall(text)}
        typed |= {normalise(title) for title in page.typed}
        following = _next(page, row_id)
        if following is None:
            break
        start = following
    else:
        found.append("its pages do not end")
    if message.kind in _NOT_DRAWN_HERE:
        return found
    offered = numbered(message.options)
    for item in offered[message.start :]:
        if not (item.option.id in presses or item.number in numbers or normalise(item.option.title) in typed):
            found.append(f"option {item.number} ({item.option.title!r}) can be neither pressed nor typed")
    return found + _not_picked(offered)


def _next(page: Seen, row_id: int) -> int | None:
    """Return where the page that "more options" opens begins; None where there is none."""
    for press in page.presses:
        if press.startswith(MORE):
            row, _, start = press[len(MORE) :].partition(":")
            return int(start) if row == str(row_id) else None
    return None


def _not_picked(offered: list[Numbered]) -> list[str]:
    """Ask the turn's own look-up for each option, by press, number, id and title."""
    shown = [
        OfferedOption(item.option.id, item.option.title, "pick", {}, item.number, False, False) for item in offered
    ]
    wrong = []
    for option in shown:
        if len(option.id.encode()) > 64 or not option.id:
            wrong.append(f"the id {option.id!r} has not 1 to 64 bytes")
        if by_id(option.id, shown) != option:
            wrong.append(f"pressing {option.id!r} does not pick it")
        if option.ord < 1000 and by_text(str(option.ord), shown) != option:
            wrong.append(f"typing {option.ord} does not pick it")
        same_id = by_text(option.id, shown)
        if not _LIKE_A_NUMBER.match(normalise(option.id)) and same_id != option and not _means(same_id, option.id):
            wrong.append(f"typing the id {option.id!r} does not pick it")
        for spelled in (option.title, option.title.upper(), normalise(option.title)):
            folded = normalise(spelled).strip(" .!")
            if folded and not _LIKE_A_NUMBER.match(folded) and not _means(by_text(spelled, shown), spelled):
                wrong.append(f"typing {spelled!r} picks nothing of that title")
    return wrong


def _means(option: OfferedOption | None, typed: str) -> bool:
    """Two options of one title cannot be told apart by it; either is right."""
    folded = normalise(typed).strip(" .!")
    return option is not None and folded in (normalise(option.title).strip(" .!"), normalise(option.id).strip(" .!"))
