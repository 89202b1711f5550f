"""A CV as its page shows it: the fields, and the text of each page with the places where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from huntred.cv.ports import Cv, CvJob, CvStudy, Found


@dataclass(frozen=True)
class Field:
    """id: of its marks, none where it stands in no one place. label and level: keys of the page's texts.

    A level may also be one of the European framework, A1 to C2. current: it goes on.
    """

    id: int | None
    label: str
    value: str
    confidence: float | None = None
    years: float | None = None
    level: str = ""
    current: bool = False


@dataclass(frozen=True)
class Group:
    """title: a key of the page's texts; heading: what the entry is called, where there are several."""

    title: str
    fields: tuple[Field, ...]
    heading: str = ""


@dataclass(frozen=True)
class Segment:
    """A run of a page's text. of: the fields whose evidence it is. anchors: those that begin here."""

    text: str
    of: tuple[int, ...] = ()
    anchors: tuple[int, ...] = ()


@dataclass(frozen=True)
class CvPage:
    groups: tuple[Group, ...]
    pages: tuple[tuple[Segment, ...], ...]


class _Numbered:
    """Gives each found value its number."""

    def __init__(self) -> None:
        self.found: list[Found] = []

    def field(
        self, label: str, found: Found | None, level: Found | None = None, years: float | None = None
    ) -> Iterator[Field]:
        if found is not None:
            told = level.value if level else ""
            yield Field(len(self.found), label, found.value, found.confidence, years, told)
            self.found.append(found)


def lay_out(cv: Cv) -> CvPage:
    numbered = _Numbered()
    groups = tuple(group for group in _groups(cv, numbered) if group.fields)
    pages = tuple(
        tuple(_segments(text, [(n, f) for n, f in enumerate(numbered.found) if f.span.page == number]))
        for number, text in enumerate(cv.pages, start=1)
    )
    return CvPage(groups, pages)


def _groups(cv: Cv, numbered: _Numbered) -> Iterator[Group]:
    contact = cv.contact
    yield Group(
        "contact",
        (
            *numbered.field("name", contact.name), *numbered.field("email", contact.email),
            *numbered.field("phone", contact.phone), *numbered.field("location", contact.location),
            *(field for link in contact.links for field in numbered.field("link", link)),
        ),
    )  # fmt: skip
    yield Group("summary", tuple(numbered.field("summary", cv.summary)))
    for job in cv.experience:
        yield Group("experience", tuple(_job(job, numbered)), job.title.value if job.title else "")
    for study in cv.education:
        yield Group("education", tuple(_study(study, numbered)), study.degree.value if study.degree else "")
    yield Group(
        "languages",
        tuple(
            field
            for one in cv.languages
            for field in numbered.field("language", one.name, one.level)
        ),
    )
    yield Group(
        "skills",
        tuple(
            field
            for one in cv.skills
            for field in numbered.field("skill", one.name, one.level, one.years)
        ),
    )
    yield Group("certifications", tuple(field for one in cv.certifications for field in numbered.field("cert", one)))


def _job(job: CvJob, numbered: _Numbered) -> Iterator[Field]:
    yield from numbered.field("title", job.title)
    yield from numbered.field("employer", job.employer)
    yield from numbered.field("start", job.start)
    yield from numbered.field("end", job.end)
    if job.current:
        yield Field(None, "end", "", current=True)
    if job.months:
        yield Field(None, "months", str(job.months))
    for duty in job.duties:
        yield from numbered.field("duty", duty)


def _study(study: CvStudy, numbered: _Numbered) -> Iterator[Field]:
    yield from numbered.field("degree", study.degree)
    yield from numbered.field("institution", study.institution)
    yield from numbered.field("start", study.start)
    yield from numbered.field("end", study.end)


def _segments(text: str, found: list[tuple[int, Found]]) -> Iterator[Segment]:
    """Cut the text where evidence begins or ends; places may overlap."""
    cuts = {0, len(text)}
    for _, one in found:
        cuts |= {min(max(one.span.start, 0), len(text)), min(max(one.span.end, 0), len(text))}
    ordered = sorted(cuts)
    for start, end in pairwise(ordered):
        of = tuple(number for number, one in found if one.span.start < end and one.span.end > start)
        anchors = tuple(number for number, one in found if one.span.start == start and number in of)
        yield Segment(text[start:end], of, anchors)
