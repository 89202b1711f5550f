"""How far what was read from a CV agrees with what is true: each field from 0 to 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from benchmarks.cv_set import Sample
from benchmarks.cv_set.truth import Job, Month, Person, total_months
from contract.text import normalise
from huntred.cv.ports import Cv, CvJob, Found

_NEAR = 0.9


def scores(sample: Sample, cv: Cv) -> dict[str, float]:
    """Return the score of every field that the layout shows. Lists are scored by F1, or by the share that is right."""
    truth, layout = sample.truth, sample.layout
    found = {
        "name": _same(cv.contact.name, truth.name),
        "first_name": _same(cv.contact.first_name, truth.first_name),
        "surnames": (
            _same(cv.contact.first_surname, truth.first_surname)
            + _same(cv.contact.second_surname, truth.second_surname)
        ) / 2,
        "email": _same(cv.contact.email, truth.email),
        "phone": float(re.sub(r"\D", "", _text(cv.contact.phone))[-10:] == truth.phone),
        "location": float(_folded(truth.location) in _folded(_text(cv.contact.location))),
        "summary": _near(_text(cv.summary), truth.summary),
        **_jobs(cv, truth, layout.years_only),
        **_studies(cv, truth),
        "languages": _f1([one.language for one in cv.languages], [one.code for one in truth.languages]),
        "language_levels": _share(
            {(one.language, _text(one.level)) for one in cv.languages},
            [(one.code, one.level_code) for one in truth.languages],
        ),
        "skills": _skills(cv, truth),
        "certifications": _f1(
            [_folded(one.value) for one in cv.certifications], list(map(_folded, truth.certifications))
        ),
    }  # fmt: skip
    expected = total_months(truth.jobs, years_only=layout.years_only)
    found["total_months"] = float(abs(cv.total_months - expected) <= 1)
    return {field: score for field, score in found.items() if field not in layout.hides}


def _jobs(cv: Cv, truth: Person, years_only: bool) -> dict[str, float]:
    pairs = list(zip(truth.jobs, _matched(cv.experience, truth), strict=True))

    def share(right: Callable[[Job, CvJob], float]) -> float:
        return sum(right(job, read) for job, read in pairs if read is not None) / len(pairs)

    def start(month: Month) -> str:
        return f"{month.year}-{1 if years_only else month.month:02}"

    def end(month: Month | None) -> str:
        return f"{month.year}-{12 if years_only else month.month:02}" if month else ""

    # A year alone that is this year's ends with this month at most.
    def same_end(job: Job, read: CvJob) -> float:
        told, wanted = _text(read.end), end(job.end)
        return float(told == wanted or (years_only and told[:4] == wanted[:4]))

    return {
        "jobs": _f1_count(len(cv.experience), len(truth.jobs)),
        "employer": share(lambda job, read: _same(read.employer, job.employer)),
        "title": share(lambda job, read: _same(read.title, job.title)),
        "job_start": share(lambda job, read: float(_text(read.start) == start(job.start))),
        "job_end": share(same_end),
        "current": share(lambda job, read: float(read.current == (job.end is None))),
        "duties": share(
            lambda job, read: _f1([_folded(one.value) for one in read.duties], list(map(_folded, job.duties)))
        ),
    }


def _matched(read: Sequence[CvJob], truth: Person) -> list[CvJob | None]:
    """Pair each true job with the read one that agrees most, each once."""
    left = list(read)
    pairs: list[CvJob | None] = []
    for job in truth.jobs:
        best = max(left, key=lambda one: _agreement(one, job), default=None)  # called at once
        if best is not None and _agreement(best, job) > 1.0:
            left.remove(best)
            pairs.append(best)
        else:
            pairs.append(None)
    return pairs


def _agreement(read: CvJob, job: Job) -> float:
    alike = _ratio(_text(read.employer), job.employer) + _ratio(_text(read.title), job.title)
    return alike + (_text(read.start)[:4] == str(job.start.year))


def _studies(cv: Cv, truth: Person) -> dict[str, float]:
    institutions = [_folded(_text(one.institution)) for one in cv.education]
    degrees = [_folded(_text(one.degree)) for one in cv.education]
    told = {(_folded(_text(one.degree)), _text(one.start)[:4], _text(one.end)[:4]) for one in cv.education}
    return {
        "institution": _f1(institutions, [_folded(one.institution) for one in truth.studies]),
        "degree": _f1(degrees, [_folded(one.degree) for one in truth.studies]),
        "study_years": _share(told, [(_folded(one.degree), str(one.start), str(one.end)) for one in truth.studies]),
    }


def _skills(cv: Cv, truth: Person) -> float:
    """Return the F1 of the skills that the CV lists; what the taxonomy finds in the story besides is no fault."""
    told = [_folded(one.name.value) for one in cv.skills]
    wanted = list(map(_folded, truth.skills))
    right = sum(any(one == name or (len(one) > 2 and one in name) for one in told) for name in wanted)
    false = sum(one.id is None and _folded(one.name.value) not in wanted for one in cv.skills)
    return 2 * right / (len(wanted) + right + false) if right else 0.0


def _text(found: Found | None) -> str:
    return found.value if found else ""


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9+#%]+", " ", normalise(text)).strip()


def _same(found: Found | None, wanted: str) -> float:
    return float(_folded(_text(found)) == _folded(wanted))


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, _folded(one), _folded(other)).ratio()


def _near(one: str, other: str) -> float:
    return float(_ratio(one, other) >= _NEAR)


def _share(told: set[object] | set[tuple[str, str]] | set[tuple[str, str, str]], wanted: Sequence[object]) -> float:
    return sum(one in told for one in wanted) / len(wanted) if wanted else 1.0


def _f1(told: list[str], wanted: list[str]) -> float:
    if not told and not wanted:
        return 1.0
    right = len(set(told) & set(wanted))
    return 2 * right / (len(told) + len(wanted))


def _f1_count(told: int, wanted: int) -> float:
    return 2 * min(told, wanted) / (told + wanted) if told + wanted else 1.0
