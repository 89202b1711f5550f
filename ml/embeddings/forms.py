"""One form of a title, whatever its gender: "cajera", "cajero/a", "cajer@" and "cajero (a)" are one.

Nobody is to be found later, or not at all, for the gender of a word (LFT 133). So the forms are folded before
anything is encoded, rather than left to what a model learned. The words stand in `forms.yml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

# "cajero/a", "cajero(a)", "cajero (a)", "director/ra", "doctor/-a": the second ending goes.
_SECOND_ENDING = re.compile(
    r"(?<=\w)\s?(?:\(-?(?:a|as|o|os|e|es|ra|ras|na|nas|esa)\)|/\s?-?(?:a|as|o|os|e|es|ra|ras|na|nas|esa)(?!\w))"
)
# "cajer@", "cajerx", "cajerxs": a sign that stands for both endings.
_BOTH = re.compile(r"[^\W\d_]{2,}(?:@|x)s?(?!\w)")
_WORD = re.compile(r"[^\W_]+")
# "cajero / cajero", "director técnico o director técnico": the same twice, once the gender is folded.
_TWICE = re.compile(r"(?<!\w)(\w{3,}(?: \w+){0,6})(?:\s*/\s*|\s+(?:o|y|u|e)\s+)\1(?!\w)")


@dataclass(frozen=True)
class _Forms:
    endings: tuple[tuple[str, str], ...]
    words: dict[str, str]
    ends_in_x: frozenset[str]


@cache
def _forms() -> _Forms:
    raw: dict[str, Any] = yaml.safe_load((resources.files("ml.embeddings") / "forms.yml").read_text(encoding="utf-8"))
    words = dict(raw["pairs"])
    words |= {f"{feminine}s": _plural(masculine) for feminine, masculine in raw["pairs"].items()}
    words |= {word: word for word in raw["kept"]}
    return _Forms(tuple((a, b) for a, b in raw["endings"]), words, frozenset(raw["ends_in_x"]))


def _plural(word: str) -> str:
    return f"{word}s" if word[-1] in "aeiouáéó" else f"{word}es"


@lru_cache(maxsize=20_000)
def one_form(text: str) -> str:
    """Return the text in lower case, every word in one gender, and nothing said twice for it."""
    lowered = _SECOND_ENDING.sub("", " ".join(text.lower().split()))
    lowered = _BOTH.sub(_signed, lowered)
    folded = _WORD.sub(lambda found: _masculine(found[0]), lowered)
    return _TWICE.sub(r"\1", folded)


def _signed(found: re.Match[str]) -> str:
    word = found[0]
    if word in _forms().ends_in_x:
        return word
    # "vendedor@" is a vendedor; "cajer@", a cajero.
    return re.sub(r"[@x](?=s?$)", "", word) if re.search(r"or[@x]$", word) else re.sub(r"[@x](?=s?$)", "o", word)


@lru_cache(maxsize=50_000)
def _masculine(word: str) -> str:
    forms = _forms()
    known = forms.words.get(word)
    if known is not None:
        return known
    if word[-1] in "as":
        for feminine, masculine in forms.endings:
            if word.endswith(feminine) and len(word) >= len(feminine) + 2:
                return word[: -len(feminine)] + masculine
    return word
