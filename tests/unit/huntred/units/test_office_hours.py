"""When a unit's people are at work, in their own time zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from huntred.units import office_hours

MEXICO = ZoneInfo("America/Mexico_City")
SETTINGS = {
    "hours": [
        {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "19:00"},
        {"days": ["sat"], "from": "09:00", "to": "14:00"},
    ]
}


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        ("2026-03-02 08:59:59", None),
        ("2026-03-02 09:00", "2026-03-02 09:00"),
        ("2026-03-02 18:59", "2026-03-02 09:00"),
        ("2026-03-02 19:00", None),
        ("2026-03-07 13:59", "2026-03-07 09:00"),
        ("2026-03-07 14:00", None),
        ("2026-03-08 11:00", None),
    ],
)
def test_they_are_there_in_their_hours(at: str, opened: str | None) -> None:
    hours = office_hours.of_unit(SETTINGS, "America/Mexico_City")
    now = datetime.fromisoformat(at).replace(tzinfo=MEXICO).astimezone(ZoneInfo("UTC"))
    expected = datetime.fromisoformat(opened).replace(tzinfo=MEXICO) if opened else None
    assert hours.opened_at(now) == expected


def test_the_zone_is_the_units_own() -> None:
    at = datetime(2026, 3, 2, 15, 30, tzinfo=ZoneInfo("UTC"))
    assert office_hours.of_unit(SETTINGS, "America/Mexico_City").opened_at(at) is not None
    assert office_hours.of_unit(SETTINGS, "America/Tijuana").opened_at(at) is None


def test_without_any_it_is_from_monday_to_friday() -> None:
    assert set(office_hours.spans_of({})) == set(office_hours.GROUPS["weekdays"])
    assert office_hours.spans_of({"hours": []}) == {}
