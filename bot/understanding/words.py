"""The words of a message as its features see them: folded, stretched letters shortened, chat shorthand written out.

The message itself keeps its text: entities are cut out of that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

_SHORTHAND = Path(__file__).with_name("shorthand.yml")
# Pictographs, dingbats and arrows; what joins or tints them says nothing of its own.
_EMOJI = "\U0001f000-\U0001faff\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff"
_WORD = re.compile(rf"[{_EMOJI}]|\w+|\?")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_DIGIT = re.compile(r"\d")
# How Spanish of any country sounds when spelling is forgotten: b and v, s, z and soft c, y and ll, silent h.
_SOUNDS = (
    (re.compile(r"qu(?=[ei])|q"), "k"),
    (re.compile(r"c(?=[eiy])|z|x"), "s"),
    (re.compile(r"ch"), "+"),
    (re.compile(r"h"), ""),
    (re.compile(r"ll"), "y"),
    (re.compile(r"v"), "b"),
    (re.compile(r"c"), "k"),
    (re.compile(r"g(?=[ei])"), "j"),
    (re.compile(r"w"), "gu"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=1)
def shorthand() -> Mapping[str, tuple[str, ...]]:
    """Short form → the words that it stands for."""
    meant = YAML(typ="safe").load(_SHORTHAND)
    return {str(short): tuple(long.split()) for long, shorts in meant.items() for short in shorts}


def spoken_words(text: str) -> list[str]:
    """Return the folded words, a question mark and an emoji being words too; digits are all alike.

    "Holaaa, xq son 123?" → hola, porque, son, 000, ?
    """
    folded = unicodedata.normalize("NFKD", text)
    folded = "".join(char for char in folded if not unicodedata.combining(char)).casefold()
    words: list[str] = []
    for word in _WORD.findall(_STRETCHED.sub(r"\1", folded)):
        words += shorthand().get(word) or (_DIGIT.sub("0", word),)
    return words


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """Return the word as it sounds, the same for common misspellings: "haber", "aver" → "aber"."""
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word
