"""Jobs and studies as they stand in lines: which lines head an entry, and what the parts of a head are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from huntred.cv.ports import Found
from ml.cv.dates import Period, periods
from ml.cv.document import CELL, Line, unfinished
from ml.cv.headings import OF_JOBS, label
from ml.cv.prose import sentence_edges, told
from ml.cv.tagging import Tags
from ml.cv.words import folded, pattern

# What separates the parts of a head besides words such as "at": cells, bars, dots, spaced dashes.
_CUTS = re.compile(r"\t+|\s*[|•·●▪∙‖¦]\s*|\s+[-–—/]\s+|\s*[—–]\s+|\s+@\s+|;\s+")
_NUMBERING = re.compile(r"\d{1,2}[.)]\s+")
_COMMA = re.compile(r",\s+")
# "S.A. de C.V." and its kin belong to the name before them.
_LEGAL = re.compile(r"^(?:s\.?\s?a|s\.?\s?de\s?r|s\.?\s?c|inc|llc|ltd|a\.?\s?c|s\.?\s?a\.?\s?p)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A piece of a head. role: told by a label, "" where not. start, end: characters of its line."""

    line: Line
    start: int
    end: int
    role: str = ""

    @property
    def text(self) -> str:
        return self.line.text[self.start : self.end]

    def found(self, confidence: float) -> Found:
        return self.line.found(self.start, self.end, confidence)


@dataclass
class Anchor:
    """A line with a period, around which an entry stands."""

    at: int
    line: Line
    period: Period
    ends: tuple[Line, Period] | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)


def anchors(lines: list[Line], *, singles: bool = False) -> list[Anchor]:
    """Return the lines that carry a period, and pairs of lines that carry its start and its end under labels.

    singles: a single date is enough, as a graduation's.
    """
    found: list[Anchor] = []
    opened: Anchor | None = None
    for at, line in enumerate(lines):
        said = periods(line.text)
        if not said:
            opened = opened if opened and at - opened.at <= 2 else None
            continue
        role, _ = label(line.text)
        whole = [period for period in said if not period.single]
        if role == "end" and opened is not None:
            opened.ends = (line, said[0])
            opened = None
        elif role == "start" and not (whole and (whole[0].until or (whole[0].current and _says_now(line, whole[0])))):
            opened = Anchor(at, line, said[0])
            found.append(opened)
        elif whole and not _is_prose(line, whole[0]):
            found.append(Anchor(at, line, whole[0]))
        elif singles and not _is_prose(line, said[0]):
            found.append(Anchor(at, line, said[0]))
    return found


def _says_now(line: Line, period: Period) -> bool:
    return period.until_span[1] > period.until_span[0]


def _is_prose(line: Line, period: Period) -> bool:
    """Whether the period stands inside a sentence, as in "Reduje costos de 2019 a 2021 en 12 %"."""
    if told(line, (period.start, period.end)):
        return False
    rest = (line.text[: period.start] + line.text[period.end :]).strip()
    if line.bullet and len(rest.split()) > 9:
        return True
    return len(rest.split()) > 16


def parts(line: Line, period: Period | None, tags: Tags, *, among: tuple[str, ...] = OF_JOBS) -> list[Part]:
    """Cut a head line into its parts, without its period and durations."""
    text = line.text
    sentence = told(line, (period.start, period.end)) if period is not None and len(text.split()) >= 7 else {}
    if sentence:
        return [Part(line, start, end, role) for role, (start, end) in sentence.items()]
    holes: list[tuple[int, int]] = []
    if period is not None:
        start, end = period.start, period.end
        while start > 0 and text[start - 1] in "([ ,":
            start -= 1
        while end < len(text) and text[end] in ")]. ":
            end += 1
        holes.append((start, len(text) if text[end:].startswith(":") else end))
    number = _NUMBERING.match(text)
    holes += [number.span()] if number else []
    if among is not OF_JOBS:
        holes += [match.span() for match in pattern("study_status").finditer(folded(text))]
        edges = list(sentence_edges(text))
        holes += [(one[1] - 1, other[0]) for one, other in pairwise(edges)]
    holes += [match.span() for match in pattern("duration").finditer(folded(text))]
    role, begin = label(text, among)
    cuts = [(0, begin)] if role else []
    cuts += holes + [match.span() for match in _CUTS.finditer(text)]
    result = _between(line, sorted(cuts), role)
    if role in {"employer", "title", "institution", "degree", "period", "start", "end", "duties"}:
        kept = [part for part in result if part.text.strip(" .,:-–—()")]
        # A label's value is one, whatever stands in it, except another label on the same line.
        return _relabelled(kept, role, among)
    cut: list[Part] = []
    for part in result:
        cut += _by_words(part, tags, among, alone=len(result) == 1 and period is not None)
    return [part for part in cut if part.text.strip(" .,:;-–—()[]•·|")]


def _between(line: Line, cuts: list[tuple[int, int]], role: str) -> list[Part]:
    result: list[Part] = []
    position = 0
    for start, end in cuts:
        if start > position:
            result.append(_trimmed(Part(line, position, start, role)))
        position = max(position, end)
    if position < len(line.text):
        result.append(_trimmed(Part(line, position, len(line.text), role)))
    return [part for part in result if part.start < part.end]


def _trimmed(part: Part) -> Part:
    text, start, end = part.line.text, part.start, part.end
    while start < end and text[start] in " \t,;:|-–—•·":
        start += 1
    while start < end and text[end - 1] in " \t,;:|-–—•·(":
        end -= 1
    # What a period was taken out of: "HP Inc. (Summer".
    opened = text.find("(", start + 1, end)
    if opened > 0 and ")" not in text[opened:end]:
        end = start + len(text[start:opened].rstrip(" ,;:|-–—•·"))
    if end - start > 2 and text[start] == "(" and text[end - 1] == ")":
        start, end = start + 1, end - 1
    return Part(part.line, start, end, part.role)


def _relabelled(found: list[Part], role: str, among: tuple[str, ...]) -> list[Part]:
    result = []
    for part in found:
        inner, at = label(part.text, among)
        if inner and 0 < at < len(part.text):
            result.append(_trimmed(Part(part.line, part.start + at, part.end, inner)))
        else:
            result.append(Part(part.line, part.start, part.end, role))
    if role in {"employer", "title", "institution", "degree"} and len(result) > 1:
        same = [part for part in result if part.role == role]
        if len(same) > 1 and CELL not in part.line.text[same[0].start : same[-1].end]:
            rest = [part for part in result if part.role != role]
            return [Part(same[0].line, same[0].start, same[-1].end, role), *rest]
    return result


def _by_words(part: Part, tags: Tags, among: tuple[str, ...], *, alone: bool) -> list[Part]:
    """Cut "Chofer en Gas Popular" and "Contadora, Grupo Sur" where the two sides are of different kinds."""
    inner, at = label(part.text, among)
    if inner and 0 < at < len(part.text):
        return [_trimmed(Part(part.line, part.start + at, part.end, inner))]
    low = folded(part.line.text)
    for sign, joint in ((False, pattern("at")), (True, _COMMA)) if among is OF_JOBS else ((True, _COMMA),):
        for match in joint.finditer(low, part.start, part.end):
            if not sign and part.line.text[match.end() : match.end() + 1].islower():
                continue
            left = _trimmed(Part(part.line, part.start, match.start(), part.role))
            right = _trimmed(Part(part.line, match.end(), part.end, part.role))
            if not left.text or not right.text or _LEGAL.match(right.text):
                continue
            one, other = kind_of(left, tags), kind_of(right, tags)
            # "Ingeniero en Sistemas" is one title; "Chofer en Bimbo" is two things where nothing else is the employer.
            if not sign and one == "title" and (other in {"company", "school"} or (alone and other == "")):
                return [left, *_by_words(right, tags, among, alone=False)]
            if among is not OF_JOBS and one == "degree" and other not in {"school", "place", "degree"}:
                continue
            # A firm is called after several people: "Basham, Ringe y Correa, S.C.".
            if sign and among is OF_JOBS and {one, other} <= {"company", "", "school"}:
                continue
            if sign and (one != other or other == "place" or (one in {"company", "school"} and other == "")):
                return [left, *_by_words(right, tags, among, alone=False)]
    return [part]


def rejoined(lines: list[Line], tags: Tags, *, loosely: bool = False) -> list[Line]:
    """Put names together that a narrow column broke: "Universidad Autónoma de" / "Querétaro".

    loosely: also where nothing but a short rest without a meaning of its own tells it, as in a list of studies.
    """
    done: list[Line] = []
    for line in lines:
        if done and _is_rest(done[-1], line, tags, loosely):
            before = done[-1]
            # The line's end counts as one character, so that places in both stay true.
            done[-1] = replace(before, text=f"{before.text} {line.text}", whole=line.whole)
        else:
            done.append(line)
    return done


def _is_rest(before: Line, line: Line, tags: Tags, loosely: bool) -> bool:
    adjacent = line.page == before.page and line.start == before.start + len(before.text) + 1
    alike = line.bold == before.bold and abs(line.size - before.size) < 0.3 and line.size > 0
    if not adjacent or not alike or before.whole or before.bullet or line.bullet or CELL in line.text + before.text:
        return False
    if label(line.text)[0] or periods(line.text) or len(line.text.split()) > 4:
        return False
    kind = kind_of(Part(before, 0, len(before.text)), tags)
    if kind not in {"school", "degree", "company", "title"} or periods(before.text):
        return False
    if unfinished(before.text):
        return True
    return loosely and kind_of(Part(line, 0, len(line.text)), tags) in {"", "place", "title", "company"}


def kind_of(part: Part, tags: Tags) -> str:
    """Return title, company, school, degree, place, or "" where nothing tells."""
    text = part.text.strip(" .,:;-–—()")
    if not text:
        return ""
    inside = tags.of(part.line, part.start, part.end)
    counts = {
        kind: [tag for tag in inside if tag.kind == kind] for kind in ("company", "school", "degree", "title", "place")
    }
    known = [tag for tag in inside if tag.kind == "known_title"]
    lead = part.start + (len(part.text) - len(part.text.lstrip()))
    if any(tag.start == lead and tag.end >= part.end - 1 for tag in known):
        return "title"
    covered = sum(tag.end - tag.start for tag in _apart(counts["place"]))
    letters = sum(1 for character in text if character.isalnum())
    if covered and covered >= 0.75 * letters and not any(tag.start == lead for tag in counts["company"] if tag.key):
        return "place"
    at_lead = [tag for tag in inside if tag.start == lead and tag.kind in {"company", "title"}]
    # "Secretaría de Economía" is no secretary.
    if at_lead and max(at_lead, key=lambda tag: tag.end).kind == "company" and len(at_lead) > 1:
        return "company"
    starts = {kind: any(tag.start == lead for tag in found) for kind, found in counts.items()}
    # "Preparatoria 16" and "Secundaria Técnica No. 45" are schools; without a number they are degrees.
    if starts["degree"] and pattern("numbered_school").search(folded(text)):
        return "school"
    if starts["school"] and not starts["title"]:
        return "school"
    if starts["title"] or (known and known[0].start == lead):
        return "title"
    if starts["degree"]:
        return "degree"
    if counts["company"] and not counts["title"]:
        return "company"
    if counts["school"]:
        return "school"
    if counts["title"] or known:
        return "title"
    if counts["company"]:
        return "company"
    return "degree" if counts["degree"] else ""


def _apart(tags: list) -> list:  # type: ignore[type-arg]
    kept = []
    end = -1
    for tag in sorted(tags, key=lambda tag: (tag.start, -tag.end)):
        if tag.start >= end:
            kept.append(tag)
            end = tag.end
    return kept
