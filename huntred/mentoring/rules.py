"""When a mentor can, what a complete mentor has, and why one is proposed; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from huntred import fields
from huntred.errors import FieldInvalid
from huntred.interviews.holidays import holiday

# A mentor hears at least so long before; people look so far ahead; an answer is awaited so long.
NOTICE = timedelta(hours=24)
AHEAD_DAYS = 21
ANSWER_WITHIN = timedelta(hours=72)
# Nobody waits for an answer until the last minute.
BEFORE_START = timedelta(hours=3)
LONGEST_OUTCOME = 1000
OPEN_STATES = ("asked", "accepted")
STATES = ("asked", "accepted", "declined", "expired", "cancelled", "done", "missed")


@dataclass(frozen=True)
class Span:
    """A time that a mentor offers."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class MentorForm:
    """All that the team writes about a mentor. availability: weekday (0 is Monday) → from, to."""

    name: str
    email: str
    about: str = ""
    fields: tuple[str, ...] = ()
    availability: Mapping[int, tuple[time, time]] | None = None
    timezone: str = "America/Mexico_City"
    weekly_capacity: int = 1
    session_minutes: int = 45
    meeting_place: str = ""
    active: bool = True


def check(form: MentorForm) -> None:
    """Raises FieldInvalid for the first thing that is missing or wrong."""
    for name in ("name", "email", "meeting_place"):
        if not getattr(form, name).strip():
            raise FieldInvalid(name, "missing")
    if "@" not in form.email or "." not in form.email.rpartition("@")[2]:
        raise FieldInvalid("email", "not_an_email")
    if not form.fields:
        raise FieldInvalid("mentor_fields", "missing")
    if not fields.known(form.fields):
        raise FieldInvalid("mentor_fields", "unknown")
    if not 1 <= form.weekly_capacity <= 40:
        raise FieldInvalid("weekly_capacity", "out_of_range")
    if not 15 <= form.session_minutes <= 180:
        raise FieldInvalid("session_minutes", "out_of_range")
    try:
        ZoneInfo(form.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise FieldInvalid("timezone", "unknown") from None
    if not form.availability:
        raise FieldInvalid("availability", "missing")
    for since, upto in form.availability.values():
        if since >= upto:
            raise FieldInvalid("availability", "before_start")
        if _minutes(upto) - _minutes(since) < form.session_minutes:
            raise FieldInvalid("availability", "shorter_than_session")


def stored(availability: Mapping[int, tuple[time, time]]) -> dict[str, list[str]]:
    return {str(day): [since.strftime("%H:%M"), upto.strftime("%H:%M")] for day, (since, upto) in availability.items()}


def offered(
    availability: Mapping[str, Sequence[str]], timezone: str, minutes: int, *, now: datetime, days: int = AHEAD_DAYS
) -> Iterator[Span]:
    """Yield the times of the coming weeks, soonest first; days off by law are left out."""
    zone = ZoneInfo(timezone)
    first = (now + NOTICE).astimezone(zone).date()
    for day in (first + timedelta(days=offset) for offset in range(days)):
        window = availability.get(str(day.weekday()))
        if window is None or holiday(day):
            continue
        since, upto = (datetime.combine(day, time.fromisoformat(text), zone) for text in window)
        length = timedelta(minutes=minutes)
        while since + length <= upto:
            if since >= now + NOTICE:
                yield Span(since, since + length)
            since += length


def week_of(at: datetime, timezone: str) -> date:
    """Return the Monday of the mentor's week."""
    day = at.astimezone(ZoneInfo(timezone)).date()
    return day - timedelta(days=day.weekday())


def overlaps(span: Span, taken: Collection[Span]) -> bool:
    return any(span.starts_at < other.ends_at and other.starts_at < span.ends_at for other in taken)


def free(spans: Iterator[Span], taken: Collection[Span], timezone: str, weekly_capacity: int) -> Iterator[Span]:
    """Yield the times at which the mentor has nothing yet, in weeks that are not full."""
    full: dict[date, int] = {}
    for other in taken:
        full[week_of(other.starts_at, timezone)] = full.get(week_of(other.starts_at, timezone), 0) + 1
    for span in spans:
        if full.get(week_of(span.starts_at, timezone), 0) < weekly_capacity and not overlaps(span, taken):
            yield span


def answer_until(asked_at: datetime, starts_at: datetime) -> datetime:
    return min(asked_at + ANSWER_WITHIN, starts_at - BEFORE_START)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
