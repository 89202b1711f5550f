"""Runs the plots: one statement for the figures, one for the rows behind a bar, both over the same facts.

Row-level security confines what is counted, as everywhere; the units that are asked for confine it further.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from huntred.reporting import conversation, outlook, recruiting, rules
from huntred.reporting.types import Bar, Board, Cell, FactRow, Figures, Plot, Wanted

_PERIODS = """
WITH p AS (SELECT * FROM unnest(CAST(:units AS text[]), CAST(:zones AS text[]), CAST(:sinces AS timestamptz[]),
  CAST(:untils AS timestamptz[])) AS p(unit, zone, since, until))
"""
_SUBJECTS = {
    "application": (
        " concat_ws(' ', nullif(i.first_name, ''), nullif(i.last_name, '')) AS who, v.title AS what"
        " FROM f LEFT JOIN applications s ON s.id = f.subject_id LEFT JOIN unit_profiles i ON i.id = s.profile_id"
        " LEFT JOIN vacancies v ON v.id = s.vacancy_id"
    ),
    "person": (
        " concat_ws(' ', nullif(s.first_name, ''), nullif(s.last_name, '')) AS who, s.headline AS what"
        " FROM f LEFT JOIN unit_profiles s ON s.id = f.subject_id"
    ),
    "vacancy": " '' AS who, s.title AS what FROM f LEFT JOIN vacancies s ON s.id = f.subject_id",
    "conversation": (
        " concat_ws(' ', nullif(i.first_name, ''), nullif(i.last_name, '')) AS who, s.channel AS what"
        " FROM f LEFT JOIN conversations s ON s.id = f.subject_id"
        " LEFT JOIN unit_profiles i ON i.person_id = s.person_id AND i.unit = s.unit"
    ),
}


_PLOTS: dict[Board, tuple[Plot, ...]] = {
    "recruiting": recruiting.PLOTS, "conversation": conversation.PLOTS, "outlook": outlook.PLOTS,
}  # fmt: skip


@cache
def plots(board: Board) -> dict[str, Plot]:
    """Return the plots of a board by their keys, in the order in which they are shown."""
    return {plot.key: plot for plot in _PLOTS[board]}


def figures(session: Session, plot: Plot, wanted: Wanted) -> Figures:
    """Return a plot with its numbers; where no unit is wanted, an empty one."""
    rows = list(session.execute(_figures_query(plot), _values(session, plot, wanted)))
    bars: dict[str, dict[str, Any]] = {}
    totals: dict[str, Any] = {}
    whole: Any = None
    for row in rows:
        if row.level == 0:
            bars.setdefault(row.bar, {})[row.series] = row
        elif row.level == 1:
            totals[row.bar] = row
        else:
            whole = row
    made = [_bar(plot, key, bars.get(key, {}), totals.get(key)) for key in _keys(plot, wanted, totals)]
    quantiles = (whole.quantiles if whole else None) or [None, None]
    return Figures(
        plot, rules.step_of(wanted.period), tuple(made), whole.n if whole else 0, whole.made if whole else 0,
        quantiles[0], quantiles[1],
    )  # fmt: skip


def rows(
    session: Session, plot: Plot, wanted: Wanted, *, bar: str | None = None, series: str | None = None,
    offset: int = 0, limit: int = 50,
) -> list[FactRow]:  # fmt: skip
    """Return the facts behind a plot, a bar or one series of it, the newest first."""
    values = _values(session, plot, wanted) | {"bar": bar, "series": series or plot.lists or None}
    found = session.execute(_rows_query(plot), values | {"offset": offset, "limit": limit})
    return [
        FactRow(
            row.bar, row.series, row.value, row.note or "", plot.subject, row.subject_id, row.who or "",
            row.what or "", row.at, row.unit, row.generated,
        )
        for row in found
    ]  # fmt: skip


@cache
def _figures_query(plot: Plot) -> TextClause:
    return text(
        f"{_PERIODS}, f AS ({_banded(plot)})"
        " SELECT bar, series, GROUPING(bar) * 2 + GROUPING(series) AS level, count(*) AS n,"
        " count(*) FILTER (WHERE generated) AS made, max(note) AS note,"
        " percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY value) AS quantiles"
        " FROM f GROUP BY GROUPING SETS ((bar, series), (bar), ())"
    )


@cache
def _rows_query(plot: Plot) -> TextClause:
    return text(
        f"{_PERIODS}, f AS (SELECT * FROM ({_banded(plot)}) facts"
        " WHERE (CAST(:bar AS text) IS NULL OR bar = CAST(:bar AS text))"
        " AND (CAST(:series AS text) IS NULL OR series = CAST(:series AS text))"
        " ORDER BY at DESC, subject_id, bar OFFSET :offset LIMIT :limit)"
        f" SELECT f.*, {_SUBJECTS[plot.subject]} ORDER BY f.at DESC, f.subject_id, f.bar"
    )


def _banded(plot: Plot) -> str:
    """The facts; where the axis is of bands, each in the band of its value: 0 below the first edge, and so on."""
    if plot.axis != "bands":
        return plot.facts
    return (
        "SELECT CAST(width_bucket(value, CAST(:edges AS float8[])) AS text) AS bar, series, value, note, subject_id,"
        f" at, unit, generated FROM ({plot.facts}) unbanded"
    )


def _values(session: Session, plot: Plot, wanted: Wanted) -> dict[str, Any]:
    spans = {unit: rules.bounds(wanted.period, zone) for unit, zone in wanted.zones.items()}
    return {
        "units": list(wanted.zones), "zones": list(wanted.zones.values()),
        "sinces": [since for since, _ in spans.values()], "untils": [until for _, until in spans.values()],
        "division": str(wanted.division) if wanted.division else None, "channel": wanted.channel,
        "generated": wanted.generated, "step": rules.step_of(wanted.period), "now": wanted.now,
        "edges": list(plot.edges), "computed": outlook.computed(session, plot, wanted) if plot.computed else None,
    }  # fmt: skip


def _keys(plot: Plot, wanted: Wanted, totals: dict[str, Any]) -> Iterable[str]:
    """The bars in their order."""
    if plot.axis == "time":
        return [day.isoformat() for day in rules.bars_of(wanted.period, rules.step_of(wanted.period))]
    if plot.axis == "named":
        return plot.bars
    if plot.axis == "bands":
        return [str(band) for band in range(len(plot.edges) + 1)]
    return sorted(totals, key=lambda key: (-totals[key].n, key))[: plot.most]


def _bar(plot: Plot, key: str, found: dict[str, Any], total: Any) -> Bar:
    counts = {series: found[series].n if series in found else 0 for series in plot.series}
    cells = []
    for series, count in counts.items():
        value: float | None = float(count)
        if plot.measure == "median":
            value = float(found[series].quantiles[0]) if series in found else None
        elif plot.measure == "share":
            whole = counts[plot.series[1]]
            value = counts[series] / whole if whole else None
        cells.append(Cell(series, count, value))
    return Bar(key, (total.note or "") if total else "", tuple(cells), total.n if total else 0)


def divisions_of(session: Session, units: Iterable[str]) -> list[tuple[UUID, str, str]]:
    """Return (id, unit, name) of the divisions of these units."""
    found = session.execute(
        text("SELECT id, unit, name FROM divisions WHERE unit = ANY (:units) ORDER BY unit, name"),
        {"units": list(units)},
    )
    return [(row.id, row.unit, row.name) for row in found]
