"""Words of the Mexican labour market: which mean the same work or skill, and which say nothing.

The words stand in `lexicon.yml`, which people edit; they are read at the first use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

from contract.text import normalise
from ml.embeddings.forms import one_form
from ml.embeddings.stems import stem

_WORD = re.compile(r"[a-z0-9+#]+")


@dataclass(frozen=True)
class Phrase:
    """stems: of the words that say something; head: the first of them. level: a grade is named.

    work, skills: groups of the lexicon that a part of it belongs to.
    """

    stems: frozenset[str]
    head: str
    work: frozenset[int]
    skills: frozenset[int]
    level: bool


@dataclass(frozen=True)
class _Lexicon:
    work: dict[str, frozenset[int]]
    skills: dict[str, frozenset[int]]
    longest: int
    fillers: frozenset[str]
    levels: frozenset[str]
    offices: dict[str, str]


@cache
def _lexicon() -> _Lexicon:
    raw: dict[str, Any] = yaml.safe_load((resources.files("ml.ranking") / "lexicon.yml").read_text(encoding="utf-8"))
    work, skills = _groups(raw["occupations"]), _groups(raw["skills"])
    return _Lexicon(
        work,
        skills,
        max(len(key.split()) for key in (*work, *skills)),
        frozenset(stem(normalise(word)) for word in raw["fillers"]),
        frozenset(stem(normalise(word)) for word in raw["levels"]),
        raw["offices"],
    )


def _groups(groups: list[list[str]]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, group in enumerate(groups):
        for term in group:
            found.setdefault(" ".join(_stems_of(normalise(term))), set()).add(number)
    return {key: frozenset(numbers) for key, numbers in found.items()}


def _stems_of(folded: str) -> list[str]:
    return [stem(word) for word in _WORD.findall(folded)]


@lru_cache(maxsize=20_000)
def phrase(text: str) -> Phrase:
    """Return what a text says, for comparing with another."""
    lexicon = _lexicon()
    stems = _stems_of(normalise(text))
    work: set[int] = set()
    skills: set[int] = set()
    for size in range(1, lexicon.longest + 1):
        for start in range(len(stems) - size + 1):
            part = " ".join(stems[start : start + size])
            work |= lexicon.work.get(part, frozenset())
            skills |= lexicon.skills.get(part, frozenset())
    said = [word for word in stems if word not in lexicon.fillers and word not in lexicon.levels]
    return Phrase(
        frozenset(said),
        said[0] if said else "",
        frozenset(work),
        frozenset(skills),
        any(word in lexicon.levels for word in stems),
    )


@lru_cache(maxsize=4_000)
def without_fillers(text: str) -> str:
    """Return the text without the words that say nothing about the work: "busco chamba de mesero" → "mesero"."""
    fillers = _lexicon().fillers
    kept = [
        word
        for word in text.lower().split()
        if (folded := normalise(word).strip(".,;:!?¡¿()\"'")) and stem(folded) not in fillers
    ]
    return " ".join(kept)


@lru_cache(maxsize=20_000)
def work_of(title: str) -> str:
    """Return the work that a title names, in one form whatever its gender, without the words that say nothing.

    "Busco chamba de mesera" → "mesero"; "Dirección de Finanzas" → "director de finanzas", as "Directora de …" does.
    """
    first, _, rest = without_fillers(one_form(title)).partition(" ")
    return " ".join(part for part in (_lexicon().offices.get(normalise(first), first), rest) if part)
