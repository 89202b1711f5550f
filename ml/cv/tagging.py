"""What spaCy sees in a CV's text: names of schools, companies, degrees, titles, places, languages, and skills.

Blank pipelines with rulers over folded text, so that accents and case never matter and places stay those of the
original. A model that was trained on prose knows little of the fragments that a CV is made of.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from typing import Any

import spacy
from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans

from huntred.cv.ports import Span
from ml.cv.document import Document, Line
from ml.cv.taxonomy import Taxonomy
from ml.cv.words import folded, words

_KINDS = ("company", "school", "degree", "title")


@dataclass(frozen=True)
class Tag:
    """kind: company, school, degree, title, place, language, skill. key: the language's code, the skill's id.

    start, end: characters of the page.
    """

    kind: str
    key: str
    start: int
    end: int


class Tags:
    """The tags of a document, found by line."""

    def __init__(self, pages: list[list[Tag]]) -> None:
        self._pages = [sorted(page, key=lambda tag: tag.start) for page in pages]
        self._starts = [[tag.start for tag in page] for page in self._pages]

    def of(self, line: Line, start: int = 0, end: int | None = None, *, beyond: bool = False) -> list[Tag]:
        """Return the tags inside a part of the line; their places count from the line's start.

        beyond: those too that begin here and end in the next line.
        """
        if line.page > len(self._pages):
            return []
        first = line.start + start
        last = line.start + (len(line.text) if end is None else end)
        page = self._pages[line.page - 1]
        at = bisect.bisect_left(self._starts[line.page - 1], first)
        inside = []
        while at < len(page) and page[at].start < last:
            tag = page[at]
            if beyond or tag.end <= last:
                inside.append(Tag(tag.kind, tag.key, tag.start - line.start, tag.end - line.start))
            at += 1
        return inside

    def inside(self, span: Span, kinds: tuple[str, ...]) -> bool:
        """Whether a tag of these kinds lies within a place."""
        return any(
            tag.kind in kinds and span.start <= tag.start and tag.end <= span.end for tag in self._pages[span.page - 1]
        )


class Tagger:
    """Built once a process: about a second for the whole taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._pipelines = {language: spacy.blank(language) for language in ("es", "en")}
        self._skills: dict[str, PhraseMatcher] = {}
        self._acronyms = frozenset(
            folded(name) for term in taxonomy.skills for name in term.names if name.isupper() and len(name) < 5
        )
        patterns = _patterns(taxonomy)
        names = {term.id: sorted({folded(name) for name in term.names}) for term in taxonomy.skills}
        for language, pipeline in self._pipelines.items():
            pipeline.max_length = 400_000
            ruler: Any = pipeline.add_pipe("span_ruler", config={"spans_key": "tags"})
            ruler.add_patterns(patterns)
            matcher = PhraseMatcher(pipeline.vocab)
            for key, said in names.items():
                matcher.add(key, [pipeline.make_doc(name) for name in said if len(name) > 1])
            self._skills[language] = matcher

    def tags(self, document: Document, language: str) -> Tags:
        """Return what the rulers see. language: es or en."""
        pipeline, matcher = self._pipelines[language], self._skills[language]
        pages = []
        for text in document.pages:
            doc = pipeline(_flowing(text))
            tags = []
            for span in doc.spans["tags"]:
                kind, _, key = span.label_.partition(":")
                tags.append(Tag(kind, key, span.start_char, span.end_char))
            for span in filter_spans(matcher(doc, as_spans=True)):
                written = text[span.start_char : span.end_char]
                # "al mes" is no MES, and "Sep 2025" no SEP.
                if span.text in self._acronyms and not written.isupper():
                    continue
                tags.append(Tag("skill", span.label_, span.start_char, span.end_char))
            pages.append(tags)
        return Tags(pages)


def _flowing(text: str) -> str:
    """Fold a page; a line that goes on in the next one, told by its small letter, is joined with it."""
    return folded(re.sub(r"\n(?=[a-záéíóúñ])", " ", text).replace("\t", " "))


def _patterns(taxonomy: Taxonomy) -> list[dict[str, str]]:
    said = words()
    patterns = [{"label": kind, "pattern": phrase} for kind in _KINDS for phrase in said[kind]]
    # In plural too: "Gerentes", "Analistas".
    patterns += [{"label": "place", "pattern": phrase} for phrase in said["places"]]
    patterns += [
        {"label": f"language:{code}", "pattern": phrase}
        for code, names in said["languages"].items()
        for phrase in names
    ]
    titles = {folded(name) for term in taxonomy.titles for name in term.names if len(name) > 3}
    patterns += [{"label": "known_title", "pattern": name} for name in sorted(titles)]
    return patterns


def language_of(document: Document) -> str:
    """Return es or en, by the small words and the headings."""
    counts = {"es": 0, "en": 0}
    spanish, english = frozenset(words()["spanish"]), frozenset(words()["english"])
    for page in document.pages:
        for word in folded(page).split():
            counts["es"] += word in spanish
            counts["en"] += word in english
    return "en" if counts["en"] > counts["es"] else "es"
