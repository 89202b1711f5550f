"""The code of an invitation, as its link writes it into the chat."""

from __future__ import annotations

import re

PREFIX = "INV-"
# Without what is read for something else: 0 O, 1 I L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8

_CODE = re.compile(rf"\b{PREFIX}[{ALPHABET}]{{{LENGTH}}}\b", re.I)


def invitation_in(text: str) -> str:
    """Return the code that stands in the text, as it was written; "" where none does."""
    found = _CODE.search(text)
    return found.group(0) if found else ""
