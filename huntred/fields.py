"""Fields of study and work, and which of them a text names; the words stand in fields.yml."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from importlib import resources

import yaml

from contract.text import normalise


@functools.cache
def _all() -> dict[str, tuple[dict[str, str], re.Pattern[str]]]:
    found = yaml.safe_load((resources.files("huntred") / "fields.yml").read_text("utf-8"))
    return {
        code: (
            {"es": told["name"], "en": told["english"]},
            _pattern([normalise(told["name"]), *told["words"]]),
        )
        for code, told in found.items()
    }


def _pattern(words: list[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(r"(?<!\w)(" + "|".join(re.escape(word) for word in longest_first) + r")(?!\w)")


def codes() -> tuple[str, ...]:
    return tuple(_all())


def name(code: str, language: str = "es") -> str:
    """Return a field's name as people read it; the code where there is none of it. language: es or en."""
    return _all()[code][0][language] if code in _all() else code


def named_in(text: str) -> list[str]:
    """Return the fields that a text names, the one with the most words first; a longer name outweighs its parts."""
    folded = normalise(text)
    weighed = {}
    for code, (_, pattern) in _all().items():
        found = pattern.findall(folded)
        if found:
            weighed[code] = sum(len(word) for word in found)
    return sorted(weighed, key=lambda code: -weighed[code])


def known(wanted: Collection[str]) -> bool:
    """Whether all are codes of ours."""
    return set(wanted) <= set(_all())
