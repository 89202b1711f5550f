"""What the page «Calendario» shows: days in the viewer's time zone, laid out by quarter hour and lane."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from backoffice.formats import local, viewer_zone
from huntred.interviews.calendar import STATES, Filter
from huntred.interviews.holidays import holiday
from huntred.interviews.types import CalendarEntry

VIEWS = ("month", "week", "day", "agenda")
QUARTER_MINUTES = 15
_AGENDA_DAYS = 7
_FIRST_HOUR, _LAST_HOUR = 8, 19  # shown at least
_LANES = {"week": 4, "day": 12}
_IN_A_MONTH_DAY = 4


@dataclass(frozen=True)
class Asked:
    """view: one of VIEWS. on: the day that was asked for; first, last: of the days shown."""

    view: str
    on: date
    first: date
    last: date
    previous: date
    following: date
    wanted: Filter

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), viewer_zone())

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), viewer_zone())

    @property
    def narrows(self) -> bool:
        return self.wanted != Filter()

    @property
    def args(self) -> dict[str, str]:
        """The filter as an address carries it."""
        given = {
            "interviewer": self.wanted.interviewer_id, "vacancy": self.wanted.vacancy_id, "room": self.wanted.room_id,
            "state": self.wanted.state,
        }  # fmt: skip
        return {name: str(value) for name, value in given.items() if value}


@dataclass(frozen=True)
class Block:
    """One entry, or times of one interviewer that are free one after the other; row and span in quarters."""

    entries: tuple[CalendarEntry, ...]
    row: int = 0
    span: int = 2
    lane: int = 1

    @property
    def entry(self) -> CalendarEntry:
        return self.entries[0]

    @property
    def starts_at(self) -> datetime:
        return self.entries[0].slot.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.entries[-1].slot.ends_at


@dataclass
class Day:
    """holiday: the code of a day off by law. more: how many blocks found no lane."""

    on: date
    holiday: str
    entries: list[CalendarEntry] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    more: int = 0


def read(args: Mapping[str, str], today: date) -> Asked:
    """Read an address; what makes no sense is as if it were not there."""
    view = args.get("view", "")
    view = view if view in VIEWS else "week"
    on = _day(args.get("date", ""), today)
    if view == "month":
        first_of = on.replace(day=1)
        next_month = (first_of + timedelta(days=32)).replace(day=1)
        first = first_of - timedelta(days=first_of.weekday())
        last = next_month + timedelta(days=(7 - next_month.weekday()) % 7 - 1)
        previous, following = (first_of - timedelta(days=1)).replace(day=1), next_month
    elif view == "week":
        first = on - timedelta(days=on.weekday())
        last, previous, following = first + timedelta(days=6), on - timedelta(days=7), on + timedelta(days=7)
    elif view == "day":
        first = last = on
        previous, following = on - timedelta(days=1), on + timedelta(days=1)
    else:
        first, last = on, on + timedelta(days=_AGENDA_DAYS - 1)
        previous, following = on - timedelta(days=_AGENDA_DAYS), on + timedelta(days=_AGENDA_DAYS)
    state = args.get("state", "")
    wanted = Filter(
        _id(args.get("interviewer", "")), _id(args.get("vacancy", "")), _id(args.get("room", "")),
        state if state in STATES else "",
    )  # fmt: skip
    return Asked(view, on, first, last, previous, following, wanted)


def days_of(asked: Asked, entries: Sequence[CalendarEntry]) -> list[Day]:
    """Every day of the span, laid out for its view; a week's Saturday and Sunday only where something is."""
    count = (asked.last - asked.first).days + 1
    by_day = {
        day: Day(day, holiday(day)) for day in (asked.first + timedelta(days=offset) for offset in range(count))
    }
    for entry in entries:
        on = local(entry.slot.starts_at).date()
        if on in by_day:
            by_day[on].entries.append(entry)
    days = list(by_day.values())
    if asked.view == "week":
        while len(days) > 5 and not days[-1].entries and days[-1].on != asked.on:
            days.pop()
    if asked.view == "month":
        for day in days:
            busy = [entry for entry in day.entries if entry.guests or entry.held_for]
            day.blocks = [Block((entry,)) for entry in busy[:_IN_A_MONTH_DAY]]
            day.more = len(busy) - len(day.blocks)
    return days


def hours_of(days: Sequence[Day]) -> range:
    """The hours that a grid of these days has."""
    first, last = _FIRST_HOUR, _LAST_HOUR
    for day in days:
        for entry in day.entries:
            first = min(first, local(entry.slot.starts_at).hour)
            end = local(entry.slot.ends_at)
            last = max(last, 23 if end.date() > day.on else end.hour + (end.minute > 0))
    return range(first, max(last, first + 1))


def lay_out(days: Sequence[Day], view: str, hours: range) -> None:
    """Give each block its rows and its lane; who is booked goes before what is free."""
    for day in days:
        blocks = _blocks(day.entries, merge=view == "week")
        lanes: list[list[Block]] = []
        for block in sorted(blocks, key=lambda one: (not (one.entry.guests or one.entry.held_for), one.starts_at)):
            placed = _in_lane(block, lanes, _LANES[view], hours)
            if placed is None:
                day.more += 1
            else:
                day.blocks.append(placed)
        day.blocks.sort(key=lambda one: (one.row, one.lane))


def _in_lane(block: Block, lanes: list[list[Block]], most: int, hours: range) -> Block | None:
    begin = local(block.starts_at)
    row = (begin.hour - hours.start) * 60 // QUARTER_MINUTES + begin.minute // QUARTER_MINUTES
    minutes = (block.ends_at - block.starts_at).total_seconds() / 60 + begin.minute % QUARTER_MINUTES
    rows = len(hours) * 60 // QUARTER_MINUTES
    span = max(1, min(-(-int(minutes) // QUARTER_MINUTES), rows - row))
    for number, lane in enumerate([*lanes, []], 1):
        if number > most:
            return None
        if any(row < other.row + other.span and other.row < row + span for other in lane):
            continue
        placed = Block(block.entries, row, span, number)
        if number > len(lanes):
            lanes.append([placed])
        else:
            lane.append(placed)
        return placed
    return None


def _blocks(entries: Sequence[CalendarEntry], *, merge: bool) -> list[Block]:
    found: list[list[CalendarEntry]] = []
    open_by: dict[object, list[CalendarEntry]] = {}
    for entry in entries:
        key = _free_key(entry) if merge else None
        run = open_by.get(key) if key else None
        if run is not None and run[-1].slot.ends_at == entry.slot.starts_at:
            run.append(entry)
            continue
        run = [entry]
        found.append(run)
        if key:
            open_by[key] = run
    return [Block(tuple(run)) for run in found]


def _free_key(entry: CalendarEntry) -> object:
    """What free times that stand together have in common; none of what stands alone."""
    slot = entry.slot
    if entry.guests or entry.held_for or slot.capacity > 1:
        return None
    return (slot.unit, slot.interviewer_id, slot.vacancy_id, slot.room_id, slot.modality)


def stamp(asked: Asked, entries: Sequence[CalendarEntry]) -> str:
    """Changes with anything that the page shows."""
    seen = [
        (
            str(entry.slot.id), entry.slot.starts_at.isoformat(), entry.slot.ends_at.isoformat(), entry.slot.capacity,
            entry.slot.room_id, entry.interviewer_name,
            [(str(g.interview.id), g.interview.state, g.interview.attendance_confirmed_at, g.proposal is not None)
             for g in (*entry.guests, *entry.held_for)],
        )
        for entry in entries
    ]  # fmt: skip
    return hashlib.sha256(repr((asked.view, asked.first, seen)).encode()).hexdigest()[:16]


def zone_label(zone: ZoneInfo, at: datetime) -> str:
    """Such as "GMT-6": beside the zone's name."""
    offset = at.astimezone(zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    text = f"GMT{'-' if minutes < 0 else '+'}{abs(minutes) // 60}"
    return f"{text}:{abs(minutes) % 60:02d}" if minutes % 60 else text


def _day(raw: str, today: date) -> date:
    try:
        asked = date.fromisoformat(raw)
    except ValueError:
        return today
    return min(max(asked, date(2006, 2, 1)), date(2100, 1, 1))


def _id(raw: str) -> UUID | None:
    try:
        return UUID(raw)
    except ValueError:
        return None
