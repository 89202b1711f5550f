"""The times that a mentor offers, and what a complete mentor has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from huntred.errors import FieldInvalid
from huntred.mentoring import rules
from huntred.mentoring.rules import MentorForm, Span

# A Wednesday.
NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
ZONE = "America/Mexico_City"
WEDNESDAYS = {"2": ["17:00", "19:00"]}
GOOD = MentorForm(
    "Laura Méndez", "laura@example.com", fields=("finance",), availability={2: (time(17), time(19))},
    meeting_place="https://video.example.mx/laura",
)  # fmt: skip


def starts(**week: Any) -> list[datetime]:
    return [span.starts_at for span in rules.offered(week.pop("week", WEDNESDAYS), ZONE, 45, now=week.pop("now", NOW))]


def test_a_window_is_cut_into_sessions_with_a_days_notice() -> None:
    found = starts()
    # The Wednesday itself is too soon; the next has two whole sessions of 45 minutes.
    local = [at.astimezone(ZoneInfo(ZONE)) for at in found[:2]]
    assert [(at.date(), at.time()) for at in local] == [(date(2026, 12, 2), time(17)), (date(2026, 12, 2), time(17, 45))]


def test_a_day_off_by_law_offers_nothing() -> None:
    # 25 December 2026 is a Friday.
    found = starts(week={"4": ["17:00", "18:00"]}, now=datetime(2026, 12, 20, tzinfo=UTC))
    assert date(2026, 12, 25) not in {at.astimezone(ZoneInfo(ZONE)).date() for at in found}
    assert found


def test_what_is_taken_and_a_full_week_are_left_out() -> None:
    offered = list(rules.offered(WEDNESDAYS, ZONE, 45, now=NOW))
    first = offered[0]
    two_a_week = list(rules.free(iter(offered), [first], ZONE, 2))
    assert first not in two_a_week and offered[1] in two_a_week
    one_a_week = list(rules.free(iter(offered), [first], ZONE, 1))
    assert offered[1] not in one_a_week and offered[2] in one_a_week
    crossing = Span(first.starts_at - timedelta(minutes=10), first.starts_at + timedelta(minutes=10))
    assert first not in rules.free(iter(offered), [crossing], ZONE, 9)


def test_an_answer_is_awaited_three_days_and_never_until_the_last_minute() -> None:
    assert rules.answer_until(NOW, NOW + timedelta(days=10)) == NOW + timedelta(hours=72)
    assert rules.answer_until(NOW, NOW + timedelta(hours=25)) == NOW + timedelta(hours=22)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"), ({"email": "laura"}, "email"), ({"fields": ()}, "mentor_fields"),
        ({"fields": ("magic",)}, "mentor_fields"), ({"weekly_capacity": 0}, "weekly_capacity"),
        ({"session_minutes": 5}, "session_minutes"), ({"timezone": "Nowhere"}, "timezone"),
        ({"availability": {}}, "availability"), ({"availability": {1: (time(19), time(17))}}, "availability"),
        ({"availability": {1: (time(17), time(17, 30))}}, "availability"), ({"meeting_place": ""}, "meeting_place"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(changed: dict[str, Any], field: str) -> None:
    rules.check(GOOD)
    with pytest.raises(FieldInvalid) as refused:
        rules.check(replace(GOOD, **changed))
    assert refused.value.field == field
