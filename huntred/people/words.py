"""The words of `words.yml`, and how an answer is stripped of what is said around it.

No rule lives here: what a value may be stands beside each kind of value (names.py, dates.py, amounts.py).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from contract.text import normalise

_FILE = Path(__file__).with_name("words.yml")
# Letters of any script, digits and what stands inside addresses; emoji and ornaments at the ends are no answer.
_EDGES = re.compile(r"^[^\w@+$]+|[^\w)+]+$")


@functools.cache
def words() -> dict[str, Any]:
    """Return the whole file, read once."""
    return dict(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def tidy(text: str) -> str:
    """Return one line without doubled spaces, NUL or ornaments at its ends."""
    return _EDGES.sub("", " ".join(text.replace("\0", "").split()))


def without_lead_in(text: str, kind: str) -> str:
    """Return the text without words such as "me llamo" before the answer. kind: a key of `lead_ins`."""
    text = tidy(text)
    phrases: list[str] = sorted(words()["lead_ins"][kind], key=len, reverse=True)
    changed = True
    while changed:
        changed = False
        folded = _folded_same_length(text)
        if any(folded.startswith(f"{start} ") for start in words()["not_lead_ins"]):
            break
        for phrase in phrases:
            if folded.startswith(phrase) and folded[len(phrase) :][:1] in {" ", ":", ","}:
                text = tidy(text[len(phrase) :])
                changed = True
                break
    return text


def has_phrase(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands in the text as whole words."""
    folded = f" {re.sub(r'[^a-z0-9@._]+', ' ', normalise(text))} "
    return any(f" {phrase} " in folded for phrase in phrases)


def _folded_same_length(text: str) -> str:
    """Fold each character by itself, so that positions in the folded text are those of the text."""
    return "".join((normalise(char) or char)[:1] for char in text)
