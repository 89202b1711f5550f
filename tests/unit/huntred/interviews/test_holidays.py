"""The days off of LFT 74, as the labour authority publishes them."""

from __future__ import annotations

from datetime import date

import pytest

from huntred.interviews.holidays import holiday, holidays

# First Monday of February, third of March, third of November.
MONDAYS = {
    2024: ("02-05", "03-18", "11-18"), 2025: ("02-03", "03-17", "11-17"), 2026: ("02-02", "03-16", "11-16"),
    2027: ("02-01", "03-15", "11-15"), 2028: ("02-07", "03-20", "11-20"), 2029: ("02-05", "03-19", "11-19"),
    2030: ("02-04", "03-18", "11-18"),
}  # fmt: skip


@pytest.mark.parametrize("year", MONDAYS)
def test_every_year_has_its_days(year: int) -> None:
    moved = dict(zip(("constitution", "juarez", "revolution"), MONDAYS[year], strict=True))
    fixed = {"new_year": "01-01", "labour": "05-01", "independence": "09-16", "christmas": "12-25"}
    if year in (2024, 2030):
        fixed["government"] = "10-01"
    expected = {date.fromisoformat(f"{year}-{day}"): name for name, day in (moved | fixed).items()}
    assert holidays(year) == expected


def test_the_change_of_government_was_in_december_until_2018() -> None:
    assert holiday(date(2018, 12, 1)) == "government"
    assert holiday(date(2018, 10, 1)) == ""
    assert holiday(date(2024, 12, 1)) == ""
