"""What counts as words, and how a text of a template is written in the catalogue."""

from __future__ import annotations

import re

INLINE = re.compile(r"</?(?:b|i|em|strong|code|kbd|br)>")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_WORDS = re.compile(r"&\w+;|<[^>]*>|%[\d.,]*[a-z]\b|https?://|\{\d+\}")
_EDGE = " \t\r\n·:,;—→←↑↓*"


def looks_like_words(text: str, codes: frozenset[str] = frozenset()) -> bool:
    """Whether a string that is handed on is for people: no class, address, colour or name of an icon."""
    plain = text.strip()
    if not has_words(plain) or plain in codes or plain.startswith(("/", "#", "http")):
        return False
    if not plain.isascii() or re.match(r"[¿¡]", plain):
        return True
    if not re.search(r"\s", plain):
        return bool(re.fullmatch(r"[A-Z]?[a-z]+[.:…?!]?", plain))
    words = plain.split()
    return not all(re.fullmatch(r"[a-z0-9:_{}-]+", word) and ("-" in word or word in codes) for word in words)


def has_words(text: str) -> bool:
    """Whether anything is left to read beside tags, entities, patterns of numbers and places of values."""
    return bool(_LETTER.search(_NOT_WORDS.sub("", text)))


def balanced(text: str) -> bool:
    """Whether each tag within a sentence is closed in it."""
    within = ""
    for tag in INLINE.findall(text):
        if tag == "<br>":
            continue
        if tag.startswith("</") != bool(within) or (within and tag[2:] != within[1:]):
            return False
        within = "" if within else tag
    return not within


def edges(text: str) -> tuple[str, str]:
    """(what stands before the words, what after them): white space and signs that are not translated."""
    inner = text.lstrip(_EDGE)
    before = text[: len(text) - len(inner)]
    kept = inner.rstrip(_EDGE)
    return before, inner[len(kept) :]


def normal(text: str) -> str:
    """The text as the catalogue writes it."""
    before, after = edges(text)
    return re.sub(r"\s+", " ", text[len(before) : len(text) - len(after) if after else None])
