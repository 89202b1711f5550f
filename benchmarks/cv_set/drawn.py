"""Layouts of sites that export CVs: text put at places on the page, by reportlab."""

from __future__ import annotations

import io
from collections.abc import Iterable

from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from benchmarks.cv_set.truth import Person
from benchmarks.cv_set.wording import Wording, spaced_phone

_BOTTOM = 60


class _Page:
    """Writes downwards in a column and begins a page where the last one is full."""

    def __init__(self) -> None:
        self._file = io.BytesIO()
        self.canvas = Canvas(self._file, pagesize=letter)
        self.y = 740.0
        self.left, self.width = 60.0, 490.0

    def column(self, left: float, width: float, top: float) -> None:
        self.left, self.width, self.y = left, width, top

    def write(self, text: str, *, size: float = 10, bold: bool = False, gap: float = 3) -> None:
        font = "Helvetica-Bold" if bold else "Helvetica"
        for line in simpleSplit(text, font, size, self.width):
            if self.y < _BOTTOM:
                self.canvas.showPage()
                self.y = 740
            self.canvas.setFont(font, size)
            self.canvas.drawString(self.left, self.y, line)
            self.y -= size + gap

    def heading(self, text: str, size: float = 13) -> None:
        self.y -= 8
        self.write(text, size=size, bold=True, gap=5)

    def content(self) -> bytes:
        self.canvas.save()
        return self._file.getvalue()


def job_board(person: Person, number: int) -> bytes:
    """As Mexican job boards print it: labels and values, "Actualmente", a footer on each page."""
    say, page = Wording(person, number), _Page()
    page.write(person.name, size=18, bold=True, gap=8)
    page.write(person.jobs[0].title, size=12)
    page.write(f"{person.email}  |  {spaced_phone(person.phone)}  |  {person.location}, México")
    page.heading(say.heading("experience"))
    for job in person.jobs:
        page.write(job.title, bold=True)
        page.write(f"{say.word('employer')}: {job.employer}")
        page.write(f"{say.period(job, 'long', ' - ')}")
        page.write(f"{say.word('duties')}:")
        for duty in job.duties:
            page.write(duty)
        page.y -= 6
    page.heading(say.heading("education"))
    for one in person.studies:
        page.write(one.degree, bold=True)
        page.write(one.institution)
        page.write(f"{one.start} - {one.end}")
        page.y -= 4
    page.heading(say.heading("languages"))
    for spoken in person.languages:
        page.write(f"{spoken.name} - {spoken.level}")
    page.heading(say.heading("skills"))
    for skill in person.skills:
        page.write(f"• {skill}")
    if person.certifications:
        page.heading(say.heading("certifications"))
        for certification in person.certifications:
            page.write(f"• {certification}")
    return page.content()


def network_export(person: Person, number: int) -> bytes:
    """As the large network exports a profile: a grey bar with contact, skills, languages; durations in brackets."""
    say, page = Wording(person, 2), _Page()
    canvas = page.canvas
    canvas.setFillGray(0.2)
    page.column(30, 150, 740)
    page.heading(say.heading("contact"))
    for text in (f"{person.phone} (Mobile)", person.email, f"www.{person.link}", "(LinkedIn)"):
        page.write(text)
    page.heading(say.heading("skills"))
    _all(page, person.skills)
    page.heading(say.heading("languages"))
    _all(page, (f"{one.name} ({one.level})" for one in person.languages))
    if person.certifications:
        page.heading(say.heading("certifications"))
        _all(page, person.certifications)
    page.column(215, 360, 740)
    page.write(person.name, size=24, gap=6)
    page.write(f"{person.jobs[0].title} | {person.jobs[0].employer}", size=11)
    page.write(person.location, size=11)
    page.heading(say.heading("summary"), 15)
    page.write(person.summary, size=11)
    page.heading(say.heading("experience"), 15)
    for job in person.jobs:
        page.write(job.employer, size=12)
        page.write(job.title, size=11)
        page.write(f"{say.period(job, 'long', ' - ')} ({say.lasted(job)})")
        page.write(person.location)
        _all(page, job.duties)
        page.y -= 6
    page.heading(say.heading("education"), 15)
    for study in person.studies:
        page.write(study.institution, size=12)
        page.write(f"{study.degree} · ({study.start} - {study.end})")
    canvas.setFont("Helvetica", 9)
    canvas.drawString(300, 30, f"{say.word('page')} 1 {say.word('of')} 1")
    return page.content()


def interleaved(person: Person, number: int) -> bytes:
    """Two equal columns whose lines are written alternately, so that the file's own order mixes them."""
    say, page = Wording(person, number + 2), _Page()
    page.write(person.name, size=16, bold=True, gap=6)
    page.write(f"{person.email} | {spaced_phone(person.phone)} | {person.location}")
    left: list[tuple[str, bool]] = [(say.heading("experience").upper(), True)]
    for job in person.jobs:
        left += [(job.title, True), (job.employer, False), (say.period(job, "short", " - "), False)]
        left += [(f"• {duty}", False) for duty in job.duties]
    right: list[tuple[str, bool]] = [(say.heading("education").upper(), True)]
    for one in person.studies:
        right += [(one.degree, True), (one.institution, False), (f"{one.start} - {one.end}", False)]
    right += [(say.heading("languages").upper(), True)] + [
        (f"{one.name} {one.level}", False) for one in person.languages
    ]
    right += [(say.heading("skills").upper(), True)] + [(one, False) for one in person.skills]
    if person.certifications:
        right += [(say.heading("certifications").upper(), True)] + [(one, False) for one in person.certifications]
    _alternate(page, left, right)
    return page.content()


def _alternate(page: _Page, left: list[tuple[str, bool]], right: list[tuple[str, bool]]) -> None:
    top = page.y - 10
    columns = [[60.0, top], [330.0, top]]
    for turn in range(max(len(left), len(right))):
        for column, lines in zip(columns, (left, right), strict=True):
            if turn < len(lines):
                page.column(column[0], 235, column[1])
                page.write(lines[turn][0], size=9.5, bold=lines[turn][1])
                column[1] = page.y


def _all(page: _Page, texts: Iterable[str]) -> None:
    for text in texts:
        page.write(text)
