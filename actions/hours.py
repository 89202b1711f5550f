"""When a unit's people answer, as candidates read it."""

from __future__ import annotations

from datetime import time
from itertools import groupby

from babel.dates import format_time, get_timezone, get_timezone_location

from actions.wording import listed, locale, spoken, words
from huntred.languages import MAIN
from huntred.units import office_hours
from huntred.units.models import Unit


def hours_of(unit: Unit) -> str:
    """Return the unit's own words in Spanish; in another language, or without them, its office hours.

    Its own words may say more ("except on holidays"), but nobody writes them in five languages.
    """
    own = str(unit.settings.get("hours_text", ""))
    if (own and spoken() == MAIN) or "hours" not in unit.settings:
        return own
    spans, told = office_hours.spans_of(unit.settings), words()["hours"]
    # Days of the same hours that follow each other are one run.
    runs = [
        (list(days), span)
        for span, days in groupby(range(len(office_hours.DAYS)), lambda day: spans.get(office_hours.DAYS[day]))
        if span is not None
    ]
    if not runs:
        return own
    said = [
        told["span"].format(days=_named(days), opens=_clock(opens), closes=_clock(closes))
        for days, (opens, closes) in runs
    ]
    city = get_timezone_location(get_timezone(unit.timezone), locale=locale(), return_city=True)
    return str(told["zone"].format(hours=listed(said), city=city))


def _named(days: list[int]) -> str:
    told = words()["hours"]
    first, last = (told["days"][day] for day in (days[0], days[-1]))
    return str(told["day" if first == last else "run"].format(first=first, last=last))


def _clock(at: time) -> str:
    return format_time(at, words()["patterns"]["time"], locale=locale())
