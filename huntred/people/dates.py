"""Dates as people write them: "3 de mayo del 98", "03/05/1998", "mayo 3, 1998"."""

from __future__ import annotations

import re
from datetime import date

from contract.text import normalise
from huntred.errors import FieldInvalid
from huntred.people.words import words

# LFT art. 22 Bis: nobody under 15 works.
_YOUNGEST_YEARS = 15
_OLDEST_YEARS = 100
_LONGEST_PERMIT_YEARS = 20


def parse_birth_date(text: str, *, today: date, field: str = "birth_date") -> date:
    """Return the date, day before month where both are numbers. Raises FieldInvalid."""
    born = _read(normalise(text), today)
    if born is None:
        raise FieldInvalid(field, "missing" if not text.strip() else "not_a_date")
    if born >= today:
        raise FieldInvalid(field, "in_future")
    age = age_years(born, today)
    if age < _YOUNGEST_YEARS:
        raise FieldInvalid(field, "too_young")
    if age > _OLDEST_YEARS:
        raise FieldInvalid(field, "not_a_date")
    return born


def parse_expiry(text: str, *, today: date, field: str = "permit_expires") -> date:
    """Return the day on which a permit ends, today or later. Raises FieldInvalid."""
    ends = _read(normalise(text), today, birth=False)
    if ends is None:
        raise FieldInvalid(field, "missing" if not text.strip() else "not_a_date")
    if ends < today:
        raise FieldInvalid(field, "in_past")
    if ends.year > today.year + _LONGEST_PERMIT_YEARS:
        raise FieldInvalid(field, "not_a_date")
    return ends


def age_years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _read(text: str, today: date, *, birth: bool = True) -> date | None:
    latest = today.year - _YOUNGEST_YEARS if birth else today.year + _LONGEST_PERMIT_YEARS
    iso = re.search(r"\b(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\b", text)
    if iso:
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    numbers = re.search(r"\b(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})\b", text)
    if numbers:
        return _date(_year(numbers[3], latest), int(numbers[2]), int(numbers[1]))
    months: dict[str, int] = words()["months"]
    named = "|".join(sorted(months, key=len, reverse=True))
    glue = r"(?:[\s,./-]|\b(?:de|del|ano|of|do)\b)*"
    ordinal = r"(?:st|nd|rd|th|er|º)?"
    day_first = re.search(
        rf"\b(\d{{1,2}}|1o|1ro|primero){ordinal}{glue}\b({named})\b\.?{glue}(\d{{4}}|\d{{2}})\b", text
    )
    if day_first:
        return _date(_year(day_first[3], latest), months[day_first[2]], _day(day_first[1]))
    # Something must stand between day and year: "mayo 1998" names no day.
    month_first = re.search(
        rf"\b({named})\b\.?{glue}(\d{{1,2}}){ordinal}(?=[\s,./-]){glue}(\d{{4}}|\d{{2}})\b", text
    )
    if month_first:
        return _date(_year(month_first[3], latest), months[month_first[1]], int(month_first[2]))
    return None


def _day(text: str) -> int:
    return int(text) if text.isdigit() else 1


def _year(text: str, latest: int) -> int:
    """Read two digits as the last such year that may be meant."""
    if len(text) == 4:
        return int(text)
    year = latest - latest % 100 + int(text)
    return year if year <= latest else year - 100


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
