"""The level that a title names, and what somebody says about when and where they can work.

The words stand in `seniority.yml` and `availability.yml`, which people edit; they are read at the first use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

from contract.text import normalise
from huntred.vacancies.rules import SENIORITIES

# "…, pero sí …": what follows is said anew.
_SENTENCE = re.compile(r"[.;!?\n]+|\bpero\b", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """yes: what was promised; no: what was ruled out; each with the sentence that says so."""

    yes: dict[str, str]
    no: dict[str, str]


@lru_cache(maxsize=20_000)
def level_of(title: str) -> int | None:
    """Return the place in SENIORITIES of the highest level that a title names; None where it names none."""
    folded = _padded(title)
    found = [
        SENIORITIES.index(name)
        for name, words in _read("seniority.yml").items()
        if any(f" {normalise(word)} " in folded for word in words)
    ]
    return max(found, default=None)


@lru_cache(maxsize=20_000)
def asked_of(text: str) -> tuple[str, ...]:
    """Return what a vacancy's words ask of somebody's time: keys of `availability.yml`."""
    folded = _padded(text)
    return tuple(key for key, words in _groups().items() if any(f" {word} " in folded for word in words["asked"]))


@lru_cache(maxsize=20_000)
def said_of(text: str) -> Said:
    """Return what a person's words say about the same."""
    said = Said({}, {})
    for sentence in _SENTENCE.split(text):
        folded = _padded(sentence)
        for key, words in _groups().items():
            word = next((word for word in words["told"] if f" {word} " in folded), None)
            if word is not None:
                upto = folded[: folded.index(f" {word} ") + len(word) + 2]
                denied = any(f" {no} " in upto for no in _denied())
                (said.no if denied else said.yes).setdefault(key, sentence.strip())
    return said


def _padded(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', normalise(text)))} "


@cache
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((resources.files("ml.ranking") / name).read_text(encoding="utf-8"))
    return found


@cache
def _groups() -> dict[str, dict[str, list[str]]]:
    return {key: words for key, words in _read("availability.yml").items() if key != "denied"}


@cache
def _denied() -> tuple[str, ...]:
    return tuple(normalise(words) for words in _read("availability.yml")["denied"])
