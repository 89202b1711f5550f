"""The vacancies of a job page: its `JobPosting` linked data (schema.org) as the rows that a file would have; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from contract.text import normalise
from huntred.importing.errors import PageUnreadable
from huntred.importing.plain import linked_data, plain_text
from huntred.importing.rules import said

MOST_POSTINGS = 30
_MOST_NODES = 50_000
_NOT_A_SEPARATOR = re.compile(r"[;\n•|,]+")
_TYPES = {
    "full_time": "Tiempo completo", "part_time": "Medio tiempo", "contractor": "Por honorarios o proyecto",
    "temporary": "Temporal", "intern": "Prácticas", "volunteer": "Voluntariado", "per_diem": "Por día",
}  # fmt: skip


@dataclass(frozen=True)
class Posting:
    """cells: field → text, as a file's row would have it. asked: skills and qualifications, item by item.

    notes: codes of what somebody should look at.
    """

    cells: Mapping[str, str]
    asked: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def read_postings(page: str, url: str, today: date) -> list[Posting]:
    """Return the vacancies of a page in their order, each once. Raises PageUnreadable."""
    broken, found = False, []
    for text in linked_data(page):
        try:
            data = json.loads(text.strip().rstrip(";"), strict=False, parse_constant=lambda name: None)
        except (ValueError, RecursionError):
            broken = True
            continue
        found += [posting for posting in _postings(data) if posting not in found]
        if len(found) > MOST_POSTINGS:
            raise PageUnreadable("too_many")
    if not found:
        raise PageUnreadable("broken_data" if broken else "no_posting")
    return [_read(posting, url, today) for posting in found]


def _postings(data: Any) -> Iterator[Mapping[str, Any]]:
    """Look everywhere: in lists, in @graph, in what the page is about."""
    waiting, seen = [data], 0
    while waiting and seen < _MOST_NODES:
        node, seen = waiting.pop(0) if len(waiting) < 100 else waiting.pop(), seen + 1
        if isinstance(node, Mapping):
            if any(kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1] == "JobPosting" for kind in _texts(node.get("@type"))):
                yield node
            else:
                waiting += [value for value in node.values() if isinstance(value, Mapping | list)]
        elif isinstance(node, list):
            waiting += [value for value in node if isinstance(value, Mapping | list)]


def _read(data: Mapping[str, Any], url: str, today: date) -> Posting:
    notes: list[str] = []
    cells = {
        "title": _line(data.get("title") or data.get("name"), 200),
        "company": _line(_named(data.get("hiringOrganization")), 200),
        "benefits": _block(data.get("jobBenefits"), 2_000),
        "schedule": _schedule(data),
        **_place(data),
        **_salary(data, notes),
    }
    asked = tuple(item for name in ("skills", "qualifications") for item in _items(data.get(name), name == "skills"))
    months = _first(data.get("experienceRequirements"))
    if isinstance(months, Mapping) and (count := _decimal(months.get("monthsOfExperience"))) is not None:
        cells["min_experience_years"] = str(round(min(count, Decimal(720)) / 12, 1))
    openings = _decimal(data.get("totalJobOpenings"))
    if openings is not None and openings == int(openings) and 1 <= openings <= 10_000:
        cells["openings"] = str(int(openings))
    cells["description"] = _description(data, asked, url, today, notes)
    return Posting({name: value for name, value in cells.items() if value}, asked, tuple(notes))


def _description(data: Mapping[str, Any], asked: Sequence[str], url: str, today: date, notes: list[str]) -> str:
    parts = [_block(data.get("description"), 12_000)]
    for head, name in (("Responsabilidades", "responsibilities"), ("Escolaridad", "educationRequirements")):
        text = _block(_named(data.get(name), "credentialCategory"), 2_000)
        if text and text not in parts[0]:
            parts.append(f"{head}:\n{text}")
    listed = "\n".join(f"• {item}" for item in asked)
    if listed and any(item not in parts[0] for item in asked):
        parts.append(f"Requisitos:\n{listed[:3_000]}")
    posted, until = _day(data.get("datePosted")), _day(data.get("validThrough"))
    if until is not None and until < today:
        notes.append("expired")
    source = f"Publicación original: {url}"
    if posted is not None:
        source += f"\nPublicada el {posted:%d/%m/%Y}"
    if until is not None:
        source += f"\nVigente hasta el {until:%d/%m/%Y}"
    return "\n\n".join([part for part in parts if part] + [source])


def _place(data: Mapping[str, Any]) -> dict[str, str]:
    places = _list(data.get("jobLocation"))
    address = places[0] if places else None
    if isinstance(address, Mapping):
        address = _first(address.get("address")) or address.get("name")
    cells: dict[str, str] = {}
    if isinstance(address, Mapping):
        cells["city"] = _line(_named(address.get("addressLocality")), 100)
        cells["region"] = _line(_named(address.get("addressRegion")), 100)
        cells["address"] = _line(address.get("streetAddress"), 400)
    elif isinstance(address, str):
        cells["address"] = _line(address, 400)
    if any(kind.upper() == "TELECOMMUTE" for kind in _texts(data.get("jobLocationType"))):
        cells["modality"] = "remote"
    return cells


def _salary(data: Mapping[str, Any], notes: list[str]) -> dict[str, str]:
    salary = _first(data.get("baseSalary")) or _first(data.get("estimatedSalary"))
    if salary is None:
        return {}
    currency, period, value = data.get("salaryCurrency"), None, salary
    if isinstance(salary, Mapping):
        currency, period = salary.get("currency") or currency, salary.get("unitText")
        value = _first(salary.get("value"))
        if value is None:
            value = salary
    low = high = None
    if isinstance(value, Mapping):
        period = value.get("unitText") or period
        low = _decimal(value.get("minValue") or value.get("value"))
        high = _decimal(value.get("maxValue") or value.get("value"))
    else:
        low = high = _decimal(value)
    if low is None and high is None:
        return {}
    cells: dict[str, str] = {}
    if currency:
        known = said("salary_currency", str(currency)[:40])
        if known is None:
            # Our vacancies know three currencies; an amount of another one must not pass for pesos.
            notes.append("salary_currency")
            return {}
        cells["salary_currency"] = known
    if period:
        known = said("salary_period", str(period)[:40])
        if known is None:
            notes.append("salary_period")
            return {}
        cells["salary_period"] = known
    if low is not None and high is not None and low > high:
        low, high = high, low
    for name, amount in (("salary_min", low), ("salary_max", high)):
        if amount:
            cells[name] = f"{amount:.2f}".removesuffix(".00")
    return cells


def _schedule(data: Mapping[str, Any]) -> str:
    kinds = [_TYPES.get(re.sub(r"[\s-]+", "_", normalise(kind)), kind) for kind in _texts(data.get("employmentType"))]
    return _line(", ".join(dict.fromkeys([*kinds, *_texts(data.get("workHours"))])), 300)


def _items(value: Any, commas: bool) -> list[str]:
    """Return what is listed: each text in lines; where commas separate, a line of short things in its parts."""
    found: list[str] = []
    for one in _list(value):
        for line in plain_text(str(_named(one) or "")).splitlines():
            parts = _NOT_A_SEPARATOR.split(line)
            short = commas and all(len(part.split()) <= 6 for part in parts)
            found += [" ".join(part.split()).strip(" .•-") for part in (parts if short else [line])]
    return list(dict.fromkeys(item[:300] for item in found if item))[:60]


def _block(value: Any, longest: int) -> str:
    return "\n".join(filter(None, (plain_text(str(_named(one) or "")) for one in _list(value))))[:longest].rstrip()


def _line(value: Any, longest: int) -> str:
    value = _first(value)
    return " ".join(plain_text(value).split())[:longest].rstrip() if isinstance(value, str) else ""


def _named(value: Any, other: str = "") -> Any:
    """Things stand as texts or as objects with a name."""
    value = _first(value)
    if isinstance(value, Mapping):
        return value.get("name") or value.get("description") or value.get(other) or value.get("legalName")
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return next(iter(value), None) if isinstance(value, list) else value


def _texts(value: Any) -> list[str]:
    return [one for one in _list(value) if isinstance(one, str)]


def _decimal(value: Any) -> Decimal | None:
    """Return an amount; 0 and below say nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(re.sub(r"[$,\s]", "", str(value)[:40]))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 < number < 10**12 else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
