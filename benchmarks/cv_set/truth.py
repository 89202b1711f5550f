"""Invented people and their careers, from a seed: what a generated CV says, and so what a parser should find."""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contract.text import normalise

# The month in which the CVs are written: what is current lasts until then.
WRITTEN = (2026, 11)


@dataclass(frozen=True)
class Month:
    year: int
    month: int

    @property
    def count(self) -> int:
        return self.year * 12 + self.month - 1

    def plus(self, months: int) -> Month:
        year, month = divmod(self.count + months, 12)
        return Month(year, month + 1)


@dataclass(frozen=True)
class Job:
    """end: None where it is current."""

    employer: str
    title: str
    start: Month
    end: Month | None
    duties: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    institution: str
    degree: str
    start: int
    end: int


@dataclass(frozen=True)
class Spoken:
    """level: as it is written; level_code: native, basic, intermediate, advanced, or a level of the CEFR."""

    code: str
    name: str
    level: str
    level_code: str


@dataclass(frozen=True)
class Person:
    """What a CV says of one. language: the one that it is written in. jobs: the latest first."""

    language: str
    first_name: str
    first_surname: str
    second_surname: str
    email: str
    phone: str
    location: str
    link: str
    summary: str
    jobs: tuple[Job, ...]
    studies: tuple[Study, ...]
    languages: tuple[Spoken, ...]
    skills: tuple[str, ...]
    certifications: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.first_surname} {self.second_surname}"


@functools.cache
def texts() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(__file__).with_name("careers.yml").read_text(encoding="utf-8")))


def person(seed: int, language: str) -> Person:
    """Return the person of this seed; the same seed always gives the same one."""
    chance = random.Random(f"cv {seed}")
    data = texts()
    tongue = ["es", "en"].index(language)
    career = data["careers"][chance.choice(list(data["careers"]))]
    first, one, two = chance.choice(data["first_names"]), *chance.sample(data["surnames"], 2)
    city = chance.choice(data["cities"])
    account = normalise(first).split()[0] + "." + normalise(one).replace(" ", "")
    area = data["area_codes"][city]
    digits = area + "".join(str(chance.randint(0, 9)) for _ in range(10 - len(area)))
    ending = chance.choice(["", str(chance.randint(80, 99)), ".mx"])
    host = chance.choice(["gmail.com", "hotmail.com", "outlook.com"])
    return Person(
        language, first, one, two,
f"{account}{ending}@{host}",
        digits, city, f"linkedin.com/in/{account.replace('.', '-')}",
        career["summary"][tongue],
        tuple(_jobs(chance, career, tongue)),
        tuple(_studies(chance, career, tongue)),
        tuple(_languages(chance, tongue)),
        tuple(one[tongue] for one in chance.sample(career["skills"], min(len(career["skills"]), chance.randint(3, 5)))),
        tuple(one[tongue] for one in career["certifications"][: chance.randint(0, 2)]),
    )  # fmt: skip


def _jobs(chance: random.Random, career: dict[str, Any], tongue: int) -> list[Job]:
    titles = career["titles"]
    number = min(chance.randint(2, 4), len(titles), len(career["employers"]))
    top = chance.randint(number, len(titles))
    employers = chance.sample(career["employers"], number)
    jobs: list[Job] = []
    end: Month | None = None if chance.random() < 0.65 else Month(2026, chance.randint(2, 9))
    last = end or Month(*WRITTEN)
    for place in range(number):
        start = last.plus(-chance.randint(8, 52))
        duties = tuple(one[tongue] for one in chance.sample(career["duties"], chance.randint(2, 3)))
        jobs.append(Job(employers[place], titles[top - 1 - place][tongue], start, end, duties))
        # One in eight begins before the one before it ends.
        end = start.plus(3 if chance.random() < 0.12 else -chance.randint(1, 5))
        last = end
    return jobs


def _studies(chance: random.Random, career: dict[str, Any], tongue: int) -> list[Study]:
    number = chance.randint(1, 2)
    end = chance.randint(2008, 2016)
    studies = []
    for degree, school in zip(
        reversed(career["degrees"][:number]), chance.sample(career["schools"], number), strict=True
    ):
        start = end - chance.randint(2, 4)
        studies.append(Study(school, degree[tongue], start, end))
        end = start
    return studies


def _languages(chance: random.Random, tongue: int) -> list[Spoken]:
    data = texts()
    codes = ["es", *chance.sample(["en", "fr", "de"], chance.randint(1, 2))]
    spoken = []
    for code in codes:
        level = chance.choice(data["languages"][code]["levels"])[tongue]
        spoken.append(Spoken(code, data["languages"][code]["name"][tongue], level, data["levels"][level]))
    return spoken


def total_months(jobs: tuple[Job, ...], *, years_only: bool = False) -> int:
    """Return the months in which at least one job was held, the first and the last counted."""
    worked: set[int] = set()
    for job in jobs:
        start, end = job.start, job.end or Month(*WRITTEN)
        first = Month(start.year, 1) if years_only else start
        last = Month(end.year, 12) if years_only and job.end else end
        worked.update(range(first.count, last.count + 1))
    return len(worked)
