"""The catalogue, Spanish to English: `en/*.yml` of templates, `stored.yml` of rows; `codes.yml`: what is no text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent
_ICONS = _FOLDER.parent / "static" / "icons.txt"
# Of words that mean one thing here and another there; and those that both languages write alike.
_BY_PLACE, _SAME = "places.yml", "same.yml"


class Catalogue:
    """phrases: everywhere. places: template or dictionary.key → phrases that read differently there."""

    def __init__(self, phrases: dict[str, str], places: dict[str, dict[str, str]]) -> None:
        self.phrases, self.places = phrases, places

    def knows(self, text: str, place: str) -> bool:
        return text in self.phrases or text in self.places.get(place, {})

    def say(self, text: str, place: str = "") -> str | None:
        """Return the English of a text; none where it is missing."""
        return self.places.get(place, {}).get(text, self.phrases.get(text))

    def every(self) -> Iterator[tuple[str, str, str]]:
        """(place, Spanish, English) of all that is written down; place is empty for what holds everywhere."""
        yield from (("", *pair) for pair in self.phrases.items())
        for place, phrases in self.places.items():
            yield from ((place, *pair) for pair in phrases.items())


@cache
def english() -> Catalogue:
    """The catalogue. Raises ValueError where two files translate one phrase."""
    phrases: dict[str, str] = {same: same for same in _read(f"en/{_SAME}")}
    for path in sorted((_FOLDER / "en").glob("*.yml")):
        if path.name in {_BY_PLACE, _SAME}:
            continue
        for spanish, said in _read(f"en/{path.name}").items():
            if spanish in phrases:
                raise ValueError(f"{path.name}: {spanish!r} is translated in another file too")
            phrases[spanish] = said
    return Catalogue(phrases, _read(f"en/{_BY_PLACE}"))


@cache
def codes() -> frozenset[str]:
    """Words that templates hand on and nobody reads."""
    icons = (line.strip() for line in _ICONS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return frozenset(icons) | {word for words in _read("codes.yml").values() for word in words}


def stored(text: str) -> str:
    """Return the English of a text that stands in a row (`stored.yml`); the text where it is none of those."""
    for pattern, said in _stored():
        if found := pattern.fullmatch(text):
            return said.format(**found.groupdict())
    return text


@cache
def _stored() -> list[tuple[re.Pattern[str], str]]:
    """Those without a value before those with one, and of these the longer ones first."""
    written: dict[str, str] = _read("stored.yml")
    ordered = sorted(written.items(), key=lambda one: ("{" in one[0], -len(one[0])))
    return [(_pattern(spanish), said) for spanish, said in ordered]


def _pattern(spanish: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(spanish)), re.S)


def _read(name: str) -> Any:
    return yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
