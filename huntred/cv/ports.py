"""What is read from a CV, and who reads it.

Everything has its place in the text and a confidence, so that a person can check it. Sex, age, marital status,
nationality and photograph, which Mexican CVs often carry, have no field here: they never reach matching (LFT 133).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True)
class Span:
    """Characters start to end (exclusive) of the text of a page; pages are counted from 1."""

    page: int
    start: int
    end: int


@dataclass(frozen=True)
class Found:
    """confidence: 0 to 1, how sure the reader is that the value belongs to this field."""

    value: str
    span: Span
    confidence: float


@dataclass(frozen=True)
class CvContact:
    """phone: E.164 where it is a whole number, else as it is written. links: without tracking, as written."""

    name: Found | None = None
    first_name: Found | None = None
    first_surname: Found | None = None
    second_surname: Found | None = None
    email: Found | None = None
    phone: Found | None = None
    location: Found | None = None
    links: tuple[Found, ...] = ()


@dataclass(frozen=True)
class CvJob:
    """start, end: YYYY-MM; where only a year is written, its January and its December. end: None: current, or untold.

    months: from start to end, both counted; 0 where no date is written.
    """

    employer: Found | None = None
    title: Found | None = None
    start: Found | None = None
    end: Found | None = None
    current: bool = False
    months: int = 0
    duties: tuple[Found, ...] = ()


@dataclass(frozen=True)
class CvStudy:
    """start, end: YYYY-MM, or YYYY where only the year is written."""

    institution: Found | None = None
    degree: Found | None = None
    start: Found | None = None
    end: Found | None = None


@dataclass(frozen=True)
class CvLanguage:
    """language: ISO 639-1. level: native, fluent, advanced, intermediate, basic, or A1 to C2, where it is told."""

    language: str
    name: Found
    level: Found | None = None


@dataclass(frozen=True)
class CvSkill:
    """id: of the taxonomy; None where the CV lists something that the taxonomy does not know.

    years: as told, else counted from the jobs whose text names it, overlaps once. last_used: YYYY-MM of the latest.
    """

    id: str | None
    name: Found
    level: Found | None = None
    years: float | None = None
    last_used: str | None = None


@dataclass(frozen=True)
class Cv:
    """pages: the text that was read, page by page, in reading order; spans point into it. language: es or en.

    total_months: months in which at least one job was held.
    """

    language: str
    contact: CvContact
    summary: Found | None
    experience: tuple[CvJob, ...]
    education: tuple[CvStudy, ...]
    languages: tuple[CvLanguage, ...]
    skills: tuple[CvSkill, ...]
    certifications: tuple[Found, ...]
    total_months: int
    pages: tuple[str, ...]


class CvReader(Protocol):
    """version: of how it reads; the same file is read once by each."""

    version: str

    def read(self, content: bytes, *, today: date) -> Cv:
        """Return what a file says. today: until when a current job lasts.

        Raises CvRefused (with its kinds) for the file, CvReaderBusy where trying again helps.
        """
        ...
