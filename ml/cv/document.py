"""A file as lines in reading order, with what their looks say; the same for PDF, DOCX and plain text."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from huntred.cv.ports import Found, Span
from ml.cv.words import folded, pattern

# What separates cells of one line; no CV writes it by itself.
CELL = "\t"
BULLETS = "•·●○▪▫■□◦‣⁃∙➢➤►▶✓✔❖*–—-\uf0b7\uf0a7\uf0d8\uf076\uf0fc"


@dataclass(frozen=True)
class Line:
    """lane: 0 across the page, 1 and more the columns from the left. size: of the letters in points, 0 unknown.

    gap: the empty space above it in line heights. whole: it ends where its writer ended it, not at the margin.
    page, start: where its text stands in the text of the page.
    """

    text: str
    page: int = 1
    start: int = 0
    lane: int = 0
    size: float = 0.0
    bold: bool = False
    x: float = 0.0
    gap: float = 0.0
    whole: bool = False
    bullet: bool = False
    heading: bool = False

    def found(self, start: int, end: int, confidence: float, value: str | None = None) -> Found:
        """Return a part of the line as a value, without blanks at its ends."""
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        span = Span(self.page, self.start + start, self.start + start + len(text))
        return Found(text if value is None else value, span, confidence)


@dataclass(frozen=True)
class Document:
    lines: tuple[Line, ...]
    pages: tuple[str, ...]


def compose(lines: Iterable[Line]) -> Document:
    """Number the characters of the lines, page by page, and take their bullets off."""
    placed: list[Line] = []
    pages: list[list[str]] = [[]]
    position = 0
    for line in lines:
        text = line.text.rstrip()
        if not text.strip(BULLETS + " \t") or pattern("foot").fullmatch(folded(text).strip()):
            continue
        while len(pages) < line.page:
            pages.append([])
            position = 0
        bare = text.lstrip(" \t")
        marked = bare[0] in BULLETS and (len(bare) == 1 or not bare[1].isalnum() or bare[0] not in "*–—-")
        content = bare.lstrip(BULLETS + " \t") if marked else bare
        placed.append(
            replace(
                line, text=content, start=position + len(text) - len(content), bullet=line.bullet or marked
            )
        )  # fmt: skip
        pages[-1].append(text)
        position += len(text) + 1
    return Document(tuple(placed), tuple("\n".join(page) for page in pages))


class Run:
    """Lines of one paragraph as one text whose parts know their places."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._starts: list[int] = []
        position = 0
        for line in lines:
            self._starts.append(position)
            position += len(line.text) + 1
        self.text = " ".join(line.text for line in lines)

    def found(self, start: int, end: int, confidence: float) -> Found:
        """Return a part as a value; its span ends on the page where it begins."""
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        end = start + len(text.strip())
        first, at = self._at(start)
        last, until = self._at(max(start, end - 1))
        if last.page != first.page:
            last = [line for line in self._lines if line.page == first.page][-1]
            until = len(last.text) - 1
        span = Span(first.page, first.start + at, last.start + until + 1)
        return Found(" ".join(text.split()), span, confidence)

    def _at(self, position: int) -> tuple[Line, int]:
        number = bisect.bisect_right(self._starts, position) - 1
        line = self._lines[number]
        return line, min(position - self._starts[number], max(0, len(line.text) - 1))


def joined(lines: list[Line], confidence: float) -> Found | None:
    """Return several lines of a paragraph as one value."""
    if not lines:
        return None
    run = Run(lines)
    return run.found(0, len(run.text), confidence)


def paragraphs(lines: list[Line]) -> Iterator[list[Line]]:
    """Group lines that a margin broke: a line goes on where it is unfinished, or the next begins small or indented."""
    longest = max((len(line.text) for line in lines), default=0)
    group: list[Line] = []
    for line in lines:
        if group and not _goes_on(group, line, longest):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def unfinished(text: str) -> bool:
    """Whether a line ends with a word or sign that something has to follow."""
    return bool(pattern("open_end").search(folded(text)))


def _goes_on(group: list[Line], following: Line, longest: int) -> bool:
    line = group[-1]
    if following.bullet or following.heading or following.bold != line.bold or abs(following.size - line.size) > 0.6:
        return False
    if unfinished(line.text):
        return True
    if group[0].bullet and following.x > group[0].x + 2:
        return True
    if line.whole and not (following.text[:1].islower() and following.x):
        return False
    if following.text[:1].islower():
        return True
    if group[0].bullet:
        return False
    # In a wide column the next word would have had room: whoever wrote it ended the line there.
    ended = line.text.endswith((".", ";", ":", "!"))
    return longest > 45 and not ended and len(line.text) + len(following.text.split()[0]) > longest * 0.9
