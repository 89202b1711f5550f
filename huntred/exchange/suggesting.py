"""Which column of another system's file is which field of ours: by what was kept, the system, the words, the values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml

from contract.text import normalise

PERSON_FIELDS = (
    "external_id", "full_name", "first_name", "last_name", "second_last_name", "email", "phone", "birth_date", "curp",
    "rfc", "city", "region", "headline", "experience_years", "skills", "salary", "salary_currency", "source",
)  # fmt: skip
APPLICATION_FIELDS = ("vacancy", "stage", "applied_on")
FIELDS = (*PERSON_FIELDS, *APPLICATION_FIELDS)
OTHER_SYSTEM = "other"
DATE_ORDERS = ("dmy", "mdy")

_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[a-zA-Z]{2,}")
_PHONE = re.compile(r"\+?[\d\s().\-]{10,20}")
_NUMBERS = re.compile(r"\s*(\d{1,2})[/\-.](\d{1,2})[/\-.]\d{2,4}\b")
_YEAR = re.compile(r"\b(19[3-9]\d|20[01]\d)\b")
_MOST_OF_THEM = 0.6
_SAMPLE = 200


def fingerprint(heads: Sequence[str]) -> str:
    """What files of the same columns share, in whatever order these stand."""
    return hashlib.sha256("\n".join(sorted({normalise(head) for head in heads if head})).encode()).hexdigest()[:32]


def never_read(heads: Sequence[str]) -> dict[str, str]:
    """Head → why no such column is ever read (a name in words.yml), of those that tell what nobody is chosen by."""
    return {head: why for head in heads if (why := _why_never(head))}


def suggest(heads: Sequence[str], rows: Sequence[Sequence[str]], system: str = "") -> dict[str, Any]:
    """Return columns (field → head), the system (the given one, else as its heads tell) and the order of dates."""
    open_heads = [head for head in heads if head and not _why_never(head)]
    found_system = system or system_of(open_heads)
    columns = _of_system(open_heads, found_system)
    _by_words(columns, open_heads)
    sample = _samples(heads, rows)
    _by_values(columns, open_heads, sample)
    return {
        "columns": {field: columns[field] for field in FIELDS if field in columns},
        "system": found_system or OTHER_SYSTEM, "dates": _date_order(columns, sample), "values": {},
    }  # fmt: skip


def systems() -> dict[str, dict[str, Any]]:
    """Return what systems.yml says, by the system's key."""
    return _systems()


def system_of(heads: Sequence[str]) -> str:
    """The system whose export has the most of these heads, or none."""
    folded = {normalise(head) for head in heads}
    best, most = "", 0
    for key, told in _systems().items():
        if any(normalise(sign) not in folded for sign in told["signs"]):
            continue
        known = sum(any(normalise(name) in folded for name in names) for names in told["columns"].values())
        if known >= told["least"] and known > most:
            best, most = key, known
    return best


def kind_of_stage(name: str) -> str:
    """Which kind of stage another system's name means; empty where its words say none of ours."""
    folded = fold(name)
    stages: Mapping[str, Sequence[str]] = _words()["stages"]
    for kind, names in stages.items():
        if folded in names:
            return kind
    padded = f" {folded} "
    return next((kind for kind, names in stages.items() if any(f" {one} " in padded for one in names)), "")


def fold(head: str) -> str:
    """Fold a head to words: "dateOfBirth", "date_of_birth" and "Date of birth" are one."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", head)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", normalise(spaced)).split())


def _why_never(head: str) -> str:
    padded = f" {fold(head)} "
    for why, names in _words()["never"].items():
        if any(f" {name} " in padded for name in names):
            return str(why)
    return ""


def _of_system(heads: Sequence[str], system: str) -> dict[str, str]:
    by_fold = {normalise(head): head for head in reversed(heads)}
    columns: dict[str, str] = {}
    for field, names in _systems().get(system, {"columns": {}})["columns"].items():
        head = next((by_fold[normalise(name)] for name in names if normalise(name) in by_fold), "")
        if head and head not in columns.values():
            columns[field] = head
    return columns


def _by_words(columns: dict[str, str], heads: Sequence[str]) -> None:
    named: dict[str, str] = {}
    for head in reversed(heads):
        # Of a path the last name that says something: "contact.emails.0.value" is "emails".
        parts = [part for part in head.split(".") if part and not part.isdigit() and part != "value"]
        for name in (fold(parts[-1]) if parts else "", fold(head)):
            named[name] = head
    for field, names in _words()["columns"].items():
        if field in columns or (field == "full_name" and "first_name" in columns):
            continue
        head = next((named[name] for name in names if name in named and named[name] not in columns.values()), "")
        if head:
            columns[field] = head


def _by_values(columns: dict[str, str], heads: Sequence[str], sample: Mapping[str, list[str]]) -> None:
    if "first_name" in columns and "last_name" not in columns and "full_name" not in columns:
        told = sample.get(columns["first_name"], [])
        if _mostly(told, lambda value: len(value.split()) >= 2):
            columns["full_name"] = columns.pop("first_name")
    for field, looks in (
        ("email", lambda value: bool(_EMAIL.search(value))),
        ("phone", lambda value: bool(_PHONE.fullmatch(value.strip()))),
        ("birth_date", lambda value: bool(_NUMBERS.match(value) or value[4:5] == "-") and bool(_YEAR.search(value))),
    ):
        if field in columns:
            continue
        head = next(
            (head for head in heads if head not in columns.values() and _mostly(sample.get(head, []), looks)), ""
        )
        if head:
            columns[field] = head


def _mostly(values: Sequence[str], looks: Any) -> bool:
    return len(values) > 0 and sum(bool(looks(value)) for value in values) >= _MOST_OF_THEM * len(values)


def _samples(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    return {
        head: [row[place] for row in rows[:_SAMPLE] if row[place].strip()]
        for place, head in reversed(list(enumerate(heads)))
        if head
    }


def _date_order(columns: Mapping[str, str], sample: Mapping[str, list[str]]) -> str:
    """Month first only where the dates themselves say so: in Mexico the day comes first."""
    found = [
        _NUMBERS.match(value)
        for field in ("birth_date", "applied_on")
        for value in sample.get(columns.get(field, ""), [])
    ]
    pairs = [(int(one[1]), int(one[2])) for one in found if one]
    month_first = any(second > 12 for _, second in pairs) and all(first <= 12 for first, _ in pairs)
    return "mdy" if month_first else "dmy"


@cache
def _words() -> dict[str, Any]:
    return _yaml("words.yml")


@cache
def _systems() -> dict[str, dict[str, Any]]:
    return _yaml("systems.yml")


def _yaml(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load(resources.files("huntred.exchange").joinpath(name).read_text(encoding="utf-8")))
