"""Periods, months and bars of time."""

from __future__ import annotations

from datetime import date, datetime, timezone
from itertools import pairwise

import pytest

from huntred.errors import FieldInvalid
from huntred.reporting import rules
from huntred.reporting.types import Period

TODAY = date(2026, 3, 2)


def test_without_days_it_is_the_last_thirty_with_today() -> None:
    assert rules.period_of(None, None, today=TODAY) == Period(date(2026, 2, 1), TODAY)
    assert rules.period_of(None, None, today=TODAY).days == 30
    assert rules.period_of(date(2026, 1, 5), None, today=TODAY) == Period(date(2026, 1, 5), TODAY)
    assert rules.period_of(None, date(2026, 1, 30), today=TODAY) == Period(date(2026, 1, 1), date(2026, 1, 30))


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (date(2026, 3, 1), date(2026, 2, 1), "before_start"),
        (date(2020, 1, 1), date(2026, 2, 1), "out_of_range"),
    ],
)
def test_days_that_are_no_period_are_refused(first: date, last: date, problem: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        rules.period_of(first, last, today=TODAY)

    assert refused.value.problem == problem


def test_months_begin_and_end_with_the_calendar() -> None:
    assert rules.month_of(date(2028, 2, 10)) == Period(date(2028, 2, 1), date(2028, 2, 29))
    assert rules.month_of(date(2026, 12, 31)) == Period(date(2026, 12, 1), date(2026, 12, 31))
    assert rules.previous_month(TODAY) == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert rules.previous_month(date(2026, 1, 31)) == Period(date(2025, 12, 1), date(2025, 12, 31))


def test_a_day_is_the_units_own_and_may_be_an_hour_short() -> None:
    mexico = rules.bounds(Period(TODAY, TODAY), "America/Mexico_City")
    assert mexico == (datetime(2026, 3, 2, 6, tzinfo=timezone.utc), datetime(2026, 3, 3, 6, tzinfo=timezone.utc))
    # Tijuana keeps summer time, which begins on 8 March 2026.
    since, until = rules.bounds(Period(date(2026, 3, 8), date(2026, 3, 8)), "America/Tijuana")
    assert (until - since).total_seconds() == 23 * 3600


def test_no_bar_of_time_is_missing() -> None:
    month = Period(date(2026, 2, 1), date(2026, 2, 28))
    assert rules.step_of(month) == "day"
    assert len(rules.bars_of(month, "day")) == 28
    quarter = Period(date(2026, 1, 1), date(2026, 3, 31))
    assert rules.step_of(quarter) == "week"
    weeks = rules.bars_of(quarter, "week")
    assert weeks[0] == date(2025, 12, 29)
    assert {(after - before).days for before, after in pairwise(weeks)} == {7}
    year = Period(date(2025, 11, 15), date(2026, 11, 14))
    assert rules.step_of(year) == "month"
    months = rules.bars_of(year, "month")
    assert (months[0], months[-1], len(months)) == (date(2025, 11, 1), date(2026, 11, 1), 13)
