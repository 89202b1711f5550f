"""Dashboards: recruiting, conversation and what is ahead, the rows behind each bar, files, and the report of a month.

What is counted stands in `huntred.reporting`; the words in `backoffice/reports/words.yml`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, g, redirect, render_template, request, url_for
from flask_admin import BaseView, expose

from backoffice import outlook, work
from backoffice.forms import FormReader
from backoffice.reports import board as boards
from backoffice.reports import drawing, pdf, spreadsheet, wording
from huntred.errors import FieldInvalid, NotFound
from huntred.reporting import outlook as ahead
from huntred.reporting import repository, rules
from huntred.reporting.types import Bar, Board, Cell, Figures, Period, Plot, Wanted

BOARDS: tuple[Board, ...] = ("recruiting", "conversation", "outlook")
# What is ahead is of today; a month that is over has none.
REPORTED: tuple[Board, ...] = ("recruiting", "conversation")
CHANNELS = ("whatsapp", "telegram", "web", "email", "messenger", "instagram", "slack", "x")
_PAGE = 50
_LAST_PAGE = 2_000
# A file holds so many rows; more is a matter of a shorter period.
CSV_ROWS = 50_000
_KEPT = ("unit", "division", "channel", "first_day", "last_day")


class DashboardsView(BaseView):
    """`/dashboards`"""

    @expose("/")
    def index(self) -> Response:
        address: dict[str, Any] = {"board": BOARDS[0], **_kept()}
        return cast(Response, redirect(url_for("dashboards.board", **address)))

    @expose(f"/<any({', '.join(BOARDS)}):board>")
    def board(self, board: Board) -> str:
        error = None
        try:
            wanted = _wanted(_period())
        except FieldInvalid as invalid:
            error, wanted = invalid, _wanted(rules.period_of(None, None, today=_today()))
        return self.render(
            "dashboards/board.html", drawn=boards.read(work.session, board, wanted), error=error,
            **self._around(board, wanted),
        )  # fmt: skip

    @expose(f"/<any({', '.join(BOARDS)}):board>/<plot>/rows")
    def rows(self, board: Board, plot: str) -> str:
        """What stands behind a plot, a bar of it, or one series of a bar."""
        chosen, wanted = _plot(board, plot), _wanted(_period())
        figures = repository.figures(work.session, chosen, wanted)
        bar, series = _bar(figures), _series(chosen)
        page = max(1, min(FormReader(request.args).integer("page") or 1, _LAST_PAGE))
        found = repository.rows(
            work.session, chosen, wanted, bar=bar.key if bar else None, series=series,
            offset=(page - 1) * _PAGE, limit=_PAGE,
        )  # fmt: skip
        count = _count(figures, bar, series)
        return self.render(
            "dashboards/rows.html", plot=chosen, figures=figures, bar=bar, series=series, rows=found, count=count,
            page=page, pages=-(-count // _PAGE), **self._around(board, wanted),
        )  # fmt: skip

    @expose(f"/<any({', '.join(BOARDS)}):board>/<plot>/rows.csv")
    def rows_file(self, board: Board, plot: str) -> Response:
        chosen, wanted = _plot(board, plot), _wanted(_period())
        figures = repository.figures(work.session, chosen, wanted)
        bar, series = _bar(figures), _series(chosen)
        found = repository.rows(
            work.session, chosen, wanted, bar=bar.key if bar else None, series=series, limit=CSV_ROWS
        )
        names = {unit.code: unit.name for unit in g.units}
        return _file(spreadsheet.rows_csv(chosen, figures.step, found, wanted, names), f"{plot}-rows", wanted, "csv")

    @expose(f"/<any({', '.join(BOARDS)}):board>/<plot>.csv")
    def figures_file(self, board: Board, plot: str) -> Response:
        chosen, wanted = _plot(board, plot), _wanted(_period())
        return _file(
            spreadsheet.figures_csv(repository.figures(work.session, chosen, wanted)), plot, wanted, "csv"
        )

    @expose("/report.pdf")
    def report(self) -> Response:
        """Both boards of one month."""
        wanted = _wanted(_month())
        html = render_template(
            "dashboards/report.html", boards=[boards.read(work.session, board, wanted) for board in REPORTED],
            unit_names=[unit.name for unit in g.units if unit.code in wanted.zones], wanted=wanted,
            words=wording.words(), wording=wording, drawing=drawing, division=_division_name(wanted),
        )  # fmt: skip
        return _file(pdf.write_pdf(html), "report", wanted, "pdf")

    def _around(self, board: Board, wanted: Wanted) -> dict[str, Any]:
        """What stands around the figures: the filters with what is chosen."""
        today = _today()
        return {
            "board": board, "boards": BOARDS, "wanted": wanted, "words": wording.words(), "wording": wording,
            "drawing": drawing, "channel_codes": CHANNELS, "kept": _kept(), "rows_at_most": CSV_ROWS,
            "divisions": _divisions(), "last_month": rules.previous_month(today).first,
            "presets": {
                "days_7": Period(today - timedelta(days=6), today),
                "days_30": rules.period_of(None, None, today=today),
                "days_90": Period(today - timedelta(days=89), today),
                "month": Period(today.replace(day=1), today),
                "last_month": rules.previous_month(today),
            },
        }  # fmt: skip


def _plot(board: Board, key: str) -> Plot:
    found = repository.plots(board).get(key)
    if found is None or (key == ahead.LIKELY and not outlook.terms().enabled):
        raise NotFound("plot")
    return found


def _wanted(period: Period) -> Wanted:
    """What the address asks for, of what the signed-in user sees. Raises NotFound for anything beyond it."""
    reader = FormReader(request.args)
    scope = work.current_work().scope
    zones = {unit.code: unit.timezone for unit in g.units if unit.code in scope.units}
    unit, channel = reader.text("unit"), reader.text("channel")
    if unit:
        if unit not in zones:
            raise NotFound("unit")
        zones = {unit: zones[unit]}
    if channel and channel not in CHANNELS:
        raise NotFound("channel")
    division = reader.id("division")
    if division and division not in {id_ for id_, _, _ in _divisions()}:
        raise NotFound("division")
    return Wanted(
        zones, period, work.now(), division, channel, generated=work.wiring().settings.environment != "production",
        terms=outlook.terms(),
    )


def _divisions() -> list[tuple[UUID, str, str]]:
    """The divisions that this user may choose."""
    if "divisions" not in g:
        scope = work.current_work().scope
        found = repository.divisions_of(work.session, scope.units)
        g.divisions = [row for row in found if not scope.divisions or row[0] in scope.divisions]
    return cast("list[tuple[UUID, str, str]]", g.divisions)


def _division_name(wanted: Wanted) -> str:
    return next((name for id_, _, name in _divisions() if id_ == wanted.division), "")


def _today() -> date:
    """Today where the first of the units is."""
    zones = [unit.timezone for unit in g.units if unit.code in work.current_work().scope.units]
    return work.now().astimezone(ZoneInfo(zones[0] if zones else "America/Mexico_City")).date()


def _period() -> Period:
    reader = FormReader(request.args)
    return rules.period_of(reader.day("first_day"), reader.day("last_day"), today=_today())


def _month() -> Period:
    """The month asked for, "2026-02"; without one, the last that is over."""
    asked = FormReader(request.args).text("month", longest=7)
    if not asked:
        return rules.previous_month(_today())
    try:
        return rules.month_of(datetime.strptime(asked, "%Y-%m").date())  # noqa: DTZ007  # a month has no zone
    except ValueError:
        raise FieldInvalid("month", "not_a_date") from None


def _bar(figures: Figures) -> Bar | None:
    """The bar that the address names; none where it names none. Raises NotFound for one that is not drawn."""
    if "bar" not in request.args:
        return None
    found = figures.bar(FormReader(request.args).text("bar", longest=300))
    if found is None:
        raise NotFound("bar")
    return found


def _series(plot: Plot) -> str | None:
    asked = request.args.get("series", "") or plot.lists
    if asked and asked not in plot.series:
        raise NotFound("series")
    return asked or None


def _count(figures: Figures, bar: Bar | None, series: str | None) -> int:
    """How many rows there are: the same number that the bar shows."""
    if series is None:
        return bar.count if bar else figures.count
    cells: list[Cell] = [cell for one in ([bar] if bar else figures.bars) for cell in one.cells]
    return sum(cell.count for cell in cells if cell.series == series)


def _kept() -> dict[str, str]:
    """The filters of the address, for the links of the page."""
    return {name: request.args[name] for name in _KEPT if request.args.get(name)}


def _file(content: str | bytes, name: str, wanted: Wanted, ending: str) -> Response:
    """A download, named after what it holds and its days."""
    kind = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}[ending]
    period = f"{wanted.period.first.isoformat()}-{wanted.period.last.isoformat()}"
    return Response(
        content, content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="huntred-{name}-{period}.{ending}"'},
    )  # fmt: skip
