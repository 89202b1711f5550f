from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

import pytest

from huntred.interviews import rules

ZONE = "America/Mexico_City"


@dataclass(frozen=True)
class At:
    starts_at: datetime
    who: str = ""


def test_slots_fill_the_hours_and_leave_no_half_one() -> None:
    times = list(rules.slot_times([date(2026, 3, 2)], time(9), time(10, 45), 30, ZONE))
    assert [start.hour * 60 + start.minute for start, _ in times] == [540, 570, 600]
    assert times[0][0].astimezone(timezone.utc) == datetime(2026, 3, 2, 15, tzinfo=timezone.utc)
    assert all(end - start == timedelta(minutes=30) for start, end in times)


def test_slots_keep_the_wall_clock_where_summer_time_begins() -> None:
    """Tijuana changes its clocks on 8 March 2026; nine in the morning stays nine."""
    days = [date(2026, 3, 7), date(2026, 3, 9)]
    starts = [start for start, _ in rules.slot_times(days, time(9), time(10), 60, "America/Tijuana")]
    assert [start.astimezone(timezone.utc).hour for start in starts] == [17, 16]


def test_touching_spans_do_not_overlap(now: datetime) -> None:
    hour = timedelta(hours=1)
    assert not rules.overlaps(now, now + hour, now + hour, now + 2 * hour)
    assert rules.overlaps(now, now + hour, now + hour / 2, now + 2 * hour)
    assert rules.overlaps(now, now + 3 * hour, now + hour, now + 2 * hour)


@pytest.mark.parametrize("limit", [1, 3, 6, 100])
def test_spread_never_shows_more_than_asked_nor_a_time_twice(now: datetime, limit: int) -> None:
    slots = [At(now + timedelta(days=d, minutes=30 * i), who) for d in range(4) for i in range(10) for who in "ab"]
    chosen = rules.spread(slots, limit, ZONE)
    times = [slot.starts_at for slot in chosen]
    assert len(chosen) == min(limit, 40)
    assert times == sorted(set(times))
    assert {slot.who for slot in chosen} == {"a"}


def test_spread_takes_days_mornings_and_afternoons_in_turn(now: datetime) -> None:
    slots = [At(now + timedelta(days=d, hours=h)) for d in range(3) for h in (0, 1, 6, 7)]
    chosen = rules.spread(slots, 6, ZONE)
    assert {(slot.starts_at - now).days for slot in chosen} == {0, 1, 2}
    assert {(slot.starts_at - now).seconds // 3600 for slot in chosen} == {0, 6}


def test_spread_of_nothing_is_nothing() -> None:
    assert rules.spread([], 5, ZONE) == []
