"""Reads JSON to rows of text: a list of objects, one somewhere inside of an answer, or a line for each (JSON Lines).

A value stands under its dotted path. Numbers stay as they were written: an id of 19 digits is no float.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from huntred.importing.errors import FileEmpty, FileTooLarge, FileUnreadable

# How many of a list of objects have columns of their own ("emails.0.value"), and how deep values are looked for.
_MOST_OF_A_LIST = 3
_DEEPEST = 6
_SEPARATORS = frozenset(",|•/\n")
# Under which name systems put their list.
_ENVELOPES = frozenset(
    {"data", "results", "items", "records", "rows", "value", "candidates", "applicants", "people", "jobs", "vacancies"}
)


def is_json(text: str) -> bool:
    """Whether it begins like JSON; a CSV whose first head begins so is not read as one."""
    return text.lstrip()[:1] in {"[", "{"}


def read_json(text: str, most_rows: int, most_columns: int) -> list[list[str]]:
    """Return heads and rows. Raises FileTooLarge, FileUnreadable, FileEmpty."""
    try:
        found = _objects(text)
    except (ValueError, RecursionError) as error:
        raise FileUnreadable(f"{type(error).__name__}: {error}") from None
    if not found:
        raise FileEmpty("no objects")
    if len(found) > most_rows:
        raise FileTooLarge(f"more than {most_rows} objects")
    places: dict[str, int] = {}
    rows: list[dict[str, str]] = []
    for one in found:
        row = dict(_flat(one, "", 0))
        for head in row:
            places.setdefault(head, len(places))
        if len(places) > most_columns:
            raise FileTooLarge(f"more than {most_columns} columns")
        rows.append(row)
    return [list(places), *([row.get(head, "") for head in places] for row in rows)]


def _objects(text: str) -> list[dict[str, Any]]:
    try:
        told = _loads(text)
    except json.JSONDecodeError:
        told = [_loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(told, dict):
        told = _listed(told) or [told]
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise FileUnreadable("no list of objects")
    return told


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _listed(told: dict[str, Any], depth: int = 0) -> list[dict[str, Any]] | None:
    """The list of an answer such as {"data": [{}, {}], "total": 2}."""
    for name, value in told.items():
        if name in _ENVELOPES and isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            return value
    inner = [_listed(value, depth + 1) for value in told.values() if isinstance(value, dict)] if depth < 2 else []
    return next((found for found in inner if found), None)


def _flat(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        for number, inner in enumerate(value[:_MOST_OF_A_LIST]):
            yield from _flat(inner, f"{path}.{number}", depth + 1)
    elif isinstance(value, list):
        texts = [_text(one) for one in value if one is not None]
        yield path, joined(texts)
    elif not isinstance(value, dict):
        yield path, _text(value)


def joined(texts: list[str]) -> str:
    """Several values as one cell; a single one that looks like several is marked as one by the sign behind it."""
    return "; ".join(texts) + (";" if len(texts) == 1 and _SEPARATORS & set(texts[0]) else "")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
