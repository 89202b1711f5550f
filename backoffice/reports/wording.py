"""The words of the dashboards' figures: titles, bars, series and values, for pages, files and the report alike."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml
from babel.dates import format_skeleton

from backoffice import formats, language
from huntred.reporting.types import Bar, Cell, Figures, Plot, Step

_FILES = {language.SPANISH: "words.yml", language.ENGLISH: "words.en.yml"}


def words() -> dict[str, Any]:
    """Return words.yml, in the language of the request."""
    return _read(_FILES[language.chosen()])


@cache
def _read(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load((resources.files(__package__) / name).read_text(encoding="utf-8"))
    return raw


def title(plot: Plot) -> str:
    return str(words()["plots"][plot.key]["title"])


def hint(plot: Plot) -> str:
    return str(words()["plots"][plot.key]["hint"])


def series_name(plot: Plot, series: str) -> str:
    """Such as "Asistente"; of a plot's only series, what it counts."""
    named = words()["series"].get(plot.key, {})
    counted = words()["counted"]
    return str(named.get(series) or counted.get(plot.key) or counted[plot.subject])


def bar_name(figures: Figures, bar: Bar) -> str:
    return name_of(figures.plot, figures.step, bar.key, bar.note)


def name_of(plot: Plot, step: Step, key: str, note: str = "") -> str:
    """Such as "2 mar", "En entrevista", "8 a 16 días" or a person's name (the note)."""
    if plot.axis == "time":
        return day_name(date.fromisoformat(key), step)
    if plot.axis == "bands":
        return _band(plot, int(key))
    if plot.key == "drop_off":
        flow, _, asked = key.partition(":")
        named = words()["flows"].get(flow, flow)
        if flow == "form_questions":
            return str(named)
        return f"{named}: {words()['steps'].get(asked, asked) or words()['step_unknown']}"
    known = words()["bars"].get(plot.key, {})
    return str(known.get(key) or note or words()["empty_bar"].get(plot.key) or key)


def day_name(day: date, step: Step) -> str:
    if step == "month":
        return str(format_skeleton("yMMM", day, locale=language.locale()))
    return str(format_skeleton("MMMd", day, locale=language.locale()))


def value_text(plot: Plot, value: float | None) -> str:
    """Such as "12", "3.5 días" or "4.2 %"; a dash where there is nothing."""
    if value is None:
        return "—"
    if plot.measure == "share":
        return f"{value * 100:.1f}{formats.percent_sign()}"
    return measured(plot, value) if plot.measure == "median" else f"{value:,.0f}"


def measured(plot: Plot, value: float | None) -> str:
    """A value of the plot's own unit: "3.5 días"."""
    if value is None:
        return "—"
    unit = words()["units"][plot.unit_of_value]
    shown = f"{value:,.1f}".removesuffix(".0")
    return f"{shown} {unit['one'] if shown == '1' else unit['many']}"


def cell_text(plot: Plot, cell: Cell) -> str:
    """What a table says of a cell. Of a share's second series, the count of which the first is a share."""
    if plot.measure == "share" and cell.series == plot.series[1]:
        return f"{cell.count:,}"
    return value_text(plot, cell.value)


def _band(plot: Plot, band: int) -> str:
    edges, said = plot.edges, words()["bands"]
    if band == len(edges):
        low, unit = _edge(plot, edges[-1])
        return str(said["above"].format(low=low, unit=unit))
    high, unit = _edge(plot, edges[band])
    if band == 0:
        return str(said["below"].format(high=high, unit=unit))
    low, low_unit = _edge(plot, edges[band - 1])
    pattern = said["between"] if low_unit == unit else said["across"]
    return str(pattern.format(low=low, low_unit=low_unit, high=high, unit=unit))


def _edge(plot: Plot, value: float) -> tuple[str, str]:
    """(number, unit) of where a band begins; many minutes are said in hours and days."""
    unit: str = plot.unit_of_value
    if unit == "minutes" and value >= 60:
        value, unit = (value / 1440, "days") if value >= 1440 else (value / 60, "hours")
    number = f"{value:g}"
    return number, str(words()["units"][unit]["one" if number == "1" else "many"])
