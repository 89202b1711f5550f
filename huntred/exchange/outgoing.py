"""What a mapping of ours on its way out may say: which fields, under which heads, how dates are written; pure.

Birth date, CURP, RFC and sex leave us only as what a person is given of themselves (huntred/privacy/export.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from huntred.errors import FieldInvalid

_PERSON = (
    "person_number", "first_name", "last_name", "second_last_name", "email", "phone", "city", "region", "headline",
    "experience_years", "skills", "salary",
)  # fmt: skip
FIELDS: dict[str, tuple[str, ...]] = {
    "people": (*_PERSON, "created_at", "updated_at"),
    "applications": (
        *_PERSON, "application_number", "vacancy_number", "vacancy_title", "stage", "stage_kind", "source",
        "applied_on", "moved_at",
    ),
    "vacancies": (
        "vacancy_number", "title", "company", "description", "city", "region", "address", "modality", "openings",
        "salary_min", "salary_max", "salary_period", "salary_currency", "seniority", "min_experience_years", "schedule",
        "benefits", "must", "nice", "languages", "state", "published_at",
    ),
}  # fmt: skip
FORMATS = ("csv", "json", "jsonl")
DATES = ("iso", "dmy", "mdy")
_LONGEST_HEAD = 120


def default_fields(kind: str) -> list[tuple[str, str]]:
    """Every field under its own name, which our import reads again."""
    return [(name, name) for name in FIELDS[kind]]


def told_of(kind: str, fields: Sequence[tuple[str, str]], dates: str, file_format: str) -> dict[str, Any]:
    """Return what a mapping says. fields: of the kind, each with its head, in order. Raises FieldInvalid."""
    if kind not in FIELDS:
        raise FieldInvalid("kind", "unknown")
    if dates not in DATES:
        raise FieldInvalid("dates", "unknown")
    if file_format not in FORMATS:
        raise FieldInvalid("format", "unknown")
    named = [(name, " ".join(head.replace("\x00", "").split())) for name, head in fields]
    if not named:
        raise FieldInvalid("fields", "missing")
    for name, head in named:
        if name not in FIELDS[kind]:
            raise FieldInvalid("fields", "unknown")
        if not head:
            raise FieldInvalid("fields", "missing")
        if len(head) > _LONGEST_HEAD:
            raise FieldInvalid("fields", "too_long")
    heads = [head for _, head in named]
    if len({name for name, _ in named}) < len(named) or len(set(heads)) < len(heads):
        raise FieldInvalid("fields", "twice")
    if file_format != "csv":
        _check_paths(heads)
    return {"fields": [list(one) for one in named], "dates": dates, "format": file_format}


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted heads as one JSON object: {"address.city": "León"} → {"address": {"city": "León"}}."""
    found: dict[str, Any] = {}
    for head, value in values.items():
        *path, last = head.split(".")
        place = found
        for name in path:
            place = place.setdefault(name, {})
        place[last] = value
    return found


def _check_paths(heads: Sequence[str]) -> None:
    """One head may not be the beginning of another: "address" and "address.city" cannot both be there."""
    paths = {tuple(head.split(".")) for head in heads}
    if any(path[:length] in paths for path in paths for length in range(1, len(path))):
        raise FieldInvalid("fields", "twice")
