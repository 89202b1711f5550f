"""How what somebody types is read: words, a number, the beginning of a mail address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from contract.text import normalise

MOST_WORDS = 6
_MOST_LETTERS = 100
_PIECE = re.compile(r"[^a-z0-9+#]+")
_PHONE = re.compile(r"\+?\d{10,}$")
# What a number is allowed to be: PostgreSQL's integer.
_LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Typed:
    """words: folded, as the entries hold them. number: of an application or a vacancy. email: its beginning."""

    text: str
    words: tuple[str, ...]
    number: int | None = None
    email: str = ""


def read(text: str) -> Typed:
    """Read what was typed; nothing searchable gives no words.

    A telephone number may come with spaces and country code: its last ten digits count.
    """
    folded = normalise(text.replace("\x00", ""))[:_MOST_LETTERS]
    digits = re.sub(r"[\s().-]", "", folded)
    if _PHONE.match(digits):
        return Typed(folded, (digits.lstrip("+")[-10:],))
    number = int(digits) if digits.isascii() and digits.isdigit() and int(digits) <= _LARGEST_NUMBER else None
    if "@" in folded and " " not in folded:
        return Typed(folded, (folded,), email=folded)
    words: list[str] = []
    for told in folded.split():
        pieces = [told] if "@" in told else _PIECE.split(told)
        words += [piece for piece in pieces if re.search(r"[a-z0-9]", piece) and not piece.startswith("#")]
    return Typed(folded, tuple(dict.fromkeys(words))[:MOST_WORDS], number)


def closeness(typed: Typed, name: str) -> float:
    """How alike a name is to what was typed, 0 to 1, each typed word against the nearest of the name's."""
    told = normalise(name).split()
    if not told or not typed.words:
        return 0.0
    best = [max(_alike(word, one) for one in told) for word in typed.words]
    # Between equals the one with fewer other words.
    return sum(best) / len(best) - 0.01 * max(0, len(told) - len(typed.words))


def _alike(word: str, told: str) -> float:
    if word == told:
        return 1.0
    if told.startswith(word):
        return 0.95
    return SequenceMatcher(None, word, told, autojunk=False).ratio()
