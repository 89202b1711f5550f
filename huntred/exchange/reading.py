"""What a row of another system's file says of a person, in the columns of a profile; pure.

Nothing is guessed: a cell that cannot be read is a fault with its field, and the row waits until somebody mends it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from contract.text import normalise
from huntred.errors import FieldInvalid
from huntred.exchange.suggesting import FIELDS
from huntred.people.amounts import parse_salary, parse_years
from huntred.people.dates import parse_birth_date
from huntred.people.names import capitalised, parse_full_name, parse_name
from huntred.people.private import birth_date_of_curp, curp_of, rfc_of
from huntred.people.rules import email_of, parse_field, phone_of

# One of these leads to the person again when the same file comes once more.
WAYS_TO_KNOW = ("email", "phone", "curp", "rfc", "birth_date", "external_id")
_LONGEST = {"external_id": 200, "source": 120, "vacancy": 300, "stage": 120}
_LONGEST_HEADLINE = 120
_MOST_SKILLS, _LONGEST_SKILL = 30, 60
_MEXICO = ZoneInfo("America/Mexico_City")
_FORMULA = ("=", "+", "-", "@")
_MILLISECONDS = re.compile(r"-?\d{11,14}")
_TWO_NUMBERS = re.compile(r"^(\s*)(\d{1,2})([/\-.])(\d{1,2})([/\-.]\d{2,4})")


@dataclass(frozen=True)
class Fault:
    """field: of ours; problem: a code that texts.html has words for."""

    field: str
    problem: str


@dataclass
class ReadPerson:
    """columns: of a profile, by name. vacancy, stage, source: in the other system's words."""

    columns: dict[str, Any] = field(default_factory=dict)
    external_id: str = ""
    source: str = ""
    vacancy: str = ""
    stage: str = ""
    applied_at: datetime | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, str, str]:
        return tuple(self.columns.get(name, "") for name in ("first_name", "last_name", "second_last_name"))


def read_person(
    heads: Sequence[str], cells: Sequence[str], columns: Mapping[str, str], dates: str, *, today: date
) -> ReadPerson:
    """Read one row. columns: field → head; dates: dmy or mdy, where both are numbers."""
    place = {head: at for at, head in reversed(list(enumerate(heads)))}
    raw = {
        name: _as_typed(cells[place[head]]) for name, head in columns.items() if name in FIELDS and head in place
    }
    told = {name: text for name, text in raw.items() if text}
    read = ReadPerson()

    def take(name: str, reader: Callable[[str], Mapping[str, Any]]) -> None:
        if name not in told:
            return
        try:
            read.columns.update(reader(told[name]))
        except FieldInvalid as error:
            read.faults.append(Fault(name, error.problem))

    take("full_name", _full_name)
    for name in ("first_name", "last_name", "second_last_name"):
        take(name, lambda text, name=name: {name: parse_name(name, text)})  # type: ignore[misc]
    take("email", lambda text: {"email": _first_good(email_of, text)})
    take("phone", lambda text: {"phone": _first_good(phone_of, text)})
    take("birth_date", lambda text: {"birth_date_sealed": _birth_date(text, dates, today).isoformat()})
    take("curp", lambda text: {"curp_sealed": curp_of(text)})
    take("rfc", lambda text: {"rfc_sealed": rfc_of(text)})
    take("headline", _headline)
    take("experience_years", lambda text: {"experience_years": parse_years(text)})
    take("skills", _skills)
    take("salary", lambda text: _salary(f"{text} {told.get('salary_currency', '')}"))
    if "city" in told or "region" in told:
        _place(read, told.get("city", ""), told.get("region", ""), today)
    for name in ("external_id", "source", "vacancy", "stage"):
        text = " ".join(told.get(name, "").split()).rstrip(";")
        if len(text) > _LONGEST[name]:
            read.faults.append(Fault(name, "too_long"))
        else:
            setattr(read, name, text)
    if "applied_on" in told:
        _applied_at(read, told["applied_on"], dates, today)
    _check(read)
    return read


def skills_in(text: str) -> list[str]:
    """Skills as lists of systems have them: by semicolons where there is one, else by commas and the like."""
    parts = text.split(";") if ";" in text else re.split(r"[,|•\n/]", text)
    found: dict[str, str] = {}
    for part in parts:
        skill = " ".join(part.split())
        if 2 <= len(skill) <= _LONGEST_SKILL and re.search(r"[^\W\d_]", skill):
            found.setdefault(normalise(skill), skill)
    return list(found.values())[:_MOST_SKILLS]


def _as_typed(cell: str) -> str:
    """Without the sign that keeps a spreadsheet from running it, ours (backoffice/csv_text.py) or another's."""
    text = cell.strip()
    return text[1:].strip() if text[:1] == "'" and text[1:2] in _FORMULA else text


def _check(read: ReadPerson) -> None:
    told = read.columns
    if not told.get("first_name") and not any(one.field in {"first_name", "full_name"} for one in read.faults):
        read.faults.append(Fault("first_name", "missing"))
    curp, born = told.get("curp_sealed"), told.get("birth_date_sealed")
    if curp:
        of_curp = birth_date_of_curp(curp).isoformat()
        if born and born != of_curp:
            read.faults.append(Fault("birth_date", "differs_from_curp"))
        told["birth_date_sealed"] = of_curp
    known = {"curp_sealed": "curp", "rfc_sealed": "rfc", "birth_date_sealed": "birth_date"}
    named = {known.get(column, column) for column in told} | ({"external_id"} if read.external_id else set())
    if not named & set(WAYS_TO_KNOW) and not any(one.field in WAYS_TO_KNOW for one in read.faults):
        read.faults.append(Fault("email", "no_way_to_know"))


def _full_name(text: str) -> dict[str, str]:
    # "Ruiz, Ana" is how lists that are sorted by surname have it.
    if text.count(",") == 1:
        last, first = text.split(",")
        text = f"{capitalised(first.strip())} {capitalised(last.strip())}"
    name = parse_full_name(text)
    told = {
        "first_name": name.first_name, "last_name": name.last_name, "second_last_name": name.second_last_name,
    }  # fmt: skip
    return {column: value for column, value in told.items() if value}


def _first_good(reader: Callable[[str], str], text: str) -> str:
    """The first of several addresses or numbers that is one. Raises FieldInvalid of the first."""
    first: FieldInvalid | None = None
    for part in re.split(r"[;,|\n]", text):
        if not part.strip():
            continue
        try:
            return reader(part.strip())
        except FieldInvalid as error:
            first = first or error
    raise first or FieldInvalid("", "missing")


def _birth_date(text: str, dates: str, today: date) -> date:
    at = _of_milliseconds(text)
    return parse_birth_date(at.date().isoformat() if at else _day_first(text, dates), today=today)


def _applied_at(read: ReadPerson, text: str, dates: str, today: date) -> None:
    at = _of_milliseconds(text)
    if at is None:
        try:
            at = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            found = re.match(r"\s*(\d{1,2})[/\-.](\d{1,2})[/\-.](\d{4})", _day_first(text, dates))
            try:
                at = datetime(int(found[3]), int(found[2]), int(found[1]), tzinfo=_MEXICO) if found else None
            except ValueError:
                at = None
    if at is None:
        read.faults.append(Fault("applied_on", "not_a_date"))
        return
    at = at if at.tzinfo else at.replace(tzinfo=_MEXICO)
    if at.date() > today or at.year < 1990:
        read.faults.append(Fault("applied_on", "in_future" if at.date() > today else "not_a_date"))
        return
    read.applied_at = at.astimezone(UTC)


def _of_milliseconds(text: str) -> datetime | None:
    """Some systems write a time as milliseconds since 1970."""
    if not _MILLISECONDS.fullmatch(text):
        return None
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _day_first(text: str, dates: str) -> str:
    return _TWO_NUMBERS.sub(r"\1\4\3\2\5", text) if dates == "mdy" else text


def _headline(text: str) -> dict[str, str]:
    headline = " ".join(text.split())
    if len(headline) > _LONGEST_HEADLINE:
        raise FieldInvalid("headline", "too_long")
    if not re.search(r"[^\W\d_]{3}", headline):
        raise FieldInvalid("headline", "not_a_headline")
    return {"headline": headline[0].upper() + headline[1:]}


def _skills(text: str) -> dict[str, list[str]]:
    skills = skills_in(text)
    if not skills:
        raise FieldInvalid("skills", "not_a_skill")
    return {"skills": skills}


def _salary(text: str) -> dict[str, Any]:
    salary = parse_salary(text)
    return {"salary_amount": salary.amount, "salary_currency": salary.currency}


def _place(read: ReadPerson, city: str, region: str, today: date) -> None:
    text = ", ".join(part for part in (city, region) if part)
    try:
        found = dict(parse_field("city", text if city else region, today=today).columns)
    except FieldInvalid as error:
        read.faults.append(Fault("city" if city else "region", error.problem))
        return
    if not found["state"]:
        # A town that we do not know, as it was written.
        found["city"], found["state"] = " ".join((city or region).split()), " ".join(region.split()) if city else ""
        found["city"] = capitalised(found["city"])
    read.columns.update(found)
