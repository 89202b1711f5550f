"""A file as lines in reading order, with what their looks say; the same for PDF, DOCX and plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from huntred.cv.ports import Found, Span

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
        if not text.strip(BULLETS + " \t"):
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


def joined(lines: list[Line], confidence: float) -> Found | None:
    """Return several lines of a paragraph as one value; its span ends on the page where it begins."""
    if not lines:
        return None
    first = lines[0]
    last = [line for line in lines if line.page == first.page][-1]
    span = Span(first.page, first.start, last.start + len(last.text))
    return Found(" ".join(" ".join(line.text.split()) for line in lines), span, confidence)


def paragraphs(lines: list[Line]) -> Iterator[list[Line]]:
    """Group lines that a margin broke: a line goes on where it is long, unfinished, or the next begins small."""
    longest = max((len(line.text) for line in lines), default=0)
    group: list[Line] = []
    for line in lines:
        if group and not _goes_on(group[-1], line, longest):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _goes_on(line: Line, following: Line, longest: int) -> bool:
    if following.bullet or line.whole or following.bold != line.bold or abs(following.size - line.size) > 0.6:
        return False
    if following.text[:1].islower():
        return True
    # The next word would have had room: whoever wrote it ended the line there.
    return (
        not line.text.endswith((".", ";", ":", "!")) and len(line.text) + len(following.text.split()[0]) > longest * 0.9
    )
