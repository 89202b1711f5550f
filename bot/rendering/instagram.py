"""A message as `message` objects of Instagram's Send API: Messenger's drawing within Instagram's limits.

By Meta's reference: text 1,000 bytes of UTF-8; files are PDF only. Templates are not shown in the browser, and quick
replies not on a desktop: so nothing is said in a template, a link stands in the text, and beyond three quick replies
the options stand there with their numbers.
"""

from __future__ import annotations

from bot.rendering.messenger import Body, Style, draw
from bot.rendering.text import size
from contract.message import Message

STYLE = Style("Instagram", 1000, size, templates=False, shown_above=3, files=(".pdf",))


def render(message: Message, row_id: int) -> list[Body]:
    """Return what to send, in order. row_id: the outbox row, which "more options" names. Raises CannotRender."""
    return draw(message, row_id, STYLE)
