"""Lists as files for other recruiting systems: values as they are kept, under the heads of a mapping.

The rows are those of the list (catalogue.py), in the scope of who asked; the words are the systems', not a reader's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from backoffice.csv_text import ENCODING, Cell, CsvWriter
from backoffice.formats import local
from backoffice.lists.writing import Batches
from huntred.applications.models import Application
from huntred.exchange.outgoing import nested
from huntred.importing.json_rows import joined
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy

Value = str | int | Decimal | date | list[str] | None
_DATES = {"iso": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}
# What every list is asked for where it is exported whole: not only what is open.
WHOLE: dict[str, dict[str, str]] = {"people": {}, "applications": {"kind": ""}, "vacancies": {"state": ""}}


def _salary(profile: UnitProfile) -> str:
    return "" if profile.salary_amount is None else f"{profile.salary_amount} {profile.salary_currency}"


def _named(vacancy: Vacancy, kind: str, importance: str) -> list[str]:
    return [
        one.name
        for one in vacancy.requirements
        if (one.kind == "language") == (kind == "language") and (kind == "language" or one.importance == importance)
    ]


_OF_PERSON: dict[str, Callable[[UnitProfile], Value]] = {
    "person_number": lambda row: row.number,
    "first_name": lambda row: row.first_name,
    "last_name": lambda row: row.last_name,
    "second_last_name": lambda row: row.second_last_name,
    "email": lambda row: row.email,
    "phone": lambda row: row.phone,
    "city": lambda row: row.city,
    "region": lambda row: row.state,
    "headline": lambda row: row.headline,
    "experience_years": lambda row: row.experience_years,
    "skills": lambda row: list(row.skills),
    "salary": _salary,
}
_OF_APPLICATION: dict[str, Callable[[Application], Value]] = {
    **{name: lambda row, read=read: read(row.profile) for name, read in _OF_PERSON.items()},  # type: ignore[misc]
    "application_number": lambda row: row.number,
    "vacancy_number": lambda row: row.vacancy.number,
    "vacancy_title": lambda row: row.vacancy.title,
    "stage": lambda row: row.stage.name,
    "stage_kind": lambda row: row.stage.kind,
    "source": lambda row: row.source,
    "applied_on": lambda row: row.created_at,
    "moved_at": lambda row: row.moved_at,
}
_OF_VACANCY: dict[str, Callable[[Vacancy], Value]] = {
    "vacancy_number": lambda row: row.number,
    "title": lambda row: row.title,
    # A file leaves the house: it names nobody whom the search keeps back.
    "company": lambda row: "" if row.confidential else row.company.name,
    "address": lambda row: "" if row.confidential else row.address,
    "must": lambda row: _named(row, "skill", "must"),
    "nice": lambda row: _named(row, "skill", "nice"),
    "languages": lambda row: _named(row, "language", ""),
}
READERS: dict[str, Mapping[str, Callable[[Any], Value]]] = {
    "people": _OF_PERSON, "applications": _OF_APPLICATION, "vacancies": _OF_VACANCY,
}  # fmt: skip


def value_of(kind: str, name: str, row: Any) -> Value:
    """Return a field's plain value; one without a reader is the row's own of that name."""
    reader = READERS[kind].get(name)
    value: Value = reader(row) if reader else getattr(row, name)
    return value


def write(
    path: Path, kind: str, told: Mapping[str, Any], batches: Batches, note: Callable[[int], None] = lambda done: None
) -> int:
    """Write the file and return how many rows it holds. told: as outgoing.told_of made it."""
    writer = _write_csv if told["format"] == "csv" else _write_json
    with path.open("w", encoding=ENCODING if told["format"] == "csv" else "utf-8", newline="") as file:
        return writer(file, kind, told, batches, note)


def _write_csv(
    file: TextIO, kind: str, told: Mapping[str, Any], batches: Batches, note: Callable[[int], None]
) -> int:
    writer = CsvWriter(file)
    writer.row(head for _, head in told["fields"])
    done = 0
    for rows, _ in batches:
        for row in rows:
            writer.row(_cell(value_of(kind, name, row), told["dates"]) for name, _ in told["fields"])
        done += len(rows)
        note(done)
    return done


def _write_json(
    file: TextIO, kind: str, told: Mapping[str, Any], batches: Batches, note: Callable[[int], None]
) -> int:
    lines = told["format"] == "jsonl"
    done = 0
    file.write("" if lines else "[")
    for rows, _ in batches:
        for at, row in enumerate(rows):
            values = {head: _plain(value_of(kind, name, row), told["dates"]) for name, head in told["fields"]}
            first = done == 0 and at == 0
            file.write("" if lines or first else ",\n")
            file.write(json.dumps(nested(values), ensure_ascii=False) + ("\n" if lines else ""))
        done += len(rows)
        note(done)
    file.write("" if lines else "]\n")
    return done


def _cell(value: Value, dates: str) -> Cell:
    plain = _plain(value, dates)
    return joined(plain) if isinstance(plain, list) else "" if plain is None else plain


def _plain(value: Value, dates: str) -> str | int | list[str] | None:
    """Amounts stay text: no float makes 9500.10 of 9500.1."""
    if isinstance(value, datetime):
        at = local(value)
        return at.isoformat(timespec="minutes") if dates == "iso" else at.strftime(_DATES[dates])
    if isinstance(value, date):
        return value.strftime(_DATES[dates])
    return str(value) if isinstance(value, Decimal) else value
