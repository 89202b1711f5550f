"""Knock-out questions and stages, without a database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from contract.text import normalise
from huntred.errors import FieldInvalid

STAGE_KINDS = ("new", "screening", "interview", "offer", "hired", "rejected", "withdrawn")
ENDED_KINDS = frozenset({"hired", "rejected", "withdrawn"})
# The way forward; what ended has no place on it.
_ROAD = ("new", "screening", "interview", "offer", "hired")

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def read_answer(kind: str, text: str) -> bool | Decimal:
    """Return what a person typed to a knock-out question. Raises FieldInvalid where it says neither."""
    folded = normalise(text).strip(".!¡¿?, ")
    words = _words()
    if kind == "number":
        found = _NUMBER.search(folded)
        if found:
            return Decimal(found.group().replace(",", "."))
        if folded in words["numbers"]:
            return Decimal(words["numbers"][folded])
        for word in folded.split():
            if word in words["numbers"]:
                return Decimal(words["numbers"][word])
        raise FieldInvalid("answer", "not_a_number")
    if any(folded == unsure or folded.startswith(unsure + " ") for unsure in words["unsure"]):
        raise FieldInvalid("answer", "neither_yes_nor_no")
    first = folded.split(" ", 1)[0] if folded else ""
    for said, meaning in (("yes", True), ("no", False)):
        if folded in words[said]:
            return meaning
    for said, meaning in (("no", False), ("yes", True)):
        if first.strip(",.;") in words[said]:
            return meaning
    raise FieldInvalid("answer", "neither_yes_nor_no")


def passes(kind: str, expected: Mapping[str, Any], value: bool | Decimal) -> bool:
    """Say whether an answer lets its writer through."""
    if kind == "yes_no":
        return bool(value) is bool(expected.get("answer", True))
    number = Decimal(value)
    low, high = expected.get("min"), expected.get("max")
    return (low is None or number >= Decimal(str(low))) and (high is None or number <= Decimal(str(high)))


def is_forward(from_kind: str, to_kind: str) -> bool:
    """Say whether a step leads on along the usual road."""
    if from_kind not in _ROAD or to_kind not in _ROAD:
        return False
    return _ROAD.index(to_kind) > _ROAD.index(from_kind)


def ageing(moved_at: datetime, ageing_days: int | None, now: datetime) -> str:
    """Return how long a card has stood: `fresh`, `due` from the stage's days on, `late` from twice as many on."""
    if ageing_days is None:
        return "fresh"
    days = (now - moved_at).days
    if days >= 2 * ageing_days:
        return "late"
    return "due" if days >= ageing_days else "fresh"


@cache
def _words() -> dict[str, Any]:
    text = (resources.files("huntred.applications") / "answers.yml").read_text(encoding="utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    return {
        "yes": {normalise(word) for word in raw["yes"]},
        "no": {normalise(word) for word in raw["no"]},
        "unsure": {normalise(word) for word in raw["unsure"]},
        "numbers": {normalise(word): number for word, number in raw["numbers"].items()},
    }
