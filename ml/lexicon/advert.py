"""What an advertisement says in its own words: skills of the taxonomy, must or nice as the text has it, and the level.

The words that head a list, or say how much something is wanted, stand in `advert.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from contract.text import normalise
from huntred.importing.ports import Advert, Told
from huntred.vacancies.rules import SENIORITIES
from ml.lexicon.reading import read_ambiguous, read_skills
from ml.ranking.words import level_of

_WORD = re.compile(r"[^\W_]+(?:[+#]+|(?:[.-][^\W_]+)+)?")
_SENTENCE = re.compile(r"\n|(?<=[.;!?])\s+")
_CUT = re.compile(r"[,;|(:]")
_MOST_WORDS = 6
_MOST = 30
# Outside of any list of wishes only what is no everyday word is taken as one.
_PLAIN_KINDS = frozenset({"software", "machine", "certification", "licence", "norm"})


@dataclass(frozen=True)
class _Name:
    id: str
    preferred: str
    kind: str
    acronym: bool


class LexiconAdvertReader:
    """The taxonomy is read at the first advertisement."""

    def read(self, advert: Advert) -> Told:
        must: dict[str, str] = {}
        nice: dict[str, str] = {}
        languages: dict[str, str] = {}

        def take(text: str, wish: str, *, anything: bool) -> bool:
            found = list(_skills(text))
            for one in found:
                if one.kind == "language":
                    languages.setdefault(one.id, one.preferred)
                elif anything or one.kind in _PLAIN_KINDS:
                    (must if wish == "must" else nice).setdefault(one.id, one.preferred)
            return bool(found)

        for item in advert.asked:
            wish = _wish_in(item) or "must"
            # The page itself calls it a skill, though the taxonomy may have no name for it.
            name = _CUT.split(item)[0].strip()
            if not take(item, wish, anything=True) and name and len(name.split()) <= 5 and len(name) <= 60:
                (must if wish == "must" else nice).setdefault(normalise(name), name)
        for sentence, wish in _sentences(advert.description):
            take(sentence, wish or "nice", anything=bool(wish))
        level = level_of(advert.title)
        return Told(
            SENIORITIES[level] if level is not None else "",
            tuple(must.values())[:_MOST],
            tuple(name for key, name in nice.items() if key not in must)[:_MOST],
            tuple(languages.values())[:_MOST],
        )


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence with what its own words or the head above it say: must, nice or ""."""
    under = ""
    for sentence in _SENTENCE.split(text):
        bare = sentence.strip(" •*-–\t")
        if not bare:
            continue
        head, colon, rest = bare.partition(":")
        role = _head(head) if colon or len(bare.split()) <= 5 else None
        if role is not None:
            under = role
            bare = rest if colon else ""
        own = _wish_in(bare)
        yield bare, own or under


def _head(text: str) -> str | None:
    """Return what a head opens: must, nice, "" (something else), or None where it is no head."""
    folded = normalise(text).strip(" .:¿?¡!")
    role = next((role for role, heads in _words()["heads"].items() if folded in heads), None) if folded else None
    return "" if role == "other" else role


def _wish_in(text: str) -> str:
    padded = f" {' '.join(_WORD.findall(normalise(text)))} "
    return next((wish for wish, words in _words()["said"].items() if any(f" {one} " in padded for one in words)), "")


def _skills(text: str) -> Iterator[_Name]:
    """Yield the longest names first found; a word belongs to one of them."""
    names = _names()
    words = [(match[0], normalise(match[0])) for match in _WORD.finditer(text)]
    at = 0
    while at < len(words):
        for size in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            found = names.get(" ".join(folded for _, folded in words[at : at + size]))
            # "al mes" is no MES, "go" in a sentence no Go.
            if found and (not found.acronym or words[at][0].isupper()):
                yield found
                at += size
                break
        else:
            at += 1


@cache
def _names() -> dict[str, _Name]:
    unclear = read_ambiguous().skills
    names: dict[str, _Name] = {}
    for skill in read_skills():
        for form in (*skill.es, *skill.en):
            key = " ".join(_WORD.findall(normalise(form)))
            if key and normalise(form) not in unclear and len(key.split()) <= _MOST_WORDS:
                short = len(form) < 3 or (form.isupper() and len(form) < 5)
                names.setdefault(key, _Name(skill.id, skill.es[0], skill.kind, short))
    return names


@cache
def _words() -> dict[str, dict[str, Any]]:
    raw = yaml.safe_load((resources.files("ml.lexicon") / "advert.yml").read_text(encoding="utf-8"))
    return {
        "heads": {role: frozenset(map(normalise, heads)) for role, heads in raw["heads"].items()},
        "said": {wish: tuple(map(normalise, words)) for wish, words in raw["said"].items()},
    }
