"""Skills: what the taxonomy knows, and what a CV lists besides."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from contract.text import normalise
from huntred.cv.ports import CvJob, CvSkill, Found, Span
from ml.cv.dates import month_of, periods
from ml.cv.document import Document, Line, Run, paragraphs
from ml.cv.headings import label
from ml.cv.sections import Sections
from ml.cv.tagging import Tags
from ml.cv.tenure import worked
from ml.cv.tongues import is_level, level_near
from ml.cv.words import folded, pattern

_ITEM = re.compile(r"\.\s+(?=[A-Z])|[,;\t|•·●▪/]|\s+[-–—]\s+|\s{3,}")
_LONGEST_WORDS = 6


def skills(sections: Sections, document: Document, tags: Tags, jobs: list[CvJob], today: date) -> list[CvSkill]:
    """Return each skill once, at its first place in the skills' section, else in the text."""
    listed = sections.of("skills")
    skipped = {
        (line.page, line.start)
        for name in ("languages", "references", "contact", "interests", "education")
        for line in sections.of(name)
    }
    own = {(line.page, line.start) for line in listed}
    names = [job.employer.span for job in jobs if job.employer]
    places: dict[str, list[tuple[Line, int, int]]] = {}
    for line in [*listed, *(line for line in document.lines if (line.page, line.start) not in own | skipped)]:
        for tag in tags.of(line, beyond=True):
            # An employer called Oracle is no skill.
            named = any(span.page == line.page and span.start <= line.start + tag.start < span.end for span in names)
            if tag.kind == "skill" and not named and _counts(line, tag.start, tag.end, (line.page, line.start) in own):
                places.setdefault(tag.key, []).append((line, tag.start, tag.end))
    found = [_known(key, spots, jobs, today, own, document) for key, spots in places.items()]
    taken = {normalise(one.name.value) for one in found}
    return found + [one for one in _unknown(listed, tags) if normalise(one.name.value) not in taken]


def _counts(line: Line, start: int, end: int, listed: bool) -> bool:
    """Names of one or two letters ("R", "Go") are skills in a list only, written as such."""
    text = line.text[start:end]
    return listed or len(text) > 2 or text.isupper()


def _known(
    key: str,
    spots: list[tuple[Line, int, int]],
    jobs: list[CvJob],
    today: date,
    own: set[tuple[int, int]],
    document: Document,
) -> CvSkill:
    line, start, end = spots[0]
    level = next((found for spot in spots if (found := level_near(*spot)) is not None), None)
    used = [job for job in jobs if any(_tells(job, spot) for spot in spots)]
    years = next((told for spot in spots if (told := _told_years(*spot)) is not None), None)
    months = worked(used, today)
    if years is None and months:
        years = round(len(months) / 12, 1)
    ends = [month_of(today) if job.current else job.end.value if job.end else "" for job in used]
    last = max(ends, default="") or None
    sure = 0.95 if (line.page, line.start) in own else 0.8
    return CvSkill(key, _name(document, line, start, end, sure), level, years, last)


def _name(document: Document, line: Line, start: int, end: int, sure: float) -> Found:
    """The name as it is written, in the next line too."""
    span = Span(line.page, line.start + start, line.start + end)
    return Found(" ".join(document.pages[line.page - 1][span.start : span.end].split()), span, sure)


def _tells(job: CvJob, spot: tuple[Line, int, int]) -> bool:
    line, start, _ = spot
    place = line.start + start
    told = (*job.duties, *([job.title] if job.title else []))
    return any(one.span.page == line.page and one.span.start <= place < one.span.end for one in told)


def _told_years(line: Line, start: int, end: int) -> float | None:
    """Return years that stand beside a skill: "Python (5 años)", "3 años de SAP"."""
    low = folded(line.text)
    after = pattern("years_after").match(low, end)
    before = pattern("years_of").search(low[max(0, start - 45) : start])
    match = after or before
    return float(match[1]) if match and int(match[1]) <= 50 else None


def _unknown(lines: list[Line], tags: Tags) -> list[CvSkill]:
    """Return what is listed and the taxonomy has no name for; sentences are no lists."""
    found: list[CvSkill] = []
    said: set[str] = set()
    for group in paragraphs(lines):
        run = Run(group)
        _, at = label(run.text)
        named = re.match(r"[^:,;]{2,40}:\s", run.text)
        begin = max(at if at < len(run.text) else 0, named.end() if named else 0)
        if run.text.rstrip().endswith(".") and len(run.text.split()) > 9 and run.text.count(",") < 2:
            continue
        for start, end in _items(run.text, begin):
            item = run.found(start, end, 0.6)
            # "Redes: Cisco" lists under a label of its own.
            text = item.value.rsplit(": ", 1)[-1].strip(" .•")
            if not 1 <= len(text.split()) <= _LONGEST_WORDS or len(text) < 2 or periods(text) or not text[0].isalnum():
                continue
            if tags.inside(item.span, ("skill", "language")) or normalise(text) in said or _is_level(text):
                continue
            said.add(normalise(text))
            found.append(CvSkill(None, replace(item, value=text), _level_of(group, start, end)))
    return found


def _is_level(text: str) -> bool:
    return is_level(text) or bool(re.fullmatch(r"[\d%\s/.]+", text))


def _level_of(group: list[Line], start: int, end: int) -> Found | None:
    return level_near(group[0], start, end) if len(group) == 1 else None


def _items(text: str, begin: int) -> list[tuple[int, int]]:
    edges = [begin]
    depth = 0
    position = begin
    while position < len(text):
        if text[position] == "(":
            depth += 1
        elif text[position] == ")":
            depth = max(0, depth - 1)
        match = _ITEM.match(text, position) if depth == 0 else None
        if match and not (text[position] == "/" and not re.search(r"\s", text[max(0, position - 1) : position + 2])):
            edges += [match.start(), match.end()]
            position = match.end()
        else:
            position += 1
    edges.append(len(text))
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
