"""Figures and rows of the dashboards as CSV."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from backoffice.csv_text import ENCODING, CsvWriter
from backoffice.reports import wording
from huntred.reporting.types import FactRow, Figures, Plot, Step, Wanted


def figures_csv(figures: Figures) -> bytes:
    """A line for each bar, a column for each series."""
    plot, said = figures.plot, wording.words()["columns"]
    names = [wording.series_name(plot, series) for series in plot.series]
    if plot.measure == "share":
        names.append(said["share"])
    if plot.measure == "median":
        names.append(said["count"])
    lines = [[said["bars"], *names]]
    for bar in figures.bars:
        cells = [f"{cell.count if plot.measure != 'median' else _plain(cell.value)}" for cell in bar.cells]
        if plot.measure == "share":
            cells.append(_plain(None if bar.value is None else bar.value * 100))
        if plot.measure == "median":
            cells.append(str(bar.count))
        lines.append([wording.bar_name(figures, bar), *cells])
    return _written(lines)


def rows_csv(plot: Plot, step: Step, rows: Iterable[FactRow], wanted: Wanted, unit_names: dict[str, str]) -> bytes:
    """A line for each row behind a plot, times in the unit's own zone."""
    said = wording.words()
    columns = said["columns"]
    lines = [[
        columns["bar"], columns["series"], columns["who"], columns[f"what_{plot.subject}"], columns["note"],
        columns["value"], columns["at"], columns["unit"], columns["generated"], columns["id"],
    ]]  # fmt: skip
    for row in rows:
        lines.append([
            wording.name_of(plot, step, row.bar, row.note),
            wording.series_name(plot, row.series) if row.series else "", row.who, what_of(row), row.note,
            _plain(row.value), local(row.at, wanted.zones[row.unit]).strftime("%Y-%m-%d %H:%M"),
            unit_names.get(row.unit, row.unit), said["yes"] if row.generated else said["no"], str(row.subject_id),
        ])  # fmt: skip
    return _written(lines)


def what_of(row: FactRow) -> str:
    """A vacancy's title, or a channel by its name."""
    return str(wording.words()["channels"].get(row.what, row.what)) if row.subject == "conversation" else row.what


def local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _written(lines: Iterable[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = CsvWriter(out)
    for line in lines:
        writer.row(line)
    return out.getvalue().encode(ENCODING)
