"""What the demo is made of: the Spanish texts of `data/`, read into types."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from typing import Any

import yaml

UNITS = ("amigro", "huntu", "huntred", "huntred_executive")
# Their people are addressed as usted: none of the shared dialogues is theirs.
_FORMAL = {"huntred_executive"}


@dataclass(frozen=True)
class Wanted:
    name: str
    importance: str
    min_years: Decimal | None


@dataclass(frozen=True)
class Job:
    """A kind of work from which vacancies and candidates are made."""

    unit: str
    title: str
    about: str
    industries: tuple[str, ...]
    period: str
    pay: tuple[int, int]
    years: Decimal
    seniority: str
    wanted: tuple[Wanted, ...]
    questions: tuple[dict[str, Any], ...]
    skills: tuple[str, ...]
    headlines: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    jobs: dict[str, list[Job]] = field(default_factory=dict)
    benefits: dict[str, list[str]] = field(default_factory=dict)
    schedules: dict[str, list[str]] = field(default_factory=dict)
    companies: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    dialogues: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    campaigns: dict[str, Any] = field(default_factory=dict)
    mentors: dict[str, Any] = field(default_factory=dict)
    team: dict[str, Any] = field(default_factory=dict)


def read_content() -> Content:
    content = Content(
        companies=_read("companies.yml"),
        names=_read("names.yml"),
        people=_read("people.yml"),
        campaigns=_read("campaigns.yml"),
        mentors=_read("mentors.yml"),
        team=_read("team.yml"),
    )
    shared = _read("dialogues/shared.yml")
    for unit in UNITS:
        raw = _read(f"jobs/{unit}.yml")
        content.jobs[unit] = [_job(unit, job, raw["questions"]) for job in raw["jobs"]]
        content.benefits[unit] = raw["benefits"]
        content.schedules[unit] = raw["schedules"]
        own = _read(f"dialogues/{unit}.yml")
        content.dialogues[unit] = own if unit in _FORMAL else [*own, *shared]
    return content


def _read(name: str) -> Any:
    path = resources.files("runtime.demo") / "data"
    for part in name.split("/"):
        path = path / part
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _job(unit: str, raw: dict[str, Any], questions: dict[str, Any]) -> Job:
    wanted = [_wanted(text, "must") for text in raw["must"]] + [_wanted(text, "nice") for text in raw["nice"]]
    return Job(
        unit=unit,
        title=raw["title"],
        about=raw["about"],
        industries=tuple(raw["industries"]),
        period=raw["period"],
        pay=(raw["pay"][0], raw["pay"][1]),
        years=Decimal(str(raw["years"])),
        seniority=raw["seniority"],
        wanted=tuple(wanted),
        questions=tuple(questions[name] for name in raw["ask"]),
        skills=tuple(raw["skills"]),
        headlines=tuple(raw["headlines"]),
    )


def _wanted(text: str, importance: str) -> Wanted:
    name, _, years = text.partition("|")
    return Wanted(name, importance, Decimal(years) if years else None)
