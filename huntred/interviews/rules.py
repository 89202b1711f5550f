"""Times and places of interviews, without a database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

ARRIVAL_METRES = 200
# A candidate needs to get there: nothing sooner is offered.
SHORTEST_NOTICE = timedelta(hours=1)
# From when on being there counts as having arrived.
ARRIVAL_OPENS = timedelta(hours=3)
LONGEST_SLOT_MINUTES = 8 * 60
LONGEST_SERIES_DAYS = 366
MOST_SLOTS = 500
MOST_IN_A_GROUP = 100
# Less than this is no time to see a message and answer it.
SHORTEST_QUESTION = timedelta(minutes=15)


class Timed(Protocol):
    @property
    def starts_at(self) -> datetime: ...


S = TypeVar("S", bound=Timed)


def slot_times(
    days: Sequence[date], from_time: time, to_time: time, minutes: int, timezone: str
) -> Iterator[tuple[datetime, datetime]]:
    """Yield start and end of every slot, aware, in the given zone."""
    zone = ZoneInfo(timezone)
    length = timedelta(minutes=minutes)
    for day in days:
        start = datetime.combine(day, from_time)
        last = datetime.combine(day, to_time)
        while start + length <= last:
            yield start.replace(tzinfo=zone), (start + length).replace(tzinfo=zone)
            start += length


def recurring_days(
    first: date, weekdays: Collection[int], *, every_weeks: int = 1, until: date | None = None, count: int | None = None
) -> tuple[date, ...]:
    """Return the days of a series: these weekdays (0 Monday) of every so many weeks, as RRULE's FREQ=WEEKLY has them.

    Ends at `until`, after `count` days, or at LONGEST_SERIES_DAYS, whichever comes first; without weekdays, none.
    """
    last = first + timedelta(days=LONGEST_SERIES_DAYS - 1)
    last = min(until, last) if until else last
    monday = first - timedelta(days=first.weekday())
    days: list[date] = []
    day = first
    while day <= last and (count is None or len(days) < count):
        if day.weekday() in weekdays and ((day - monday).days // 7) % every_weeks == 0:
            days.append(day)
        day += timedelta(days=1)
    return tuple(days)


def answer_until(now: datetime, was_at: datetime, new_at: datetime) -> datetime | None:
    """Until when a candidate may answer a proposal; none where there is no time left to ask."""
    until = min(was_at, new_at) - SHORTEST_NOTICE
    return until if until - now >= SHORTEST_QUESTION else None


def overlaps(start: datetime, end: datetime, other_start: datetime, other_end: datetime) -> bool:
    """Say whether two spans share time; one that begins where the other ends does not."""
    return start < other_end and other_start < end


def spread(slots: Sequence[S], limit: int, timezone: str) -> list[S]:
    """Choose slots of as many days, and of mornings and afternoons, as there are; shown in order of time.

    Several interviewers at one time are one choice to a candidate: the first of them stands for all.
    """
    zone = ZoneInfo(timezone)
    groups: dict[tuple[date, bool], list[S]] = {}
    seen: set[datetime] = set()
    for slot in slots:
        if slot.starts_at in seen:
            continue
        seen.add(slot.starts_at)
        local = slot.starts_at.astimezone(zone)
        groups.setdefault((local.date(), local.hour >= 13), []).append(slot)
    chosen: list[S] = []
    queues = list(groups.values())
    while queues and len(chosen) < limit:
        for queue in queues[: limit - len(chosen)]:
            chosen.append(queue.pop(0))
        queues = [queue for queue in queues if queue]
    return sorted(chosen, key=lambda slot: slot.starts_at)
