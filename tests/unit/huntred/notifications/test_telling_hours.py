"""When a user may be told of a unit, and since when."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from huntred.notifications.telling_hours import Told, Wanted, told
from huntred.units import office_hours

MEXICO = ZoneInfo("America/Mexico_City")
OFFICE = office_hours.of_unit({}, "America/Mexico_City")
LUNCH = (time(14), time(15))
NIGHT = (time(20), time(9, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MEXICO)


@pytest.mark.parametrize(
    ("wanted", "now", "since"),
    [
        (Wanted(), "2026-03-02 09:00", "2026-03-02 09:00"),
        (Wanted(), "2026-03-02 08:59", "not told"),
        (Wanted(), "2026-03-08 12:00", "not told"),
        (Wanted(quiet=LUNCH), "2026-03-02 13:59", "2026-03-02 09:00"),
        (Wanted(quiet=LUNCH), "2026-03-02 14:30", "not told"),
        (Wanted(quiet=LUNCH), "2026-03-02 15:00", "2026-03-02 15:00"),
        (Wanted(quiet=NIGHT), "2026-03-02 09:15", "not told"),
        (Wanted(quiet=NIGHT), "2026-03-02 09:30", "2026-03-02 09:30"),
        (Wanted(any_hour=True), "2026-03-08 03:00", None),
        (Wanted(any_hour=True, quiet=NIGHT), "2026-03-08 03:00", "not told"),
        (Wanted(any_hour=True, quiet=LUNCH), "2026-03-08 03:00", "2026-03-07 15:00"),
        # The same twice is no quiet time.
        (Wanted(quiet=(time(9), time(9))), "2026-03-02 10:00", "2026-03-02 09:00"),
        # Two o'clock in Tijuana is four in Mexico City.
        (Wanted(quiet=LUNCH, timezone="America/Tijuana"), "2026-03-02 16:30", "not told"),
        (Wanted(quiet=LUNCH, timezone="America/Tijuana"), "2026-03-02 14:30", "2026-03-02 09:00"),
    ],
)
def test_they_are_told_in_their_hours(wanted: Wanted, now: str, since: str | None) -> None:
    found = told(wanted, OFFICE, at(now))
    if since == "not told":
        assert found is None
    else:
        assert found == Told(at(since) if since else None)
