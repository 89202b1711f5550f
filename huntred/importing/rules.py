"""From a table of somebody else's to vacancies: which column is which, and what a cell says; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import Any

import yaml

from contract.text import normalise

FIELDS = (
    "title", "company", "description", "city", "region", "address", "modality", "openings", "salary", "salary_min",
    "salary_max", "salary_period", "salary_currency", "seniority", "min_experience_years", "schedule", "benefits",
    "must", "nice", "languages",
)  # fmt: skip
REQUIRED = ("title", "company")
_LONGEST = {"title": 200, "company": 200, "city": 100, "region": 100, "address": 500}
_MOST_REQUIREMENTS = 30
_THOUSAND = Decimal(1_000)
_AMOUNT = re.compile(r"(\d{1,3}(?:[,' ]\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)(\s*(?:mil|k)\b)?", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell. row: as the spreadsheet counts, the heads being 1; column: its head, or none."""

    row: int
    column: str
    field: str
    problem: str
    value: str = ""


@dataclass(frozen=True)
class ReadRow:
    """One row as it was understood; a vacancy's values by field, only where it has no fault."""

    row: int
    values: Mapping[str, Any]
    faults: tuple[Fault, ...]


def guess(heads: Sequence[str], kept: Mapping[str, str]) -> dict[str, str]:
    """Return field → head: what the unit kept where that head is there, else by the words of words.yml."""
    by_fold = {normalise(head): head for head in reversed(heads) if head}
    found = {field: by_fold[normalise(head)] for field, head in kept.items() if normalise(head) in by_fold}
    for field, names in _words()["columns"].items():
        if field in found:
            continue
        for name in names:
            if name in by_fold and by_fold[name] not in found.values():
                found[field] = by_fold[name]
                break
    return {field: found[field] for field in FIELDS if field in found}


def read_rows(heads: Sequence[str], rows: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> list[ReadRow]:
    """Read each row that is not empty by the mapping (field → head)."""
    place = {head: index for index, head in reversed(list(enumerate(heads)))}
    columns = {field: place[head] for field, head in mapping.items() if field in FIELDS and head in place}
    return [
        _read(number, {field: row[index] for field, index in columns.items()}, mapping)
        for number, row in enumerate(rows, 2)
        if any(row)
    ]


def _read(number: int, cells: Mapping[str, str], mapping: Mapping[str, str]) -> ReadRow:
    values: dict[str, Any] = {}
    faults: list[Fault] = []

    def wrong(field: str, problem: str) -> None:
        faults.append(Fault(number, mapping.get(field, ""), field, problem, cells.get(field, "")[:60]))

    for field in REQUIRED:
        if not cells.get(field, "").strip():
            wrong(field, "missing")
    for field, raw in cells.items():
        if not raw.strip():
            continue
        try:
            values.update(_READERS.get(field, _plain)(field, raw))
        except _Wrong as error:
            wrong(field, error.problem)
    low, high = values.get("salary_min"), values.get("salary_max")
    if low is not None and high is not None and low > high:
        wrong("salary_max" if "salary_max" in mapping else "salary", "below_minimum")
    return ReadRow(number, values if not faults else {}, tuple(faults))


class _Wrong(Exception):
    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


def _plain(field: str, raw: str) -> dict[str, Any]:
    text = raw.strip() if field in {"description", "benefits"} else " ".join(raw.split())
    if len(text) > _LONGEST.get(field, 10_000):
        raise _Wrong("too_long")
    return {field: text}


def _amount(raw: str) -> Decimal:
    """Read an amount as people type it into a sheet: "12,500.00", "$12 500", "12 mil", "12k"."""
    found = _AMOUNT.fullmatch(raw.replace("$", "").strip())
    if not found:
        raise _Wrong("not_a_number")
    try:
        value = Decimal(re.sub(r"[,' ]", "", found[1]))
    except InvalidOperation:
        raise _Wrong("not_a_number") from None
    if found[2]:
        value *= _THOUSAND
    if value >= Decimal(10) ** 12:
        raise _Wrong("not_a_number")
    return value


def _number(field: str, raw: str) -> dict[str, Any]:
    return {field: _amount(raw)}


def _openings(field: str, raw: str) -> dict[str, Any]:
    value = _amount(raw)
    if value != int(value):
        raise _Wrong("not_a_number")
    if not 1 <= value <= 10_000:
        raise _Wrong("not_positive" if value < 1 else "out_of_range")
    return {field: int(value)}


def _years(field: str, raw: str) -> dict[str, Any]:
    # "2 años" and "3+" are what people write.
    found = re.match(r"\s*(\d+(?:\.\d)?)", raw)
    if not found:
        raise _Wrong("not_a_number")
    years = Decimal(found[1])
    if years > 60:
        raise _Wrong("out_of_range")
    return {field: years}


def _choice(field: str, raw: str) -> dict[str, Any]:
    value = said(field, raw)
    if value is None:
        raise _Wrong("unknown")
    return {field: value}


def _salary(field: str, raw: str) -> dict[str, Any]:
    """Read "$12,000 a $15,000 MXN mensuales": one amount or two, with what is said of currency and period."""
    found = list(_AMOUNT.finditer(raw))
    amounts = [_amount(one[0]) for one in found]
    if not 1 <= len(amounts) <= 2:
        raise _Wrong("not_a_number")
    if found[-1][2] and not found[0][2] and amounts[0] * _THOUSAND <= amounts[-1]:
        amounts[0] *= _THOUSAND  # "12 a 14 mil"
    values: dict[str, Any] = {"salary_min": amounts[0], "salary_max": amounts[-1]}
    for extra in ("salary_period", "salary_currency"):
        told = said(extra, re.sub(r"[\d.,$]+", " ", raw))
        if told is not None:
            values[extra] = told
    return values


def _list(field: str, raw: str) -> dict[str, Any]:
    parts = [" ".join(part.split()) for part in re.split(r"[;\n•|,]", raw)]
    names = list(dict.fromkeys(part for part in parts if part))
    if len(names) > _MOST_REQUIREMENTS:
        raise _Wrong("too_many")
    if any(len(name) > 120 for name in names):
        raise _Wrong("too_long")
    return {field: names}


def said(field: str, raw: str) -> str | None:
    """Return which of our choices a text names: as a whole, or by a word in it; none where it names no one of them."""
    folded = normalise(raw)
    choices: Mapping[str, Sequence[str]] = _words()["values"][field]
    for value, names in choices.items():
        if folded == value.casefold() or folded in names:
            return value
    padded = f" {re.sub(r'[^a-z0-9]+', ' ', folded)} "
    named = {value for value, names in choices.items() if any(f" {name} " in padded for name in names)}
    return named.pop() if len(named) == 1 else None


_READERS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "openings": _openings, "salary": _salary, "salary_min": _number, "salary_max": _number,
    "min_experience_years": _years, "modality": _choice, "seniority": _choice, "salary_period": _choice,
    "salary_currency": _choice, "must": _list, "nice": _list, "languages": _list,
}  # fmt: skip


def readable(field: str, raw: str) -> bool:
    """Say whether a cell of this field can be read as it stands."""
    try:
        _READERS.get(field, _plain)(field, raw)
    except _Wrong:
        return False
    return True


def column_names() -> dict[str, list[str]]:
    """Return field → how its column may be called, folded."""
    return dict(_words()["columns"])


def template_heads() -> dict[str, str]:
    """Return field → the head of our own template."""
    return {field: _words()["columns"][field][0].capitalize() for field in FIELDS}


@cache
def _words() -> dict[str, Any]:
    file = resources.files("huntred.importing").joinpath("words.yml")
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))
