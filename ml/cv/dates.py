"""Dates and periods as CVs write them, in Spanish and English.

"Ene 2019 – a la fecha", "03/2018 a 07/2020", "enero a junio de 2015", "2019-2021", "Mar-19 / Actual", "Desde 2020".
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import date

from ml.cv.words import folded, pattern, words

_EARLIEST = 1950


@dataclass(frozen=True)
class When:
    """month: None where only a year is written."""

    year: int
    month: int | None

    def first(self) -> str:
        """YYYY-MM as a start: January where the month is not told."""
        return f"{self.year}-{self.month or 1:02}"

    def last(self) -> str:
        """YYYY-MM as an end: December where the month is not told."""
        return f"{self.year}-{self.month or 12:02}"

    def plain(self) -> str:
        """YYYY-MM, or YYYY where only the year is told."""
        return f"{self.year}-{self.month:02}" if self.month else str(self.year)


@dataclass(frozen=True)
class Period:
    """Characters start to end of the text. since: None where only an end is written. until: None where current."""

    start: int
    end: int
    since: When | None
    until: When | None
    current: bool
    since_span: tuple[int, int]
    until_span: tuple[int, int]

    @property
    def single(self) -> bool:
        """One date only: a graduation, or a label's value."""
        return self.since is None


@dataclass(frozen=True)
class _Patterns:
    date: re.Pattern[str]
    present: re.Pattern[str]
    between: re.Pattern[str]
    since: re.Pattern[str]
    half: re.Pattern[str]
    months: dict[str, int]


@functools.cache
def _patterns() -> _Patterns:
    said = words()
    months = {name: int(number) for number, names in said["months"].items() for name in names}
    named = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    year = r"(?:19[5-9]\d|20[0-4]\d)"
    glue = said["patterns"]["year_glue"]
    single = (
        rf"(?<![a-z])(?:(?<!\d)(?P<day1>0?[1-9]|[12]\d|3[01]){glue})?(?P<name>{named})\b\.?{glue}(?:(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?"
        rf"(?P<year1>{year}|(?<=['’\-/. ])\d{{2}}(?!\d))(?![\d])"
        rf"|(?<![\d/.-])(?P<day3>\d{{1,2}})\s?[/.\-]\s?(?P<month3>\d{{1,2}})\s?[/.\-]\s?(?P<year3>{year})(?!\d)"
        rf"|(?<![\d/.-])(?P<year4>{year})\s?[/.\-]\s?(?P<month4>0?[1-9]|1[0-2])(?:\s?[/.\-]\s?\d{{1,2}})?(?![\d/])"
        rf"|(?<![\d/.-])(?P<month5>0?[1-9]|1[0-2])\s?[/.\-]\s?(?P<year5>{year}|(?<=/)\d\d(?!\d))(?!\d)"
        rf"|(?<![\d$,.])(?P<year6>{year})(?![\d%])"
    )
    to = "|".join(sorted(map(re.escape, said["to"]), key=len, reverse=True))
    present = "|".join(sorted(map(re.escape, said["present"]), key=len, reverse=True))
    since = "|".join(sorted(map(re.escape, said["since"]), key=len, reverse=True))
    begin, finish = (
        "|".join(sorted(map(re.escape, said["labels"][name]), key=len, reverse=True)) for name in ("start", "end")
    )
    return _Patterns(
        re.compile(single),
        re.compile(rf"(?:{present})\b"),
        re.compile(
            rf"\s*(?:[-–—−―~>→|/]+|\b(?:{finish})\s*:|\b(?:{to})\b|\.\.+|…)[\s\-–—:]*(?:(?:{to}|{said['patterns']['to_glue']})\b\s*)*"
        ),
        re.compile(rf"\b(?:(?:{since})\b|(?:{begin})\s*:)\s*$"),
        re.compile(rf"(?<![a-z])({named})\b\.?\s*(?:\d{{1,2}})?\s*(?:[-–—/]|\b(?:a|al|to)\b)\s*$"),
        months,
    )


@functools.lru_cache(maxsize=8192)
def periods(text: str) -> tuple[Period, ...]:
    """Return every period of the text, single dates too, from left to right."""
    said, low = _patterns(), folded(text)
    found: list[Period] = []
    position = 0
    while match := said.date.search(low, position):
        if match["name"] and pattern("no_month").fullmatch(low[match.start() : match.start("year1")]):
            position = match.start("year1")
            continue
        when = _when(match, said.months)
        if when is None:
            position = match.start() + 1
            continue
        start, end = match.span()
        period = _from(low, start, end, when, said)
        found.append(period)
        position = max(period.end, end)
    return tuple(found)


def ranges(text: str) -> tuple[Period, ...]:
    """Return the periods with a start."""
    return tuple(period for period in periods(text) if not period.single)


def _from(low: str, start: int, end: int, when: When, said: _Patterns) -> Period:
    before = said.since.search(low, 0, start)
    begin = before.start() if before else start
    between = said.between.match(low, end)
    # The two parts may come as cells: "Ene 2019 \t Dic 2020".
    at = between.end() if between else end
    other = said.date.match(low, at) if between or low[end : end + 1] == "\t" else None
    if other is None and low[end : end + 1] == "\t":
        other = said.date.match(low, end + 1)
    if other is not None and (until := _when(other, said.months)) is not None and _ordered(when, until):
        return Period(begin, other.end(), when, until, False, (start, end), other.span())
    now = said.present.match(low, at) if between else None
    if now is None:
        bare = re.compile(r"[\s,(]*").match(low, end)
        now = said.present.match(low, bare.end()) if bare else None
    if now is not None:
        return Period(begin, now.end(), when, None, True, (start, end), now.span())
    half = said.half.search(low, 0, start)
    if half and when.month and said.months[half[1]] <= when.month:
        since = When(when.year, said.months[half[1]])
        return Period(half.start(), end, since, when, False, (half.start(1), half.end(1)), (start, end))
    opener = low[before.start() : start].strip() if before else ""
    if between is not None and at >= len(low.rstrip()) and re.search(r"[-–—]\s*$", low):
        return Period(begin, at, when, None, True, (start, end), (end, end))
    if opener and not re.fullmatch(words()["patterns"]["weak_since"], opener):
        return Period(begin, end, when, None, True, (start, end), (end, end))
    return Period(start, end, None, when, False, (start, start), (start, end))


def _ordered(since: When, until: When) -> bool:
    return (since.year, since.month or 1) <= (until.year, until.month or 12)


def _when(match: re.Match[str], months: dict[str, int]) -> When | None:
    part = match.groupdict()
    if part["name"]:
        year = _year(part["year1"])
        return When(year, months[part["name"]]) if year else None
    if part["year3"]:
        return _checked(int(part["year3"]), int(part["month3"]))
    if part["year4"]:
        return _checked(int(part["year4"]), int(part["month4"]))
    if part["year5"]:
        year = _year(part["year5"])
        return _checked(year, int(part["month5"])) if year else None
    return When(int(part["year6"]), None)


def _checked(year: int, month: int) -> When | None:
    return When(year, month) if 1 <= month <= 12 and year >= _EARLIEST else None


def _year(text: str) -> int | None:
    """Read two digits as a year of the last six decades or the next few years."""
    if len(text) == 4:
        return int(text)
    year = int(text)
    return 2000 + year if year <= 40 else 1900 + year


def months_between(since: str, until: str) -> int:
    """Return the months from one YYYY-MM to another, both counted; 0 where they are the wrong way round."""
    return max(0, count(until) - count(since) + 1)


def count(month: str) -> int:
    """Return a YYYY-MM as a running number of months."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def month_of(day: date) -> str:
    return f"{day.year}-{day.month:02}"
