"""Days off by law in Mexico (Ley Federal del Trabajo, article 74), for any year. Names stand with the pages' words.

Some move to a Monday since 2006; every sixth year, of a new federal government, has one more: 1 October since the
reform of 2023 (1 December until 2018). Days of local elections are set by each state's law and are not here.
"""

from __future__ import annotations

from datetime import date, timedelta

_CHANGE_OF_GOVERNMENT = 2024  # and every sixth year after


def holidays(year: int) -> dict[date, str]:
    """Return the year's days off with their code. Years from 2006, when the Mondays came."""
    found = {
        date(year, 1, 1): "new_year",
        _monday(year, 2, 1): "constitution",
        _monday(year, 3, 3): "juarez",
        date(year, 5, 1): "labour",
        date(year, 9, 16): "independence",
        _monday(year, 11, 3): "revolution",
        date(year, 12, 25): "christmas",
    }
    if year >= _CHANGE_OF_GOVERNMENT and (year - _CHANGE_OF_GOVERNMENT) % 6 == 0:
        found[date(year, 10, 1)] = "government"
    elif year < _CHANGE_OF_GOVERNMENT and (2018 - year) % 6 == 0:
        found[date(year, 12, 1)] = "government"
    return found


def holiday(day: date) -> str:
    """Return the code of the day off; empty on any other day."""
    return holidays(day.year).get(day, "")


def _monday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (which - 1))
