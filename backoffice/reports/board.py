"""One board with everything on it, as a page or the report shows it: its figures, and the few that stand on top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from backoffice.formats import percent_sign
from backoffice.reports import wording
from huntred.predictions.types import Prediction
from huntred.reporting import outlook as ahead
from huntred.reporting import repository
from huntred.reporting.types import Board, Figures, Wanted


@dataclass(frozen=True)
class Tile:
    """A figure that stands on top. text: as it is shown."""

    key: str
    text: str


@dataclass(frozen=True)
class Drawn:
    """A board. figures: by the plot's key, in the order in which they stand. told: by unit, whether chances are."""

    board: Board
    figures: dict[str, Figures]
    tiles: tuple[Tile, ...]
    told: dict[str, Prediction] = field(default_factory=dict)

    @property
    def generated(self) -> bool:
        """Whether demo rows are among what is counted."""
        return any(figures.generated for figures in self.figures.values())


def read(session: Session, board: Board, wanted: Wanted) -> Drawn:
    """Return the board with all of its figures."""
    found = {
        key: repository.figures(session, plot, wanted)
        for key, plot in repository.plots(board).items()
        if key != ahead.LIKELY or wanted.terms.enabled
    }
    told = ahead.told(session, wanted) if ahead.LIKELY in found else {}
    return Drawn(board, found, _TILES[board](found), told)


def _recruiting(found: dict[str, Figures]) -> tuple[Tile, ...]:
    arrived, hired = found["funnel"].bars[0].count, found["funnel"].bars[-1].count
    fill = found["fill_time"]
    return (
        Tile("applications", f"{arrived:,}"),
        Tile("hired", f"{hired:,}"),
        Tile("conversion", _share(hired, arrived)),
        Tile("fill_median", wording.measured(fill.plot, fill.median)),
    )


def _conversation(found: dict[str, Figures]) -> tuple[Tile, ...]:
    answers = found["answer_time"]
    return (
        Tile("messages", f"{found['messages'].count:,}"),
        Tile("conversations", f"{found['channels'].count:,}"),
        Tile("fallback", _share(_of(found["fallback"], "fallback"), _of(found["fallback"], "read"))),
        Tile("completed", _share(_of(found["flows"], "completed"), found["flows"].count)),
        Tile("answer_median", wording.measured(answers.plot, answers.median)),
        Tile("handoffs", f"{found['handoffs'].count:,}"),
    )


def _outlook(found: dict[str, Figures]) -> tuple[Tile, ...]:
    likely = found.get(ahead.LIKELY)
    tiles = [Tile("alerts", f"{found['attention'].count:,}"), Tile("growing", f"{found['growth'].count:,}")]
    if likely is None:
        return tuple(tiles)
    sure = sum(bar.count for bar in likely.bars[2:])
    return (Tile("likely", "—" if likely.is_empty else f"{sure:,}"), *tiles)


_TILES: dict[Board, Callable[[dict[str, Figures]], tuple[Tile, ...]]] = {
    "recruiting": _recruiting, "conversation": _conversation, "outlook": _outlook,
}  # fmt: skip


def _of(figures: Figures, series: str) -> int:
    return sum(cell.count for bar in figures.bars for cell in bar.cells if cell.series == series)


def _share(part: int, whole: int) -> str:
    return f"{part / whole * 100:.1f}{percent_sign()}" if whole else "—"
