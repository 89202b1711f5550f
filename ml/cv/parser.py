"""A document's lines to a CV. Pure but for spaCy's pipelines, which a parser builds once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from huntred.cv.ports import Cv, Found
from ml.cv.contact import contact
from ml.cv.dates import periods, ranges
from ml.cv.document import CELL, Document, Line, joined, paragraphs
from ml.cv.education import studies
from ml.cv.entries import kind_of, parts
from ml.cv.experience import jobs
from ml.cv.headings import OF_PEOPLE, OF_STUDIES, label
from ml.cv.prose import sentences, told
from ml.cv.sections import Sections, divide
from ml.cv.skills import skills
from ml.cv.tagging import Tagger, Tags, language_of
from ml.cv.taxonomy import Taxonomy
from ml.cv.tenure import total_months
from ml.cv.tongues import languages
from ml.cv.words import folded, pattern

_MAIL_OR_LINK = re.compile(r"@|https?://|www\.|linkedin\.com")


class CvParser:
    def __init__(self, taxonomy: Taxonomy | None = None) -> None:
        self._tagger = Tagger(taxonomy or Taxonomy.load())

    def parse(self, document: Document, today: date) -> Cv:
        language = language_of(document)
        tags = self._tagger.tags(document, language)
        sections = _completed(divide(document), tags)
        held = jobs(sections.of("experience"), tags, today)
        return Cv(
            language=language,
            contact=contact(document, sections, tags),
            summary=_summary(sections),
            experience=tuple(held),
            education=tuple(studies(sections.of("education"), tags)),
            languages=tuple(languages(sections, tags)),
            skills=tuple(skills(sections, document, tags, held, today)),
            certifications=tuple(_certifications(sections.of("certifications"))),
            total_months=total_months(held, today),
            pages=document.pages,
        )


def _completed(sections: Sections, tags: Tags) -> Sections:
    """Find jobs and studies among the lines that no heading claims, where their section is missing."""
    if sections.of("experience") and sections.of("education"):
        return sections
    by_name = {name: list(lines) for name, lines in sections.by_name.items()}
    head: list[Line] = []
    current = ""
    for line in (sentence for whole in sections.head for sentence in sentences(whole)):
        kind = _what(line, tags)
        if kind:
            current = kind
        elif current and _ends_entries(line):
            current = ""
        wanted = current if current in {"experience", "education"} and not sections.of(current) else ""
        (by_name.setdefault(wanted, []) if wanted else head).append(line)
    return Sections(head, by_name)


def _what(line: Line, tags: Tags) -> str:
    """Return what a line without a heading begins: a job or a study, by its period and what it names."""
    said = periods(line.text)
    sentence = told(line, (said[0].start, said[0].end) if said else None)
    if sentence and said:
        return "education" if "degree" in sentence else "experience"
    if label(line.text)[0] in {"employer", "title"}:
        return "experience"
    if label(line.text, OF_STUDIES)[0] in {"institution", "degree"}:
        return "education"
    period = said[0] if said else None
    kinds = {kind_of(part, tags) for part in parts(line, period, tags)}
    begins = {tag.kind for tag in tags.of(line) if tag.start <= 1}
    # "Técnico en Logística, CONALEP, 2008 - 2010": years alone are a student's, months an employee's.
    if period is not None and "degree" in begins and not any(one and one.month for one in (period.since, period.until)):
        if any(kind_of(part, tags) == "school" for part in parts(line, period, tags, among=OF_STUDIES)):
            return "education"
    if said and "school" in kinds and kinds & {"degree", "school"} and not ("title" in kinds and "degree" not in kinds):
        return "education"
    if said and "degree" in kinds and "title" not in kinds:
        return "education"
    return "experience" if ranges(line.text) else ""


def _ends_entries(line: Line) -> bool:
    return bool(pattern("list_begins").match(folded(line.text)))


def _summary(sections: Sections) -> Found | None:
    own = [
        line
        for line in sections.of("summary")
        if not _MAIL_OR_LINK.search(line.text) and not label(line.text, OF_PEOPLE)[0]
    ]
    if own:
        # The first block: what follows in the same column may be something else.
        return joined(own[:14], 0.9)
    for group in paragraphs(sections.head):
        text = " ".join(line.text for line in group)
        if len(text.split()) >= 4 and text[-1] in ".!;" and not _MAIL_OR_LINK.search(text) and not label(text)[0]:
            if not any(ranges(line.text) for line in group) and not _ends_entries(group[0]):
                return joined(group, 0.6)
    return None


def _certifications(lines: list[Line]) -> list[Found]:
    found = []
    for group in paragraphs([_without_date_cell(line) for line in lines]):
        whole = joined(group, 0.85)
        if whole is not None and len(whole.value) > 3 and not _only_period(whole.value):
            found.append(whole)
    return found


def _without_date_cell(line: Line) -> Line:
    """Leave out a date that stands in a cell of its own."""
    name, cell, last = line.text.rpartition(CELL)
    return replace(line, text=name) if cell and _only_period(last) else line


def _only_period(text: str) -> bool:
    said = periods(text)
    return bool(said) and len(re.sub(r"\W", "", text[: said[0].start] + text[said[0].end :])) < 3
