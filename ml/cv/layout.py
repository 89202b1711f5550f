"""From words at places on a page to lines in the order in which a person reads them.

Columns are found by their gutter: a strip that no line of a run crosses, with enough lines at both sides. A narrow
column of dates or labels is no column but the left cells of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ml.cv.dates import ranges
from ml.cv.document import CELL, Line
from ml.cv.headings import is_label, section_of

_LINES_AT_LEAST = 4
# Long addresses reach almost into the next column.
_GUTTER_AT_LEAST = 2.0


@dataclass(frozen=True)
class Word:
    """Points from the page's left upper corner."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool


@dataclass(frozen=True)
class _Piece:
    """Words of one line without a wide gap between them."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool


_Row = list[_Piece]


def arrange(pages: list[list[Word]]) -> Iterator[Line]:
    """Yield the lines of all pages in reading order, without running heads and feet."""
    for number, words in enumerate(pages, 1):
        rows = _labelled(_with_whole_dates(_rows(words)))
        width = max((piece.x1 for row in rows for piece in row), default=0.0)
        yield from _read(rows, number, width, 0)


def _rows(words: list[Word]) -> list[_Row]:
    """Group words that stand at one height, then those of a group that stand close."""
    level: list[list[Word]] = []
    for word in sorted(words, key=lambda word: ((word.top + word.bottom) / 2, word.x0)):
        middle = (word.top + word.bottom) / 2
        for group in reversed(level[-3:]):
            # Letters differ in height; their baselines meet within a third of their size.
            if abs(middle - _middle(group)) < 0.45 * max(2.0, min(word.size, group[0].size)):
                group.append(word)
                break
        else:
            level.append([word])
    return [_pieces(sorted(group, key=lambda word: word.x0)) for group in level]


def _middle(group: list[Word]) -> float:
    return sum((word.top + word.bottom) / 2 for word in group) / len(group)


def _pieces(words: list[Word]) -> _Row:
    pieces: list[list[Word]] = [[words[0]]]
    for word in words[1:]:
        last = pieces[-1][-1]
        distance = word.x0 - last.x1
        # A bullet keeps its text, however wide the indent.
        alone = len(pieces[-1]) == 1 and len(last.text) == 1 and not last.text.isalnum()
        if distance > max(last.size, word.size) * (3.0 if alone else 0.85):
            pieces.append([word])
        else:
            pieces[-1].append(word)
    return [_piece(group) for group in pieces]


def _piece(words: list[Word]) -> _Piece:
    letters = sum(len(word.text) for word in words)
    bold = sum(len(word.text) for word in words if word.bold)
    return _Piece(
        _joined(words), words[0].x0, max(word.x1 for word in words), min(word.top for word in words),
        max(word.bottom for word in words), max(word.size for word in words), bold * 2 > letters,
    )  # fmt: skip


def _joined(words: list[Word]) -> str:
    """Join words by blanks, and letters that a designer spaced out without them."""
    if len(words) >= 4 and all(len(word.text) == 1 for word in words):
        gaps = [second.x0 - first.x1 for first, second in pairwise(words)]
        usual = median(gaps)
        text = words[0].text
        for word, gap in zip(words[1:], gaps, strict=True):
            text += (" " if gap > usual * 1.8 + 0.5 else "") + word.text
        return text
    return " ".join(word.text for word in words)


def _read(rows: list[_Row], page: int, width: float, lane: int) -> Iterator[Line]:
    found = _gutter(rows, width)
    if found is None:
        yield from _plain(rows, page, lane)
        return
    first, last, x = found
    yield from _plain(rows[:first], page, lane) if first < _LINES_AT_LEAST else _read(rows[:first], page, width, lane)
    inner = rows[first:last]
    left = [[piece for piece in row if piece.x1 <= x] for row in inner]
    right = [[piece for piece in row if piece.x1 > x] for row in inner]
    sides = [[row for row in side if row] for side in (left, right)]
    if _is_table(sides[0], sides[1]):
        yield from _plain(inner, page, lane)
    else:
        for number, side in enumerate(sides):
            yield from _read(side, page, width, lane * 2 + number + 1)
    yield from _read(rows[last:], page, width, lane)


def _gutter(rows: list[_Row], width: float) -> tuple[int, int, float] | None:
    """Return the best run of rows and the place of its gutter: (first, last exclusive, x)."""
    edges = sorted({round(piece.x0) for row in rows for piece in row})
    best: tuple[float, tuple[int, int, float]] | None = None
    for edge in edges:
        x = edge - 1.5
        if not 0.12 * width < x < 0.9 * width:
            continue
        start = 0
        for end in range(len(rows) + 1):
            if end < len(rows) and not any(piece.x0 < x < piece.x1 + _GUTTER_AT_LEAST for piece in rows[end]):
                continue
            lefts = sum(1 for row in rows[start:end] if any(piece.x1 <= x for piece in row))
            rights = sum(1 for row in rows[start:end] if any(piece.x0 >= x for piece in row))
            aligned = sum(1 for row in rows[start:end] for piece in row if abs(piece.x0 - edge) < 2)
            if min(lefts, rights) >= _LINES_AT_LEAST and aligned >= _LINES_AT_LEAST:
                score = min(lefts, rights) * 2.0 + aligned + 0.5 * (end - start)
                if best is None or score > best[0]:
                    best = (score, (start, end, x))
            start = end + 1
    if best is None:
        return None
    first, last, x = best[1]
    # A heading right above both columns' start belongs to what is across.
    while first < last and not any(piece.x1 > x for piece in rows[first]) and _far(rows, first):
        first += 1
    return first, last, x


def _far(rows: list[_Row], at: int) -> bool:
    """Whether a wide space lies below this row: it stands alone above what follows."""
    if at + 1 >= len(rows):
        return False
    return rows[at + 1][0].top - rows[at][0].bottom > 2.2 * rows[at][0].size


def _is_table(left: list[_Row], right: list[_Row]) -> bool:
    """Whether the two sides are cells of rows: one of them holds nothing but dates, places and labels."""
    if _only_dates(right) or _only_dates(left):
        return True
    texts = [" ".join(piece.text for piece in row) for row in left]
    dated = sum(1 for text in texts if _is_period(text))
    labels = sum(1 for text in texts if is_label(text))
    told = sum(1 for text in texts if not _is_period(text) and not is_label(text) and not section_of(text))
    if dated >= 2 and told <= dated + labels:
        return True
    tops = [row[0].top for row in right]
    level = sum(1 for row in left if any(abs(row[0].top - top) < 3 for top in tops))
    return labels >= 2 and labels * 2 >= len(texts) and level * 3 >= len(texts) * 2


def _only_dates(side: list[_Row]) -> bool:
    texts = [" ".join(piece.text for piece in row) for row in side]
    dated = sum(1 for text in texts if ranges(text) or any(character.isdigit() for character in text[-4:]))
    headed = any(section_of(text) for text in texts)
    return bool(texts) and dated * 10 >= len(texts) * 6 and not headed and not any("@" in text for text in texts)


def _is_period(text: str) -> bool:
    """Whether a text is a period and nothing else."""
    return any(len(text) - (period.end - period.start) <= 4 for period in ranges(text))


def _with_whole_dates(rows: list[_Row]) -> list[_Row]:
    """Put the second line of a narrow cell back to its first: "03/2018 –" above "07/2020"."""
    done: list[_Row] = []
    for row in rows:
        kept: _Row = []
        for piece in row:
            holder = next(
                ((at, above) for at in range(max(0, len(done) - 2), len(done)) for above in done[at]
                 if abs(above.x0 - piece.x0) < 3 and 0 < piece.top - above.top < 2.2 * piece.size),
                None,
            )  # fmt: skip
            if holder is not None and len(piece.text.split()) <= 4 and _completes(holder[1].text, piece.text):
                at, above = holder
                whole = replace(
                    above, text=f"{above.text} {piece.text}", x1=max(above.x1, piece.x1), bottom=piece.bottom
                )
                done[at] = [whole if one is above else one for one in done[at]]
            else:
                kept.append(piece)
        if kept:
            done.append(kept)
    return done


def _completes(text: str, following: str) -> bool:
    if len(text.split()) > 6 or not any(character.isdigit() for character in text):
        return False
    both = f"{text} {following}"
    alone = ranges(text)
    closed = bool(alone) and alone[0].end >= len(text.rstrip()) and not text.rstrip().endswith(("-", "–", "—"))
    return not closed and _is_period(both) and ranges(both)[0].start <= 2


def _labelled(rows: list[_Row]) -> list[_Row]:
    """Turn a table with a row of labels above it into lines of "label: value", a table's row after the other."""
    done: list[_Row] = []
    at = 0
    while at < len(rows):
        head = rows[at]
        if len(head) < 3 or not all(is_label(piece.text) for piece in head):
            done.append(head)
            at += 1
            continue
        end = at + 1
        while (
            end < len(rows) and not (len(rows[end]) == 1 and section_of(rows[end][0].text)) and _fits(rows[end], head)
        ):
            end += 1
        done += _told(head, rows[at + 1 : end])
        at = end
    return done


def _fits(row: _Row, head: _Row) -> bool:
    return all(any(abs(piece.x0 - label.x0) < 4 for label in head) for piece in row)


def _told(head: _Row, rows: list[_Row]) -> Iterator[_Row]:
    groups: list[list[_Row]] = []
    for row in rows:
        apart = not groups or row[0].top - groups[-1][-1][0].top > 1.6 * row[0].size
        if apart:
            groups.append([])
        groups[-1].append(row)
    for group in groups:
        for label in head:
            cell = [piece for row in group for piece in row if abs(piece.x0 - label.x0) < 4]
            if cell:
                text = f"{label.text.rstrip(': ')}: " + " ".join(piece.text for piece in cell)
                # Full width, so that no column is found among them.
                yield [replace(cell[0], text=text, x0=head[0].x0, x1=head[-1].x1, bold=False)]


def _plain(rows: list[_Row], page: int, lane: int) -> Iterator[Line]:
    bottom: float | None = None
    edge = max((row[-1].x1 for row in rows), default=0.0)
    for at, row in enumerate(rows):
        size = max(piece.size for piece in row)
        bold = row[0].bold
        gap = 0.0 if bottom is None else max(0.0, (row[0].top - bottom) / max(size, 1.0))
        bottom = max(piece.bottom for piece in row)
        # The next line's first word would have had room: the line was ended, not broken.
        following = rows[at + 1][0] if at + 1 < len(rows) else None
        first = len(following.text.split()[0]) if following else 0
        wide = (following.x1 - following.x0) * first / max(1, len(following.text)) if following else 0.0
        short = row[-1].x1 + 0.3 * size + wide < edge - 0.5 * size
        yield Line(
            CELL.join(piece.text for piece in row), page, 0, lane, size, bold, row[0].x0, gap, whole=short,
        )  # fmt: skip
