"""Lengths, cuts and splits of text that never break a word or a character as people see it (an emoji, an accent).

Lengths are UTF-16 units: what Telegram counts, and never less than what the others count.
"""

from __future__ import annotations

from collections.abc import Callable

import regex

_GRAPHEME = regex.compile(r"\X")
# The number of a list's line ("12. Ventas") is no end of a sentence: it must not part from what it numbers.
_NO_NUMBER = r"(?<!(?:^|\n)[ \t]*\d{1,3}\.)"
# Where a text may end: after a paragraph, a sentence, a line, a word; the first kind that is found late enough wins.
_ENDS = (
    regex.compile(r"\n[ \t]*\n\s*"),
    regex.compile(rf"{_NO_NUMBER}(?<=[.!?…][\"'”»)\]]{{0,3}})\s+"),
    regex.compile(r"\n\s*"),
    regex.compile(rf"{_NO_NUMBER}\s+"),
)
_LATE_ENOUGH = 0.4


def length(text: str) -> int:
    """Return the text's length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> list[str]:
    return list(_GRAPHEME.findall(text))


def size(text: str) -> int:
    """Return the text's length in bytes of UTF-8: what Instagram counts."""
    return len(text.encode("utf-8", "surrogatepass"))


def fitting(text: str, limit: int, measure: Callable[[str], int] = length) -> str:
    """Return the longest beginning of whole graphemes within the limit; at least one code point."""
    if measure(text) <= limit:
        return text
    used = 0
    end = 0
    for grapheme in graphemes(text):
        used += measure(grapheme)
        if used > limit:
            break
        end += len(grapheme)
    if end:
        return text[:end]
    # A single grapheme beyond the limit: no text that people write.
    while end < len(text) and measure(text[: end + 1]) <= limit:
        end += 1
    return text[: max(end, 1)]


def split(text: str, limit: int, measure: Callable[[str], int] = length) -> list[str]:
    """Split into pieces within the limit, at sentences where possible; white space at the seams goes."""
    pieces: list[str] = []
    rest = text.strip()
    while rest:
        if measure(rest) <= limit:
            pieces.append(rest)
            break
        head = fitting(rest, limit, measure)
        end = _end(rest, len(head), limit)
        pieces.append(rest[:end].rstrip() or rest[:end])
        rest = rest[end:].lstrip()
    return pieces


def _end(text: str, most: int, limit: int) -> int:
    """Return where the first piece ends, at most `most` characters on."""
    # One character further, so that a space just behind the limit counts as an end.
    window = text[: most + 1]
    for kind in _ENDS:
        starts = [found.start() for found in kind.finditer(window) if 0 < found.start() <= most]
        if starts and (starts[-1] >= most * _LATE_ENOUGH or kind is _ENDS[-1]):
            return int(starts[-1])
    return most


def clip(text: str, limit: int) -> str:
    """Cut to the limit at a word, with an ellipsis; a text that fits stays."""
    text = " ".join(text.split())
    if length(text) <= limit:
        return text
    if limit < 2:
        return fitting(text, limit)
    head = fitting(text, limit - 1)
    space = head.rfind(" ")
    if space >= len(head) * _LATE_ENOUGH and not text[len(head) : len(head) + 1].isspace():
        head = head[:space]
    head = head.rstrip(" ,;:.-–—")
    return f"{head}…" if length(head) < limit else "…"


def divide(title: str, limit: int) -> tuple[str, str]:
    """Divide a title that is too long into what fits, at a word, and the rest."""
    title = " ".join(title.split())
    if length(title) <= limit:
        return title, ""
    head = fitting(title, limit)
    space = head.rfind(" ") if not title[len(head)].isspace() else len(head)
    if space <= 0:
        space = len(head)
    return title[:space].rstrip(), title[space:].lstrip()
