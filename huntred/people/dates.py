"""Birth dates as people write them: "3 de mayo del 98", "03/05/1998", "mayo 3, 1998"."""

from __future__ import annotations

import re
from datetime import date

from contract.text import normalise
from huntred.errors import FieldInvalid
from huntred.people.words import words

# LFT art. 22 Bis: nobody under 15 works.
_YOUNGEST_YEARS = 15
_OLDEST_YEARS = 100


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


def age_years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _read(text: str, today: date) -> date | None:
    iso = re.search(r"\b(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\b", text)
    if iso:
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    numbers = re.search(r"\b(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})\b", text)
    if numbers:
        return _date(_year(numbers[3], today), int(numbers[2]), int(numbers[1]))
    months: dict[str, int] = words()["months"]
    named = "|".join(sorted(months, key=len, reverse=True))
    glue = r"(?:[\s,./-]|\b(?:de|del|ano)\b)*"
    day_first = re.search(rf"\b(\d{{1,2}}|1o|1ro|primero){glue}\b({named})\b\.?{glue}(\d{{4}}|\d{{2}})\b", text)
    if day_first:
        return _date(_year(day_first[3], today), months[day_first[2]], _day(day_first[1]))
    month_first = re.search(rf"\b({named})\b\.?{glue}(\d{{1,2}}){glue}(\d{{4}}|\d{{2}})\b", text)
    if month_first:
        return _date(_year(month_first[3], today), months[month_first[1]], int(month_first[2]))
    return None


def _day(text: str) -> int:
    return int(text) if text.isdigit() else 1


def _year(text: str, today: date) -> int:
    """Read two digits as the latest year in which somebody who may work can be born."""
    if len(text) == 4:
        return int(text)
    year = today.year - today.year % 100 + int(text)
    return year if year <= today.year - _YOUNGEST_YEARS else year - 100


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
