"""The layout of those who write without a word processor."""

from __future__ import annotations

from benchmarks.cv_set.truth import Person
from benchmarks.cv_set.wording import Wording, spaced_phone


def plain(person: Person, number: int) -> bytes:
    """Plain text with dashes; every second one in the encoding of old Windows."""
    say = Wording(person, number + 2)
    lines = [person.name.upper(), "", f"{say.word('phone')}: {spaced_phone(person.phone)}"]
    lines += [f"{say.word('mail')}: {person.email}", f"{say.word('address')}: {person.location}", ""]
    lines += [say.heading("summary").upper(), person.summary, "", say.heading("experience").upper(), ""]
    for job in person.jobs:
        lines += [say.period(job, "numbers", f" {say.word('up_to')} "), job.employer, job.title]
        lines += [f"- {duty}" for duty in job.duties] + [""]
    lines.append(say.heading("education").upper())
    for study in person.studies:
        lines += [f"{study.degree}, {study.institution} ({study.start}-{study.end})"]
    lines += ["", say.heading("skills").upper(), *(f"* {skill}" for skill in person.skills)]
    lines += ["", say.heading("languages").upper(), ", ".join(f"{one.name} {one.level}" for one in person.languages)]
    if person.certifications:
        lines += ["", say.heading("certifications").upper(), *(f"* {one}" for one in person.certifications)]
    return "\r\n".join(lines).encode("cp1252" if number % 2 else "utf-8", "replace")
