"""The lines of a DOCX: headers, body, tables and text boxes, read from its XML by the standard library.

Runs only inside the sandbox. A bomb of a ZIP or of XML entities meets its bounds here, and the sandbox's behind them:
expat refuses entities that grow (2.4.1 and newer), and only the few parts that hold text are ever unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

from huntred.cv.errors import CvDamaged, CvIsPicture, CvKindUnknown, CvLocked, CvTooLong
from ml.cv.bounds import MAX_CHARACTERS
from ml.cv.document import CELL, Line
from ml.cv.headings import is_label, section_of
from ml.cv.words import pattern

MAX_UNPACKED = 24 * 1024 * 1024
MAX_PARTS = 2_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARTS = re.compile(r"word/(?:document|header\d*)\.xml")
_TEXT_AT_LEAST = 40


def lines(content: bytes) -> list[Line]:
    """Return the lines in reading order. Raises CvLocked, CvTooLong, CvIsPicture, CvKindUnknown, CvDamaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = list(_lines(archive))
    except (
        zipfile.BadZipFile,
        zlib.error,
        ElementTree.ParseError,
        RuntimeError,
        NotImplementedError,
        EOFError,
    ) as error:
        if "encrypted" in str(error):
            raise CvLocked from error
        raise CvDamaged from error
    letters = sum(len(line.text) for line in found)
    if letters > MAX_CHARACTERS:
        raise CvTooLong
    if letters < _TEXT_AT_LEAST:
        raise CvIsPicture
    return found


def _lines(archive: zipfile.ZipFile) -> Iterator[Line]:
    entries = archive.infolist()
    if len(entries) > MAX_PARTS:
        raise CvDamaged
    names = {entry.filename: entry for entry in entries}
    if "word/document.xml" not in names:
        raise CvKindUnknown
    parts = [name for name in names if _PARTS.fullmatch(name)]
    left = MAX_UNPACKED
    said: set[str] = set()
    for name in sorted(parts, key=lambda name: ("document" in name, name)):
        # What the archive says of its sizes may be a lie: no more than is left is ever unpacked.
        with archive.open(names[name]) as part:
            raw = part.read(left + 1)
        left -= len(raw)
        if left < 0:
            raise CvTooLong
        for line in _blocks(ElementTree.fromstring(raw)):  # noqa: S314  # bounds, see above
            # First and further pages repeat one header.
            if "header" in name:
                if line.text in said:
                    continue
                said.add(line.text)
            yield line


def _blocks(element: ElementTree.Element, lane: int = 0) -> Iterator[Line]:
    for child in element:
        if child.tag == f"{_W}p":
            yield from _paragraph(child, lane)
        elif child.tag == f"{_W}tbl":
            yield from _table(child, lane)
        elif child.tag not in {f"{_W}sectPr", _ALTERNATE, f"{_W}del"}:
            yield from _blocks(child, lane)


def _paragraph(paragraph: ElementTree.Element, lane: int) -> Iterator[Line]:
    properties = paragraph.find(f"{_W}pPr")
    style = ""
    listed = False
    if properties is not None:
        named = properties.find(f"{_W}pStyle")
        style = (named.get(f"{_W}val") or "").lower() if named is not None else ""
        listed = properties.find(f"{_W}numPr") is not None or "list" in style
    heading = bool(pattern("heading_style").match(style))
    pieces: list[tuple[str, bool, float]] = []
    boxes: list[ElementTree.Element] = []
    _runs(paragraph, pieces, boxes)
    text = "".join(piece[0] for piece in pieces)
    letters = sum(len(piece[0].strip()) for piece in pieces)
    bold = heading or sum(len(piece[0].strip()) for piece in pieces if piece[1]) * 2 > letters > 0
    size = max((piece[2] for piece in pieces if piece[0].strip()), default=0.0)
    size = {"title": 26.0, "heading1": 14.0, "ttulo1": 14.0}.get(style, size)
    for part in text.split("\n"):
        if part.strip():
            yield Line(
                re.sub(r"\t+| {4,}", CELL, part.strip()), lane=lane, size=size, bold=bold, whole=True,
                bullet=listed, heading=heading,
            )  # fmt: skip
    for box in boxes:
        yield from _blocks(box, lane)


def _runs(
    element: ElementTree.Element, pieces: list[tuple[str, bool, float]], boxes: list[ElementTree.Element]
) -> None:
    for child in element:
        if child.tag == f"{_W}r":
            properties = child.find(f"{_W}rPr")
            bold, size = False, 0.0
            if properties is not None:
                mark = properties.find(f"{_W}b")
                bold = mark is not None and mark.get(f"{_W}val") not in {"0", "false"}
                told = properties.find(f"{_W}sz")
                value = told.get(f"{_W}val") if told is not None else None
                size = float(value) / 2 if value and value.isdigit() else 0.0
            _run(child, pieces, boxes, bold, size)
        elif child.tag == f"{_W}txbxContent":
            boxes.append(child)
        elif child.tag not in {f"{_W}pPr", f"{_W}del", _ALTERNATE}:
            _runs(child, pieces, boxes)


def _run(
    run: ElementTree.Element,
    pieces: list[tuple[str, bool, float]],
    boxes: list[ElementTree.Element],
    bold: bool,
    size: float,
) -> None:
    for child in run:
        if child.tag == f"{_W}t":
            pieces.append((child.text or "", bold, size))
        elif child.tag in {f"{_W}br", f"{_W}cr"}:
            pieces.append(("\n", bold, size))
        elif child.tag == f"{_W}tab":
            pieces.append(("\t", bold, size))
        elif child.tag == f"{_W}noBreakHyphen":
            pieces.append(("-", bold, size))
        elif child.tag not in {f"{_W}rPr", _ALTERNATE}:
            boxes.extend(child.iter(f"{_W}txbxContent"))


def _table(table: ElementTree.Element, lane: int) -> Iterator[Line]:
    """Rows of short cells are lines; a row of long ones is columns side by side; under labels, "label: value"."""
    labels: list[str] = []
    for row in table.iter(f"{_W}tr") if table.find(f"{_W}tr") is None else table.findall(f"{_W}tr"):
        cells = [list(_blocks(cell, lane)) for cell in row.iter(f"{_W}tc")] if _flat(row) else _cells(row, lane)
        cells = [cell for cell in cells if cell]
        if not cells:
            continue
        if not labels and len(cells) > 2 and all(len(cell) == 1 and is_label(cell[0].text) for cell in cells):
            labels = [cell[0].text.rstrip(": ") for cell in cells]
        elif labels and len(cells) == len(labels):
            for name, cell in zip(labels, cells, strict=True):
                yield replace(cell[0], text=f"{name}: {cell[0].text}", bullet=False, bold=False, heading=False)
                yield from cell[1:]
        elif all(len(cell) == 1 for cell in cells):
            yield _row(cells, lane)
        elif len(cells) > 1 and len(cells[0]) == 1 and not _begins_section(cells[0][0]):
            first = cells[0][0]
            yield _row([[first], *[cell[:1] for cell in cells[1:]]], lane)
            for cell in cells[1:]:
                yield from cell[1:]
        elif len(cells) == 1:
            yield from cells[0]
        else:
            for number, cell in enumerate(cells):
                for line in cell:
                    yield Line(
                        line.text, lane=lane * 2 + number + 1, size=line.size, bold=line.bold, whole=True,
                        bullet=line.bullet, heading=line.heading,
                    )  # fmt: skip


def _flat(row: ElementTree.Element) -> bool:
    return next(row.iter(f"{_W}tbl"), None) is None


def _cells(row: ElementTree.Element, lane: int) -> list[list[Line]]:
    return [list(_blocks(cell, lane)) for cell in row.findall(f"{_W}tc")]


def _begins_section(line: Line) -> bool:
    return bool(section_of(line.text)) and not is_label(line.text)


def _row(cells: list[list[Line]], lane: int) -> Line:
    firsts = [cell[0] for cell in cells]
    return Line(
        CELL.join(line.text for line in firsts), lane=lane, size=max(line.size for line in firsts),
        bold=all(line.bold for line in firsts), whole=True, bullet=firsts[0].bullet,
        heading=all(line.heading for line in firsts),
    )  # fmt: skip
