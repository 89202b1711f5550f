"""Which lines belong to which section."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ml.cv.dates import ranges
from ml.cv.document import BULLETS, CELL, Document, Line
from ml.cv.headings import inline_section, label, section_of
from ml.cv.words import folded

# Words that head a section in one CV and a part of a job in another.
# What the bar of an exported profile holds.
_SHORT = frozenset({"contact", "skills", "languages", "certifications"})
_ONLY_INLINE = frozenset({"languages", "skills", "certifications", "summary"})


@dataclass(frozen=True)
class Sections:
    """head: what stands before the first heading, or in a column without one."""

    head: list[Line]
    by_name: dict[str, list[Line]]

    def of(self, name: str) -> list[Line]:
        return self.by_name.get(name, [])


def divide(document: Document) -> Sections:
    """Give each line to the heading above it in its own column; a column goes on on the next page."""
    head: list[Line] = []
    by_name: dict[str, list[Line]] = {}
    current: dict[int, str] = {}
    edges: dict[int, float] = {}
    section, lane, page = "", 0, 0
    after_heading = False
    body = _usual_size(document)
    styled = sum(_stands_out(line, body) for line in document.lines if section_of(line.text)) >= 2
    before: Line | None = None
    account = _account(document)
    for line in document.lines:
        if line.page != page or line.lane != lane:
            if after_heading:
                pass  # a heading across the page whose text stands in columns below it
            elif line.page != page:
                section = _carried(current, edges, line)
            elif line.lane and lane != line.lane:
                section = _inherited(current, lane, line.lane, section)
            lane, page = line.lane, line.page
        if section in _SHORT and line.gap > 0.8 and not line.bullet and _is_owner(line, account):
            section = ""
        if after_heading and before is not None and _is_rest_of(line, before):
            continue
        named = _heading(line, body, section, styled)
        before = line
        if named:
            section = named
            current[lane] = section
            after_heading = True
            by_name.setdefault(section, [])
            continue
        after_heading = False
        inline, at = _inline(line, section)
        if inline:
            by_name.setdefault(inline, []).append(_rest(line, at))
            # In a column of headings the section begins here; behind a colon only where nothing else had begun.
            if line.text[:at].endswith(CELL) or (
                inline in _ONLY_INLINE and (section in {"", "contact", "experience", inline})
            ):
                section = inline
                current[lane] = section
            continue
        current[lane] = section
        edges[lane] = line.x
        (by_name.setdefault(section, []) if section else head).append(line)
    return Sections(head, by_name)


def _inline(line: Line, section: str) -> tuple[str, int]:
    """Return the section whose heading shares the line with its text, and where that begins."""
    inline, at = inline_section(line.text)
    if not inline or inline in {"contact", "interests"}:
        return "", 0
    headed = line.text[:at].endswith(CELL)
    # In a list of skills "Capacitación | Excel" are two of them.
    plain_list = section in {"skills", "languages", "certifications"} and not (line.bold or line.heading)
    if headed and plain_list:
        return "", 0
    if headed and not label(line.text)[0]:
        return inline, at
    if ranges(line.text):
        return "", 0
    # In a job "Herramientas: …" is a part of it; after a blank line, or for languages, it is not.
    if section == "experience" and inline != "languages" and line.gap <= 0.8:
        return "", 0
    if inline in _ONLY_INLINE:
        told = section in {"skills", "contact"} and label(line.text)[0]
        return (inline, at) if not told or inline == "languages" else ("", 0)
    # "Escolaridad: Preparatoria" among the personal data is all that such a CV says of it.
    return (inline, at) if inline == "education" and section in {"", "contact"} else ("", 0)


def _rest(line: Line, at: int) -> Line:
    """What stands behind a heading on its own line, without a bullet."""
    text = line.text[at:].lstrip(BULLETS + " ")
    return replace(line, text=text, start=line.start + len(line.text) - len(text), whole=True, bullet=True)


def _carried(current: dict[int, str], edges: dict[int, float], line: Line) -> str:
    """What a column goes on with on the next page, where it may stand alone: what stood at its edge before."""
    if line.lane and line.lane in current:
        return current[line.lane]
    nearest = min(edges, key=lambda lane: abs(edges[lane] - line.x), default=0)
    return current.get(nearest, "")


def _inherited(current: dict[int, str], before: int, lane: int, section: str) -> str:
    """What a column begins with: nothing, except where columns alternate on one page."""
    if before == 0:
        return ""
    return current.get(lane, "") if lane < before else ""


def _account(document: Document) -> tuple[str, ...]:
    """Return the words of the mail's account: most people's is made of their name."""
    for page in document.pages:
        match = re.search(r"([\w.+-]+)@", folded(page))
        if match:
            return tuple(part for part in re.split(r"[^a-z]+", match[1]) if len(part) > 2)
    return ()


def _is_owner(line: Line, account: tuple[str, ...]) -> bool:
    """Whether a name stands alone after a list: the main part of an exported profile begins."""
    words = folded(line.text).split()
    capital = all(word[:1].isupper() for word in line.text.split() if len(word) > 3)
    return 2 <= len(words) <= 6 and capital and any(part == word for part in account for word in words)


def _is_rest_of(line: Line, heading: Line) -> bool:
    """Whether a narrow column broke a heading: "APTITUDES" / "PRINCIPALES"."""
    alike = line.bold == heading.bold and abs(line.size - heading.size) < 0.3 and line.lane == heading.lane
    upper = line.text.isupper() == heading.text.isupper()
    if not (alike and upper and (line.bold or line.text.isupper())) or section_of(line.text):
        return False
    return bool(section_of(f"{heading.text} {line.text}"))


def _stands_out(line: Line, body: float) -> bool:
    return line.heading or line.bold or line.size > body + 0.8 or line.text.isupper()


def _heading(line: Line, body: float, section: str, styled: bool) -> str:
    """styled: the headings of this document are bold, large or in capitals, so that nothing else is one."""
    named = section_of(line.text)
    if not named:
        return ""
    # Inside a job, "Funciones" or "Logros" are labels; inside a list, a lower-case item may equal a heading.
    stands_out = _stands_out(line, body) or (line.gap > 0.8 and not styled)
    if line.bullet and not (line.bold or line.heading or line.text.isupper()):
        return ""
    role, _ = label(line.text)
    if section == "experience" and role in {"duties", "other_job", "period", "employer", "title"}:
        return ""
    if section == "experience" and role == "skills" and named != "languages":
        larger = line.heading or line.size > body + 0.8 or line.text.isupper() or line.gap > 0.8
        if not larger and (styled or line.text.rstrip().endswith(":")):
            return ""
    if stands_out:
        return named
    if styled:
        return ""
    return named if folded(line.text[:1]) != line.text[:1] or line.text.endswith(":") else ""


def _usual_size(document: Document) -> float:
    sizes: dict[float, int] = {}
    for line in document.lines:
        size = round(line.size, 1)
        sizes[size] = sizes.get(size, 0) + len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)
