"""A message as texts of X's direct messages. Pure.

Source: docs.x.com/x-api/direct-messages/manage: text up to 10,000 characters, one uploaded medium, and nothing to
press: quick replies exist in version 1.1 of the API only. So options are numbered, and an address is written out.
"""

from __future__ import annotations

from dataclasses import replace

from bot.rendering.options import CannotRender, plain
from bot.rendering.text import split
from bot.rendering.words import say
from contract.message import Message

TEXT = 10_000


def render(message: Message, row_id: int) -> list[str]:
    """Return the texts to send, in order. row_id: unused; there is no "more options" to press. Raises CannotRender."""
    if message.kind == "email" or (message.kind == "template" and not message.text):
        raise CannotRender(f"a message of kind {message.kind} cannot go over X")
    if message.kind == "location_request" and not message.text:
        message = replace(message, text=say("location_prompt"))
    pieces = split(plain(message), TEXT)
    if not pieces:
        raise CannotRender("an empty text")
    return pieces
