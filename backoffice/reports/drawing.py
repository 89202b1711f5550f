"""A plot as SVG, without a browser: bars lying for what has names, standing for time.

The monthly report shows it, and so does a page before (or without) JavaScript. Colours are classes: the style sheet of
whoever shows it gives them.
"""

from __future__ import annotations

from markupsafe import Markup

from backoffice.reports import wording
from huntred.reporting.types import Bar, Figures

WIDTH = 560
_LABEL, _END = 190, 66
_ROW = 26
STANDING_HEIGHT = 190
_FOOT, _HEAD = 24, 14
_LABELS_MOST = 8


def drawn_series(figures: Figures) -> tuple[str, ...]:
    """The series that become bars: of a share only the first."""
    plot = figures.plot
    return plot.series[:1] if plot.measure == "share" else plot.series


def svg(figures: Figures) -> Markup:
    """Return the drawing; it says its title to whoever cannot see it."""
    body, height = _standing(figures) if figures.plot.axis == "time" else _lying(figures)
    return Markup('<svg class="drawing" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, height, wording.title(figures.plot), Markup("").join(body)
    )


def _heights(figures: Figures, bar: Bar) -> list[tuple[int, float]]:
    """(number of the series, value) of what is drawn of a bar."""
    drawn = drawn_series(figures)
    return [(drawn.index(cell.series), cell.value or 0.0) for cell in bar.cells if cell.series in drawn]


def _top(figures: Figures) -> float:
    return max((sum(value for _, value in _heights(figures, bar)) for bar in figures.bars), default=0.0) or 1.0


def _lying(figures: Figures) -> tuple[list[Markup], int]:
    top, room = _top(figures), WIDTH - _LABEL - _END
    body: list[Markup] = []
    for row, bar in enumerate(figures.bars):
        y = row * _ROW
        label = wording.bar_name(figures, bar)
        body.append(
            Markup('<text class="name" x="{}" y="{}" text-anchor="end">{}</text>').format(
                _LABEL - 8, y + 17, label if len(label) <= 30 else f"{label[:29]}…"
            )
        )
        x = float(_LABEL)
        for number, value in _heights(figures, bar):
            wide = value / top * room
            if wide:
                body.append(_rectangle(number, x, y + 4, wide, _ROW - 8))
            x += wide
        total = Markup('<text class="value" x="{:.1f}" y="{}">{}</text>').format(x + 6, y + 17, _total(figures, bar))
        body.append(total)
    return body, max(len(figures.bars), 1) * _ROW


def _standing(figures: Figures) -> tuple[list[Markup], int]:
    top, floor = _top(figures), STANDING_HEIGHT - _FOOT
    pitch = WIDTH / max(len(figures.bars), 1)
    wide = min(pitch * 0.72, 46.0)
    every = -(-len(figures.bars) // _LABELS_MOST) or 1
    body = [Markup('<path class="floor" d="M0 {0}.5H{1}"/>').format(floor, WIDTH)]
    for place, bar in enumerate(figures.bars):
        middle, y = (place + 0.5) * pitch, float(floor)
        for number, value in _heights(figures, bar):
            tall = value / top * (floor - _HEAD)
            y -= tall
            if tall:
                body.append(_rectangle(number, middle - wide / 2, y, wide, tall))
        if place % every == 0:
            body.append(
                Markup('<text class="name" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                    max(20.0, min(middle, WIDTH - 20.0)), STANDING_HEIGHT - 7, wording.bar_name(figures, bar)
                )
            )
        if len(figures.bars) <= 2 * _LABELS_MOST and y < floor:
            body.append(
                Markup('<text class="value" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
                    middle, y - 3, _total(figures, bar)
                )
            )
    return body, STANDING_HEIGHT


def _rectangle(number: int, x: float, y: float, wide: float, tall: float) -> Markup:
    return Markup('<rect class="series-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"/>').format(
        number, x, y, wide, tall
    )


def _total(figures: Figures, bar: Bar) -> str:
    """What stands at the end of a bar: its value, or how many where it is stacked."""
    if len(drawn_series(figures)) > 1:
        return f"{bar.count:,}"
    return wording.value_text(figures.plot, bar.value)
