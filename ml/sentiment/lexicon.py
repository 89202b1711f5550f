"""Reads how a message sounds from the words in it: weights of a lexicon, negation, emphasis.

Without a model: a word list says why, runs anywhere and knows nothing of who writes. It hears no irony.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from contract.text import normalise

_FILE = Path(__file__).with_name("words.yml")
_TOKEN = re.compile(r"[a-z0-9]+|[^\sa-z0-9.,;:¿?¡!()\"'…-]")
_CLAUSE = re.compile(r"[.,;:¿?¡!()…\n]+")
# How far back a "no" reaches, and what is left of a word that it turns around: "no está mal" is mildly good.
_REACH = 3
_TURNED = -0.5
_STRONGER = 1.5
# From this sum on a message sounds clearly, and strongly so.
_CLEAR, _STRONG = 1.0, 4.0
_LONGEST_PHRASE = 4


@dataclass(frozen=True)
class _Lexicon:
    words: dict[str, float]
    stems: dict[str, float]
    negators: frozenset[str]
    stronger: frozenset[str]


class LexiconSentiment:
    """Implements `huntred.conversations.ports.SentimentReader`."""

    def read(self, text: str) -> int:
        """Return -2 (strongly negative) to 2; 0 where nothing speaks for either."""
        # A "no" reaches to the comma: "no, gracias" thanks.
        total = sum(_sum(_TOKEN.findall(clause)) for clause in _CLAUSE.split(normalise(text)))
        return _step(total * _emphasis(text))


def _sum(tokens: list[str]) -> float:
    """Add up the weights of one clause."""
    lexicon = _lexicon()
    total, at = 0.0, 0
    while at < len(tokens):
        weight, length = _weight(lexicon, tokens, at)
        if weight:
            before = tokens[max(0, at - _REACH) : at]
            if before and before[-1] in lexicon.stronger:
                weight *= _STRONGER
            if tokens[at] not in lexicon.negators and any(word in lexicon.negators for word in before):
                weight *= _TURNED
            total += weight
        at += length
    return total


def _weight(lexicon: _Lexicon, tokens: list[str], at: int) -> tuple[float, int]:
    """Return the weight of what stands here and how many words it takes; the longest phrase wins."""
    for length in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
        found = lexicon.words.get(" ".join(tokens[at : at + length]))
        if found is not None:
            return found, length
    word = tokens[at]
    for end in range(len(word), 2, -1):
        if word[:end] in lexicon.stems:
            return lexicon.stems[word[:end]], 1
    return 0.0, 1


def _emphasis(text: str) -> float:
    """Capitals and exclamation marks say the same more loudly."""
    letters = [sign for sign in text if sign.isalpha()]
    loud = len(letters) > 8 and sum(sign.isupper() for sign in letters) > 0.7 * len(letters)
    return _STRONGER if loud or "!!" in text else 1.0


def _step(total: float) -> int:
    if abs(total) < _CLEAR:
        return 0
    size = 2 if abs(total) >= _STRONG else 1
    return size if total > 0 else -size


@functools.cache
def _lexicon() -> _Lexicon:
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    words: dict[str, float] = {}
    stems: dict[str, float] = {}
    for name, sign in (("positive", 1.0), ("negative", -1.0)):
        for weight, entries in content[name].items():
            for entry in entries:
                folded = " ".join(_TOKEN.findall(normalise(str(entry).rstrip("*"))))
                (stems if str(entry).endswith("*") else words)[folded] = sign * float(weight)
    return _Lexicon(words, stems, frozenset(content["negators"]), frozenset(content["stronger"]))
