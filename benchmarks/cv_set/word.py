"""Layouts written in a word processor."""

from __future__ import annotations

import io
from typing import Any

from docx import Document

from benchmarks.cv_set.truth import Person
from benchmarks.cv_set.wording import Wording, spaced_phone


def caps(person: Person, number: int) -> bytes:
    """No styles at all: headings in capitals and bold, employer and title on one line, dates in the long form."""
    say, document = Wording(person, number), Document()
    _bold(document, person.name.upper())
    document.add_paragraph(f"{person.location}\nCel. {spaced_phone(person.phone)}\n{person.email}")
    _bold(document, say.heading("summary").upper())
    document.add_paragraph(person.summary)
    _bold(document, say.heading("experience").upper())
    for job in person.jobs:
        document.add_paragraph(f"{job.employer} – {job.title}")
        document.add_paragraph(say.period(job, "long", " a "))
        for duty in job.duties:
            document.add_paragraph(duty, style="List Bullet")
    _bold(document, say.heading("education").upper())
    for study in person.studies:
        document.add_paragraph(f"{study.institution} – {study.degree} ({study.start} - {study.end})")
    _bold(document, say.heading("languages").upper())
    for one in person.languages:
        document.add_paragraph(f"{one.name} {one.level}")
    _bold(document, say.heading("skills").upper())
    document.add_paragraph("; ".join(person.skills))
    if person.certifications:
        _bold(document, say.heading("certifications").upper())
        for certification in person.certifications:
            document.add_paragraph(certification, style="List Bullet")
    return _bytes(document)


def table(person: Person, number: int) -> bytes:
    """Name and contact in the page's header; sections as headings; dates in the left column of tables."""
    say, document = Wording(person, number + 1), Document()
    header = document.sections[0].header
    header.paragraphs[0].text = person.name
    header.add_paragraph(f"{spaced_phone(person.phone)} · {person.email} · {person.location}")
    document.add_heading(say.heading("summary"), 1)
    document.add_paragraph(person.summary)
    document.add_heading(say.heading("experience"), 1)
    rows = [
        (say.period(job, "short", " - "), "\n".join([job.title, job.employer, *(f"• {duty}" for duty in job.duties)]))
        for job in person.jobs
    ]
    _table(document, rows)
    document.add_heading(say.heading("education"), 1)
    _table(document, [(f"{one.start} - {one.end}", f"{one.degree}\n{one.institution}") for one in person.studies])
    document.add_heading(say.heading("skills"), 1)
    _table(document, [(person.skills[at], (*person.skills, "")[at + 1]) for at in range(0, len(person.skills), 2)])
    document.add_heading(say.heading("languages"), 1)
    _table(document, [(one.name, one.level) for one in person.languages])
    if person.certifications:
        document.add_heading(say.heading("certifications"), 1)
        for certification in person.certifications:
            document.add_paragraph(certification)
    return _bytes(document)


def no_headings(person: Person, number: int) -> bytes:
    """A letter rather than a form: paragraphs without one heading."""
    say, document = Wording(person, number), Document()
    document.add_paragraph(person.name)
    document.add_paragraph(f"{person.location}, {spaced_phone(person.phone)}, {person.email}")
    document.add_paragraph(person.summary)
    for job in person.jobs:
        document.add_paragraph(f"{job.title} {say.word('at')} {job.employer}, {say.period(job, 'long', ' a ')}.")
        document.add_paragraph(" ".join(job.duties))
    for study in person.studies:
        document.add_paragraph(f"{study.degree}, {study.institution}, {study.start} - {study.end}.")
    document.add_paragraph(
        f"{say.word('spoken')} " + ", ".join(f"{one.name} {one.level}" for one in person.languages) + "."
    )
    document.add_paragraph(f"{say.word('know')}: " + ", ".join(person.skills) + ".")
    return _bytes(document)


def form(person: Person, number: int) -> bytes:
    """As an application form: every value behind its label, in tables."""
    say, document = Wording(person, number + 4), Document()
    document.add_heading(say.word("curriculum").upper(), 0)
    rows = [(say.word("name"), person.name), (say.word("address"), person.location)]
    rows += [(say.word("phone"), person.phone), (say.word("mail"), person.email)]
    _table(document, rows)
    document.add_paragraph(say.heading("summary").upper())
    document.add_paragraph(person.summary)
    document.add_paragraph(say.heading("experience").upper())
    for job in person.jobs:
        rows = [(say.word("employer"), job.employer), (say.word("title"), job.title)]
        rows += [(say.word("period"), say.period(job, "dashed", " a ")), (say.word("duties"), "\n".join(job.duties))]
        rows += [(say.word("reason"), say.word("reason_told"))] if job.end else []
        _table(document, rows)
        document.add_paragraph("")
    document.add_paragraph(say.heading("education").upper())
    for one in person.studies:
        rows = [(say.word("institution"), one.institution), (say.word("degree"), one.degree)]
        _table(document, [*rows, (say.word("period"), f"{one.start}-{one.end}")])
        document.add_paragraph("")
    document.add_paragraph(say.heading("languages").upper())
    document.add_paragraph(" / ".join(f"{one.name}: {one.level}" for one in person.languages))
    document.add_paragraph(say.heading("skills").upper())
    document.add_paragraph("\n".join(person.skills))
    if person.certifications:
        document.add_paragraph(say.heading("certifications").upper())
        document.add_paragraph("\n".join(person.certifications))
    document.add_paragraph(say.heading("references").upper())
    document.add_paragraph(say.word("references_told"))
    return _bytes(document)


def _bold(document: Any, text: str) -> None:
    document.add_paragraph().add_run(text).bold = True


def _table(document: Any, rows: list[tuple[str, str]]) -> None:
    made = document.add_table(rows=0, cols=2)
    for row in rows:
        for cell, content in zip(made.add_row().cells, row, strict=True):
            cell.text = content


def _bytes(document: Any) -> bytes:
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()
