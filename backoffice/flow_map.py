"""Draws flows: what happens after what, in columns, as numbers for the template's SVG. One drawing a file.

What is called the same in the same column of a file is one box, so that ten intents with one answer meet in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from huntred.workbench.flows import Flow, Kind, Step

BOX_WIDTH, BOX_HEIGHT = 212, 30
_COLUMN, _ROW, _MARGIN = 272, 40, 8
_SIGNS = 28


@dataclass
class Box:
    """One step. x, y: of its upper left corner, in pixels. short: as much of the name as fits."""

    kind: Kind
    name: str
    column: int
    x: int = 0
    y: float = 0.0
    before: list[Box] = field(default_factory=list)

    @property
    def short(self) -> str:
        return self.name if len(self.name) <= _SIGNS else f"{self.name[: _SIGNS - 1]}…"


@dataclass(frozen=True)
class Part:
    """The flows of one file with their drawing. lines: path data from box to box."""

    file: str
    own: bool
    flows: tuple[Flow, ...]
    boxes: list[Box]
    lines: list[str]
    width: int
    height: int


def drawn(flows: Sequence[Flow]) -> list[Part]:
    """Return a drawing for each file, the unit's own first."""
    files = list(dict.fromkeys(flow.file for flow in flows))
    return [_part(file, tuple(flow for flow in flows if flow.file == file)) for file in files]


def _part(file: str, flows: tuple[Flow, ...]) -> Part:
    boxes: dict[tuple[int, Step], Box] = {}
    # Those that go on in the same way stand together, so that their lines do not cross.
    for flow in sorted(flows, key=lambda each: ([step.name for step in _way(each)[1:]], each.name)):
        before: Box | None = None
        for column, step in enumerate(_way(flow)):
            box = boxes.setdefault((column, step), Box(step.kind, step.name, column, _MARGIN + column * _COLUMN))
            if before is not None and before not in box.before:
                box.before.append(before)
            before = box
    height = 0.0
    for column in range(max((box.column for box in boxes.values()), default=-1) + 1):
        here = [box for box in boxes.values() if box.column == column]
        for number, box in enumerate(here):
            box.y = sum(each.y for each in box.before) / len(box.before) if box.before else _MARGIN + number * _ROW
        here.sort(key=lambda box: box.y)
        for above, box in pairwise(here):
            box.y = max(box.y, above.y + _ROW)
        height = max(height, *(box.y for box in here))
    lines = [_line(before, box) for box in boxes.values() for before in box.before]
    columns = max((box.column for box in boxes.values()), default=0) + 1
    return Part(
        file, flows[0].own, flows, list(boxes.values()), lines, 2 * _MARGIN + (columns - 1) * _COLUMN + BOX_WIDTH,
        round(height) + BOX_HEIGHT + _MARGIN,
    )  # fmt: skip


def _way(flow: Flow) -> list[Step]:
    """Conditions first; a form that is a condition and the first step alike is drawn once."""
    way: list[Step] = []
    for step in (*flow.conditions, *flow.steps):
        if not way or way[-1] != step:
            way.append(step)
    return way


def _line(start: Box, end: Box) -> str:
    x1, y1 = start.x + BOX_WIDTH, start.y + BOX_HEIGHT / 2
    x2, y2 = end.x, end.y + BOX_HEIGHT / 2
    middle = (x1 + x2) / 2
    return f"M{x1} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2} {y2:.1f}"
