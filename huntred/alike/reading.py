"""What a vacancy says, taken apart so that it can be compared with another one; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from contract.text import normalise
from huntred.alike.shingles import Shingles, shingles_of
from huntred.disclosures.rules import core_name

_GENDER = re.compile(r"(?<=\w)\s?[/(@]\s?(?:a|o|as|os|es|ra|ras|res|e|x)\b\)?")
_WORD = re.compile(r"[a-z0-9]+(?:[+#]+)?")
_CUT = re.compile(r"[,;:()|/\n]|\s[-–—]\s|[–—]")
_LONGEST_BRANCH = 3
# "de 7:00 a 15:00", "8 am - 5 pm": what a schedule begins with.
_HOURS = re.compile(r"\b(\d{1,2})(?:[:.]\d{2})?\s*(a\.?m\.?|p\.?m\.?|hrs?\.?|h)?\s*(?:a|-|–|to)\s*(?:las\s)?\d{1,2}\b")
_DAWN, _NOON, _EVENING = 4, 12, 18


@dataclass(frozen=True)
class Traits:
    """What is compared of a vacancy or of what may become one. Salaries are a month's; empty and None: not told."""

    title: str
    company: str = ""
    kind: str = "job"
    city: str = ""
    remote: bool = False
    address: str = ""
    schedule: str = ""
    description: str = ""
    seniority: str = ""
    salary_min: Decimal | None = None
    salary_max: Decimal | None = None
    salary_currency: str = "MXN"


@dataclass(frozen=True)
class Position:
    """A title taken apart. core: stems of what the work is. concept: of the taxonomy, with the stems that name it."""

    core: frozenset[str]
    concept: str = ""
    named_by: frozenset[str] = frozenset()
    branch: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Read:
    """Traits that were read once and may be compared with many."""

    traits: Traits
    position: Position
    company: str
    city: str
    shifts: frozenset[str]
    address: frozenset[str]
    text: Shingles = field(default_factory=frozenset)


def read(traits: Traits, concept: tuple[str, str] = ("", "")) -> Read:
    """concept: the taxonomy's id for the title and the form by which it was found, or two empty texts."""
    return Read(
        traits, read_title(traits.title, concept), normalise(core_name(traits.company)), normalise(traits.city),
        read_shifts(traits.title, traits.schedule), _address(traits.address), shingles_of(traits.description),
    )  # fmt: skip


def read_title(title: str, concept: tuple[str, str] = ("", "")) -> Position:
    folded = _folded(title)
    branch, rest = _branch(folded)
    for names in (*_words()["shifts"].values(), *_words()["levels"].values()):
        for name in names:
            rest = re.sub(rf"\b{re.escape(name)}\b", " ", rest)
    marks, core = set(), set()
    for word in _WORD.findall(rest):
        if word in _words()["directions"] or word.isdecimal():
            marks.add(word)
        elif word not in _words()["empty"]:
            core |= _stems(word)
    named_by = frozenset(one for word in _WORD.findall(normalise(concept[1])) for one in _stems(word))
    return Position(frozenset(core), concept[0], named_by, branch, frozenset(marks), _named("levels", folded))


def words_of(title: str) -> list[str]:
    """Return the folded words of a title, without "(a)" and "/a"."""
    return _WORD.findall(_folded(title))


def read_shifts(title: str, schedule: str) -> frozenset[str]:
    """Return which shifts are named, in words or by the hour at which they begin."""
    folded = normalise(f"{title} \n {schedule}")
    found = set(_named("shifts", folded))
    if found:
        return frozenset(found)
    for hours in _HOURS.finditer(normalise(schedule)):
        begins, half = int(hours[1]), (hours[2] or "").replace(".", "")
        if half == "pm" and begins < _NOON:
            begins += _NOON
        if begins <= 24:
            found.add(_shift_at(begins))
    return frozenset(found)


def _shift_at(hour: int) -> str:
    if _DAWN <= hour < _NOON:
        return "morning"
    return "afternoon" if _NOON <= hour < _EVENING else "night"


def stem(word: str) -> str:
    """Return a word without the endings of gender and number: cajera, cajeros → cajer."""
    bare = word
    if len(bare) > 4 and bare.endswith("es"):
        bare = bare[:-2]
    elif len(bare) > 3 and bare.endswith("s"):
        bare = bare[:-1]
    return bare[:-1] if len(bare) > 3 and bare[-1] in "aeo" else bare


def _folded(title: str) -> str:
    return _GENDER.sub("", normalise(title))


def _stems(word: str) -> set[str]:
    return {stem(part) for part in _words()["short"].get(word, word).split()}


def _branch(folded: str) -> tuple[frozenset[str], str]:
    """Return the words of a branch that is named, and the title without it."""
    found: set[str] = set()
    rest = []
    for part in _CUT.split(folded):
        for name in _words()["branches"]:
            before, _, after = f" {part} ".partition(f" {name} ")
            words = []
            for word in _WORD.findall(after)[: _LONGEST_BRANCH + 1]:
                if word in _words()["branch_ends"]:
                    break
                words.append(word)
            kept = [word for word in words[:_LONGEST_BRANCH] if word not in _words()["empty"]]
            # "gerente de tienda" names none; "línea de producción" is what the work is.
            if kept and not after.strip().startswith(("de ", "del ")):
                found |= set(kept)
                part = before + " " + " ".join(_WORD.findall(after)[len(words) :])
                break
        rest.append(part)
    return frozenset(found), " ".join(rest)


def _address(text: str) -> frozenset[str]:
    words = _WORD.findall(normalise(text))
    return frozenset(word for word in words if word not in _words()["address_empty"])


def _named(group: str, folded: str) -> frozenset[str]:
    padded = f" {' '.join(_WORD.findall(folded))} "
    return frozenset(
        key for key, names in _words()[group].items() if any(f" {name} " in padded for name in names)
    )


@cache
def _words() -> dict[str, Any]:
    raw = yaml.safe_load((resources.files("huntred.alike") / "words.yml").read_text(encoding="utf-8"))
    sets = {"directions", "empty", "address_empty", "branch_ends"}
    return {key: frozenset(map(str, value)) if key in sets else value for key, value in raw.items()}
