"""Jobs: employer, title, period and duties, whatever order a CV gives them in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from huntred.cv.ports import CvJob, Found
from ml.cv.dates import month_of, months_between
from ml.cv.document import Line
from ml.cv.duties import duties
from ml.cv.entries import Anchor, Part, anchors, kind_of, parts, rejoined
from ml.cv.headings import label
from ml.cv.tagging import Tags

_MOST_HEAD_LINES = 4


@dataclass
class _Entry:
    anchor: Anchor | None
    head: list[Part] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)


def jobs(lines: list[Line], tags: Tags, today: date) -> list[CvJob]:
    """Return the jobs of a section in the order of the CV."""
    lines = rejoined(lines, tags)
    marks = anchors(lines)
    if marks and _lines_before(lines, marks, tags) == 0:
        marks = _with_single_years(lines, marks, tags)
    entries = _by_anchor(lines, marks, tags) if marks else _by_title(lines, tags)
    entries = [entry for entry in entries if entry.head]
    first = _first_role(entries, tags)
    made = [_job(entry, tags, today, first) for entry in entries]
    return _same_employer(made, entries)


def _with_single_years(lines: list[Line], marks: list[Anchor], tags: Tags) -> list[Anchor]:
    """Where each job is one line, a line with a title and one year alone is a job too."""
    known = {mark.at for mark in marks}
    more = [
        mark
        for mark in anchors(lines, singles=True)
        if mark.at not in known and len(mark.line.text.split()) <= 12
        and "title" in _roles(parts(mark.line, mark.period, tags), tags)
    ]  # fmt: skip
    return sorted([*marks, *more], key=lambda mark: mark.at)


def _by_anchor(lines: list[Line], marks: list[Anchor], tags: Tags) -> list[_Entry]:
    before = _lines_before(lines, marks, tags)
    heads = [_head_start(lines, marks, number, before, tags) for number in range(len(marks))]
    entries = []
    for number, mark in enumerate(marks):
        entry = _Entry(mark)
        ending = heads[number + 1] if number + 1 < len(marks) else len(lines)
        for line in lines[heads[number] : mark.at]:
            entry.head += parts(line, None, tags)
        entry.head += parts(mark.line, mark.period, tags)
        rest = lines[mark.at + 1 : ending]
        taken = _head_after(entry, rest, mark, tags)
        entry.body = _tail(mark)
        entry.body += [line for line in rest[taken:] if mark.ends is None or line is not mark.ends[0]]
        entries.append(entry)
    return entries


def _tail(mark: Anchor) -> list[Line]:
    """Return what stands behind the period and a colon: "Residente de obra, ICA (2019 – 2021): supervisión"."""
    line, at = mark.line, mark.period.end
    while at < len(line.text) and line.text[at] in ")]. ":
        at += 1
    if not line.text[at:].startswith(":") or not line.text[at + 1 :].strip():
        return []
    at += 1 + len(line.text[at + 1 :]) - len(line.text[at + 1 :].lstrip())
    return [replace(line, text=line.text[at:], start=line.start + at)]


def _lines_before(lines: list[Line], marks: list[Anchor], tags: Tags) -> int:
    """Return how many head lines stand above a period, judged by the first entry."""
    if _roles(parts(marks[0].line, marks[0].period, tags), tags) >= {"title", "company"}:
        return 0
    heads = 0
    for line in reversed(lines[: marks[0].at]):
        if not _may_head(line) or heads == _MOST_HEAD_LINES:
            break
        heads += 1
    # Where a line follows at once that names what is missing, what stands above may be an introduction.
    return heads


def _roles(found: Iterable[Part], tags: Tags) -> set[str]:
    roles = set()
    for part in found:
        roles.add({"employer": "company"}.get(part.role, part.role) or kind_of(part, tags) or "some")
    if "school" in roles:
        roles.add("company")
    return roles


def _may_head(line: Line) -> bool:
    role, _ = label(line.text)
    if role in {"duties", "other_job", "skills", "other_study"}:
        return False
    if role:
        return True
    sentence = line.text.rstrip().endswith(".") and not _company_end(line.text)
    long = len(line.text.split()) > 14 or (len(line.text.split()) > 6 and sentence)
    return not line.bullet and not long and not line.text[:1].islower()


def _head_start(lines: list[Line], marks: list[Anchor], number: int, before: int, tags: Tags) -> int:
    """Return where the head of an entry begins: at most as many lines above as at the first, of the same looks."""
    at = marks[number].at
    if before == 0:
        return at
    floor = marks[number - 1].at + 1 if number else 0
    start = at
    first = lines[marks[0].at - before : marks[0].at]
    looks = {(line.bold, round(line.size)) for line in first}
    plain = {(line.bold, round(line.size)) for line in lines if not _may_head(line) or line.bullet}
    telling = not looks & plain and bool(plain)
    said: set[str] = set()
    while start > floor and at - start < before:
        line = lines[start - 1]
        if not _may_head(line) or (telling and (line.bold, round(line.size)) not in looks):
            break
        # A line that ends with a full stop is a duty of the job above.
        if (
            number
            and line.text.rstrip().endswith((".", ";"))
            and not _company_end(line.text)
            and not label(line.text)[0]
        ):
            break
        role = label(line.text)[0]
        if role and role in said:
            break
        said.add(role)
        start -= 1
        if number and line.gap > 0.9 and start < at and not _continues(lines, start, floor, looks):
            break
    return start


def _continues(lines: list[Line], start: int, floor: int, looks: set[tuple[bool, int]]) -> bool:
    """Whether the line above the gap looks like a head all the same."""
    if start <= floor:
        return False
    above = lines[start - 1]
    return above.bold and _may_head(above) and (above.bold, round(above.size)) in looks


def _company_end(text: str) -> bool:
    """Whether the full stop at the end is an abbreviation's: of a company's form, or of a place such as "Jal."."""
    if len(text.split()) <= 6 and re.search(r"[,\t]\s*[A-ZÁÉÍÓÚ][\w.]{1,5}\.$", text.rstrip()):
        return True
    return bool(
        re.search(r"(?:C\.?\s?V|S\.?\s?A|S\.?\s?C|A\.?\s?C|R\.?\s?L|[Ii]nc|[Ll]td|[Cc]o|[Cc]orp)\.$", text.rstrip())
    )


def _head_after(entry: _Entry, rest: list[Line], mark: Anchor, tags: Tags) -> int:
    """Take the lines below the period that still belong to the head; return how many."""
    taken = 0
    for line in rest:
        if mark.ends is not None and line is mark.ends[0]:
            taken += 1
            continue
        role, _ = label(line.text)
        if role in {"employer", "title"} and not any(part.role == role for part in entry.head):
            entry.head += parts(line, None, tags)
            taken += 1
            continue
        roles = _roles(entry.head, tags)
        complete = len([part for part in entry.head if kind_of(part, tags) != "place" or part.role]) >= 2
        if role or line.bullet or not _may_head(line):
            break
        found = parts(line, None, tags)
        kinds = [kind_of(part, tags) for part in found]
        if found and all(kind == "place" for kind in kinds):
            taken += 1
            continue
        if complete or (line.text.rstrip().endswith(".") and not _company_end(line.text)):
            break
        if "title" in roles and kinds and kinds[0] == "title" and len(line.text.split()) > 5:
            break
        entry.head += found
        taken += 1
    return taken


def _by_title(lines: list[Line], tags: Tags) -> list[_Entry]:
    """Without one date: a line that names a title begins a job."""
    entries: list[_Entry] = []
    for line in lines:
        role, _ = label(line.text)
        found = parts(line, None, tags) if _may_head(line) and len(line.text.split()) <= 12 else []
        roles = _roles(found, tags)
        current = entries[-1] if entries else None
        if found and (role in {"employer", "title"} or roles & {"title", "company"}) and not line.text.endswith("."):
            had = _roles(current.head, tags) if current else set()
            if current is None or current.body or had & roles & {"title", "company"}:
                entries.append(_Entry(None, list(found)))
            else:
                current.head += found
        elif current is not None:
            current.body.append(line)
    return [entry for entry in entries if _roles(entry.head, tags) & {"title", "company"}]


def _first_role(entries: list[_Entry], tags: Tags) -> str:
    """Return whether titles or employers come first in this CV, told by the entries that leave no doubt."""
    votes = {"title": 0, "employer": 0}
    for entry in entries:
        kinds = [_kind(part, tags) for part in entry.head]
        kinds = [kind for kind in kinds if kind != "place"][:2]
        if len(kinds) < 2:
            continue
        if kinds[0] == "title" and kinds[1] != "title":
            votes["title"] += 1
        elif kinds[0] != "title" and kinds[1] == "title":
            votes["employer"] += 1
    return "employer" if votes["employer"] > votes["title"] else "title"


def _kind(part: Part, tags: Tags) -> str:
    if part.role in {"title", "employer"}:
        return part.role
    kind = kind_of(part, tags)
    return {"company": "employer", "school": "employer", "degree": "title"}.get(kind, kind)


def _job(entry: _Entry, tags: Tags, today: date, first: str) -> CvJob:
    title: Part | None = None
    employer: Part | None = None
    title_sure = employer_sure = 0.9
    told = [part for part in entry.head if part.role not in {"period", "start", "end", "duties", "other_job"}]
    kinds = [(part, _kind(part, tags)) for part in told]
    for part, _ in kinds:
        if part.role == "title" and title is None:
            title, title_sure = part, 0.98
        elif part.role == "employer" and employer is None:
            employer, employer_sure = part, 0.98
    open_parts = [(part, kind) for part, kind in kinds if part not in (title, employer) and kind != "place"]
    for wanted in ("title", "employer"):
        if (title if wanted == "title" else employer) is not None:
            continue
        match = next((part for part, kind in open_parts if kind == wanted), None)
        # Two of one kind: the order of the other entries decides which is which.
        same = [part for part, kind in open_parts if kind == wanted]
        if len(same) > 1 and len(same) == len(open_parts):
            match = same[0] if first == wanted else same[1]
        if match is not None:
            if wanted == "title":
                title = match
            else:
                employer = match
            open_parts = [(part, kind) for part, kind in open_parts if part is not match]
    left = [part for part, kind in open_parts]
    if title is None and employer is None and len(left) >= 2:
        title, employer = (left[0], left[1]) if first == "title" else (left[1], left[0])
        title_sure = employer_sure = 0.55
    elif title is None and left:
        title, title_sure = left[0], 0.65
    elif employer is None and left:
        employer, employer_sure = left[0], 0.7
    if employer is None:
        place = next(
            (part for part, kind in kinds if kind == "place" and part.line.text.strip() == part.text.strip()), None
        )
        # A company may be named like a town; then nothing else is there to be the employer.
        if place is not None and title is not None and title.line is not place.line and len(told) == 2:
            employer, employer_sure = place, 0.4
    start, end, current = _when(entry.anchor, today)
    until = month_of(today) if current else (end.value if end else "")
    return CvJob(
        employer=employer.found(employer_sure) if employer else None,
        title=title.found(title_sure) if title else None,
        start=start, end=end, current=current,
        months=months_between(start.value, until) if start and until else 0,
        duties=tuple(duties(entry.body, tags)),
    )  # fmt: skip


def _when(anchor: Anchor | None, today: date) -> tuple[Found | None, Found | None, bool]:
    if anchor is None:
        return None, None, False
    period, line = anchor.period, anchor.line
    since = period.since
    start = end = None
    if since is None and period.until is not None:
        # One date alone is a beginning where a label says so, or else all that is known.
        start = line.found(*period.until_span, 0.6, period.until.first())
        if anchor.ends is None:
            return start, line.found(*period.until_span, 0.4, period.until.last()), False
    elif since is not None:
        start = line.found(*period.since_span, 0.95 if since.month else 0.7, since.first())
    if anchor.ends is not None:
        other, closing = anchor.ends
        if closing.current or closing.until is None:
            return start, None, True
        return start, other.found(*closing.until_span, 0.95, closing.until.last()), False
    if period.current:
        return start, None, True
    if period.until is not None:
        last = period.until.last()
        # "2024 - 2026" in November 2026 lasts until today at most.
        last = min(last, month_of(today)) if period.until.month is None else last
        end = line.found(*period.until_span, 0.95 if period.until.month else 0.7, last)
    return start, end, False


def _same_employer(made: list[CvJob], entries: list[_Entry]) -> list[CvJob]:
    """Give the employer of a group of roles to each: it is written once, above the first."""
    done: list[CvJob] = []
    for job, entry in zip(made, entries, strict=True):
        alone = job.employer is None and job.title is not None and len(entry.head) == 1
        if alone and done and done[-1].employer is not None:
            above = done[-1].employer
            job = replace(job, employer=replace(above, confidence=0.5))
        done.append(job)
    return done
