"""What goes into reporting and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from huntred.predictions.types import Terms

Board = Literal["recruiting", "conversation", "outlook"]
Step = Literal["day", "week", "month"]
# count: facts. median: of the facts' values. share: of the facts of the first series in those of the second.
Measure = Literal["count", "median", "share"]
# time: a bar for each day, week or month, the empty ones too. named: these bars in this order, the empty ones too.
# bands: of the value, between the edges. ranked: what there is, the biggest first.
Axis = Literal["time", "named", "bands", "ranked"]
Subject = Literal["application", "vacancy", "conversation", "person"]

_UNTOLD = Terms(enabled=False, needed=0)


@dataclass(frozen=True)
class Period:
    """Whole days, both included, in each unit's own time zone."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Wanted:
    """What a dashboard is asked for.

    zones: code of each wanted unit → its time zone. division: none for all that the scope sees. channel: of
    conversations, empty for all. generated: whether demo rows count. terms: of predictions, for those who tell any.
    """

    zones: dict[str, str]
    period: Period
    now: datetime
    division: UUID | None = None
    channel: str = ""
    generated: bool = False
    terms: Terms = _UNTOLD


@dataclass(frozen=True)
class Plot:
    """One plot. facts: a SELECT of the rows that it counts; figures, lists and files are all made of it.

    The columns of facts: bar, series, value, note, subject_id, at, unit, generated. unit_of_value: of median and
    bands. lists: the series whose rows are listed, all where empty. most: of a ranked axis, how many bars.
    computed: its facts come from rules and not from rows (`outlook.py`).
    """

    key: str
    board: Board
    facts: str
    subject: Subject
    axis: Axis
    measure: Measure = "count"
    bars: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    series: tuple[str, ...] = ("",)
    unit_of_value: Literal["", "days", "seconds", "minutes", "percent"] = ""
    lists: str = ""
    most: int = 15
    computed: bool = False


@dataclass(frozen=True)
class Cell:
    """Of one bar and series. count: facts. value: what is drawn; none where there is nothing to measure."""

    series: str
    count: int
    value: float | None


@dataclass(frozen=True)
class Bar:
    """note: a word of the facts themselves, where the key alone says nothing (a skill as it was written)."""

    key: str
    note: str
    cells: tuple[Cell, ...]
    count: int

    @property
    def value(self) -> float | None:
        return self.cells[0].value


@dataclass(frozen=True)
class Figures:
    """A plot with its numbers. count: of facts; generated: how many are demo; median, ninetieth: of their values."""

    plot: Plot
    step: Step
    bars: tuple[Bar, ...]
    count: int
    generated: int
    median: float | None
    ninetieth: float | None

    @property
    def is_empty(self) -> bool:
        return self.count == 0

    def bar(self, key: str) -> Bar | None:
        return next((bar for bar in self.bars if bar.key == key), None)


@dataclass(frozen=True)
class FactRow:
    """One fact behind a bar, as a list shows it. who: a person, or empty; what: a vacancy's title or a channel."""

    bar: str
    series: str
    value: float | None
    note: str
    subject: Subject
    subject_id: UUID
    who: str
    what: str
    at: datetime
    unit: str
    generated: bool
