"""Which language something is written in, told by its small words (languages.txt); where in doubt, none.

Word lists and no statistical identifier: on our 15,800 examples py3langid with these five languages took 700 Spanish
ones for French or Portuguese with a certainty above 0.95 ("qué sueldo dan") and half of our Creole for something else,
where the lists took none for another (docs/decisions/0045).
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from contract.text import normalise

# Fewer words never tell: "ok", "hola", "no thanks".
_LEAST_WORDS = 3
_LEAST_HITS = 2
_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")


@lru_cache(maxsize=1)
def small_words() -> dict[str, frozenset[str]]:
    """Return the words by language (ISO 639-1)."""
    told: dict[str, list[str]] = {}
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        if line.endswith(":"):
            words = told.setdefault(line[:-1], [])
        elif not line.startswith("#"):
            words += line.split()
    return {language: frozenset(words) for language, words in told.items()}


def language_of(text: str) -> str:
    """Return the language as ISO 639-1; "" where the words do not tell, or tell of several."""
    found = _WORD.findall(normalise(text).replace("\u2019", "'"))
    if len([word for word in found if len(word) > 1]) < _LEAST_WORDS:
        return ""
    words = frozenset(found)
    hits = {language: len(words & own) for language, own in small_words().items()}
    best = max(hits, key=lambda language: hits[language])
    others = max(count for language, count in hits.items() if language != best)
    return best if hits[best] >= _LEAST_HITS and hits[best] > 2 * others else ""
