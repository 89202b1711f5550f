"""Studies: institution, degree and years."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from huntred.cv.ports import CvStudy, Found
from ml.cv.dates import Period, periods
from ml.cv.document import Line
from ml.cv.entries import Part, kind_of, parts, rejoined
from ml.cv.headings import OF_STUDIES, label
from ml.cv.tagging import Tags
from ml.cv.words import folded, pattern

_NUMBERED = re.compile(r"\b(?:no\.?|num\.?|n[°º]\.?)?\s*\d+\b")


@dataclass
class _Study:
    institution: Part | None = None
    degree: Part | None = None
    period: tuple[Line, Period] | None = None
    others: list[Part] = field(default_factory=list)
    last: Line | None = None


def studies(lines: list[Line], tags: Tags) -> list[CvStudy]:
    """Return the studies of a section in the order of the CV."""
    lines = rejoined(lines, tags, loosely=True)
    done: list[_Study] = [_Study()]
    dates_first = _dates_first(lines)
    label_waiting = ""
    for line in lines:
        said = periods(line.text)
        period = next((one for one in said if not one.single), said[0] if said else None)
        role, at = label(line.text, OF_STUDIES)
        if role == "other_study":
            continue
        if role and at >= len(line.text):
            label_waiting = role
            continue
        if line.bullet and len(line.text.split()) > 12:
            continue
        found = [half for part in parts(line, period, tags, among=OF_STUDIES) for half in _named(part, tags)]
        if label_waiting and found:
            found = [Part(found[0].line, found[0].start, found[-1].end, label_waiting)]
        label_waiting = ""
        if period is not None and dates_first and done[-1].period is not None:
            done.append(_Study())
        current = done[-1]
        # A line that brings its own years begins another study, where the one before has its own.
        if period is not None and not dates_first and current.period is not None and found:
            if _kind(found[0], tags) != "place" and (current.degree or current.institution):
                done.append(_Study())
        for part in found:
            kind = part.role if part.role in {"institution", "degree"} else _kind(part, tags)
            if kind in {"period", "place"} or part.role in {"period", "start", "end", "other_job", "address"}:
                continue
            _put(done, part, kind, line)
        if period is not None and done[-1].period is None:
            done[-1].period = (line, period)
    return [_made(study, tags) for study in done if study.degree or study.institution]


def _named(part: Part, tags: Tags) -> list[Part]:
    """Cut "Secundaria: Técnica No. 12" at its colon."""
    at = part.text.find(": ")
    if part.role or at < 0:
        return [part]
    left = Part(part.line, part.start, part.start + at)
    if kind_of(left, tags) not in {"degree", "title"}:
        return [part]
    right = part.start + at + 2
    # What a degree's name announces is its school, whatever it is called.
    return [Part(part.line, left.start, left.end, "degree"), Part(part.line, right, part.end, "institution")]


def _dates_first(lines: list[Line]) -> bool:
    for line in lines:
        said = periods(line.text)
        rest = re.sub(r"[\s()\-–|,.:]+", "", line.text)
        if said:
            return said[0].start <= 2 or not rest
        if rest:
            return False
    return False


def _kind(part: Part, tags: Tags) -> str:
    kind = kind_of(part, tags)
    text = folded(part.text)
    # "Preparatoria 16" and "Bachilleres Plantel 5" are schools; "Preparatoria" alone is a degree.
    if kind in {"degree", "school", "title", "company", ""}:
        tagged = {tag.kind for tag in tags.of(part.line, part.start, part.end)}
        starts = {tag.kind for tag in tags.of(part.line, part.start, part.end) if tag.start <= part.start + 1}
        if (
            "degree" in starts
            and _NUMBERED.search(text)
            and "school" in tagged | ({"school"} if _NUMBERED.search(text) else set())
        ):
            return "institution"
        if "school" in starts and "degree" not in starts:
            return "institution"
        if "degree" in starts or (kind == "title" and "degree" in tagged):
            both = "school" in tagged and pattern("school_named").search(text)
            return "institution" if both else "degree"
        if "school" in tagged or kind == "company":
            return "institution"
        if "degree" in tagged:
            return "degree"
    return {"school": "institution", "place": "place", "degree": "degree"}.get(kind, "")


def _put(done: list[_Study], part: Part, kind: str, line: Line) -> None:
    study = done[-1]
    if kind in {"institution", "degree"}:
        taken: Part | None = getattr(study, kind)
        other = "degree" if kind == "institution" else "institution"
        if taken is not None and getattr(study, other) is None and taken.line is not line and not part.role:
            # Two of one kind in a row, such as "Preparatoria" and "Preparatoria Benito Juárez": one is the other's.
            if study.period is None or (taken.line.page == line.page and line.start - taken.line.start < 200):
                if _school_like(part.text) != _school_like(taken.text):
                    setattr(study, other, part)
                    if _school_like(taken.text) and other == "institution":
                        study.institution, study.degree = taken, part
                    return
        if taken is not None:
            study = _Study()
            done.append(study)
        setattr(study, kind, part)
        study.last = line
        return
    # A part that nothing tells: the open place of its line's entry, or of one that was just begun.
    if line.bullet and study.degree and study.institution:
        return
    study.others.append(part)


def _school_like(text: str) -> bool:
    low = folded(text)
    return bool(_NUMBERED.search(low)) or len(low.split()) > 2


def _made(study: _Study, tags: Tags) -> CvStudy:
    institution, degree = study.institution, study.degree
    others = [part for part in study.others if kind_of(part, tags) != "place" and len(part.text) > 2]
    if institution is None and others:
        institution = others.pop(0)
    elif degree is None and others:
        degree = others.pop(0)
    level = None
    if degree is None and institution is not None:
        # "Preparatoria No. 6" names the school and what is learnt there.
        first = institution.text.split()[0]
        if pattern("level_of_school").match(folded(first)):
            level = institution.line.found(institution.start, institution.start + len(first), 0.5)
    start = end = None
    if study.period is not None:
        line, period = study.period
        sure = 0.9
        if period.since is not None:
            start = line.found(*period.since_span, sure, period.since.plain())
        if period.until is not None:
            end = line.found(*period.until_span, sure, period.until.plain())
    return CvStudy(_found(institution), _found(degree) or level, start, end)


def _found(part: Part | None) -> Found | None:
    return part.found(0.98 if part.role else 0.85) if part is not None else None
