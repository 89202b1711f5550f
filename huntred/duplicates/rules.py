"""When two profiles may be one person's, and which value of the two stays; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from contract.text import normalise
from huntred.applications.rules import ENDED_KINDS

UNDO_DAYS = 30

# Each choice of the page and the columns that go with it: a city without its state would be another place.
GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("first_name", "last_name", "second_last_name"),
    "email": ("email",),
    "phone": ("phone",),
    "birth_date": ("birth_date_sealed",),
    "curp": ("curp_sealed", "curp_hash"),
    "rfc": ("rfc_sealed", "rfc_hash"),
    "nationality": ("nationality",),
    "work_permit": ("work_permit", "permit_expires_on"),
    "city": ("city", "state", "latitude", "longitude"),
    "headline": ("headline",),
    "experience_years": ("experience_years",),
    "experience_text": ("experience_text",),
    "skills": ("skills",),
    "salary": ("salary_amount", "salary_currency"),
}
Side = Literal["kept", "other", "both"]

_STRENGTHS = {"curp": 100, "rfc": 85, "birth": 80, "email": 70, "phone": 60}
_CLOSE = 0.84


def similar_names(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two names may be one person's: "Ma. Guadalupe Hdez." and "María Guadalupe Hernández Ruiz".

    first, second: given names, first and second surname. A given name and a surname have to agree; an initial agrees
    with what it begins; of two second surnames that were both told, neither may be another.
    """
    given = _agreeing(_words(first[0]), _words(second[0]))
    surname = _agreeing(_words(first[1]), _words(second[1]))
    last = [_words(name[2]) for name in (first, second)]
    if all(last) and not _agreeing(*last):
        return False
    return given and surname


def strength(reasons: Sequence[str]) -> int:
    """Return how sure a pair is, 0 to 100: the surest reason, and something for each one more."""
    known = sorted((_STRENGTHS[reason] for reason in reasons if reason in _STRENGTHS), reverse=True)
    bonus = 10 * (len(reasons) - 1)
    return min(100, known[0] + bonus) if known else 0


def chosen(
    kept: Mapping[str, Any], other: Mapping[str, Any], choices: Mapping[str, Side]
) -> dict[str, Any]:
    """Return the columns as they are to be. Where nothing was chosen: the kept one's, or else what the other told.

    kept, other: values by column. choices: by name of GROUPS; `both` joins skills.
    """
    values: dict[str, Any] = {}
    for group, columns in GROUPS.items():
        told = {"kept": not _empty(kept[columns[0]]), "other": not _empty(other[columns[0]])}
        side = choices.get(group) or ("other" if told["other"] and not told["kept"] else "kept")
        if side == "both" and group == "skills":
            joined = {normalise(skill): skill for skill in [*(other["skills"] or []), *(kept["skills"] or [])]}
            first = [normalise(skill) for skill in kept["skills"] or []]
            values["skills"] = [joined[key] for key in dict.fromkeys([*first, *joined])]
            continue
        source = other if side == "other" else kept
        values.update({column: source[column] for column in columns})
    return values


def further(kind: str, ord_: int) -> tuple[bool, bool, int]:
    """How far an application is: hired before all, what goes on before what ended, then by its stage."""
    return kind == "hired", kind not in ENDED_KINDS and kind != "withdrawn", ord_


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _words(name: str) -> list[str]:
    folded = normalise(name).replace(".", " ").replace("-", " ").split()
    known = _known()
    return [known["short"].get(word, word) for word in folded if word not in known["particles"]]


def _agreeing(first: list[str], second: list[str]) -> bool:
    """Whether every word of the shorter one is found in the longer."""
    short, long = sorted((first, second), key=len)
    return bool(short) and all(any(_alike(word, other) for other in long) for word in short)


def _alike(first: str, second: str) -> bool:
    if first == second:
        return True
    if min(len(first), len(second)) == 1:
        return first[0] == second[0]
    return min(len(first), len(second)) > 3 and SequenceMatcher(None, first, second).ratio() >= _CLOSE


@cache
def _known() -> dict[str, Any]:
    file = resources.files("huntred.duplicates").joinpath("names.yml")
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))
