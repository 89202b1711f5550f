"""Periods and their bars, without a database."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from huntred.errors import FieldInvalid
from huntred.reporting.types import Period, Step

USUAL_DAYS = 30
LONGEST_DAYS = 3 * 366
_DAILY, _WEEKLY = 31, 186


def period_of(first: date | None, last: date | None, *, today: date) -> Period:
    """Return the period asked for; what is missing is the last 30 days. Raises FieldInvalid."""
    last = last or (today if first is None or first <= today else first)
    first = first or last - timedelta(days=USUAL_DAYS - 1)
    if first > last:
        raise FieldInvalid("last_day", "before_start")
    if (last - first).days >= LONGEST_DAYS:
        raise FieldInvalid("first_day", "out_of_range")
    return Period(first, last)


def month_of(day: date) -> Period:
    """Return the calendar month of a day."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def previous_month(day: date) -> Period:
    """Return the last month that is over on that day."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def bounds(period: Period, zone: str) -> tuple[datetime, datetime]:
    """Return when the period begins and ends there, the end excluded, in UTC; a day may have 23 or 25 hours."""
    place = ZoneInfo(zone)
    begin = datetime.combine(period.first, time(), place)
    end = datetime.combine(period.last + timedelta(days=1), time(), place)
    return begin.astimezone(timezone.utc), end.astimezone(timezone.utc)


def step_of(period: Period) -> Step:
    """Return how wide a bar of time is, so that there are few enough to read."""
    if period.days <= _DAILY:
        return "day"
    return "week" if period.days <= _WEEKLY else "month"


def bar_of(day: date, step: Step) -> date:
    """Return the first day of the bar that this day stands in; weeks begin on Monday, as PostgreSQL's do."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def bars_of(period: Period, step: Step) -> tuple[date, ...]:
    """Return the first day of every bar, the empty ones too; the first may begin before the period does."""
    found: list[date] = []
    day = bar_of(period.first, step)
    while day <= period.last:
        found.append(day)
        day = bar_of(day + timedelta(days={"day": 1, "week": 7, "month": 31}[step]), step)
    return tuple(found)
