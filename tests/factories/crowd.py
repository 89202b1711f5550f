"""Very many vacancies and people of one unit, drawn by a seed: for what has to hold at size.

Half of the trades are the demo's (few, so that very many are alike), half are titles of our Mexican set, each with
skills of the lexicon that are always the same for it. Places, pay, years and what is left untold vary.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert

from contract.ids import new_id
from huntred.geography import find_place
from huntred.people.models import Person, UnitProfile
from huntred.vacancies.models import Vacancy, VacancyRequirement
from huntred.vacancies.rules import monthly
from runtime.demo.content import read_content
from runtime.demo.openings import kind_of
from tests.factories.texts import read_yaml

_TITLES = Path(__file__).parents[2] / "ml/evaluation/mexican_titles"
_SKILLS = Path(__file__).parents[2] / "ml/lexicon/skills.yml"
TOWNS = (
    "Monterrey", "Guadalajara", "Ciudad de México", "Tijuana", "Puebla", "Mérida", "León", "Querétaro", "Saltillo",
    "Toluca", "Ciudad Juárez", "Cancún",
)  # fmt: skip
_CHUNK = 2_000


@dataclass(frozen=True)
class Trade:
    """titles: how vacancies call it; headlines: how people do. wanted: name and importance. pay: a month's."""

    titles: tuple[str, ...]
    headlines: tuple[str, ...]
    about: str
    wanted: tuple[tuple[str, str], ...]
    skills: tuple[str, ...]
    pay: tuple[float, float]
    years: float
    seniority: str


@cache
def trades() -> tuple[Trade, ...]:
    found = [
        Trade(
            (job.title,), job.headlines, job.about, tuple((one.name, one.importance) for one in job.wanted), job.skills,
            tuple(float(monthly(one, job.period) or 0) for one in job.pay), float(job.years), job.seniority,
        )
        for jobs in read_content().jobs.values() for job in jobs
    ]  # fmt: skip
    chance = random.Random("trades")
    skills = [tuple(one["es"]) for one in read_yaml(_SKILLS)]
    for title in [*_column("corpus"), *_column("queries")]:
        known = chance.sample(skills, 7)
        own = [forms[0] for forms in known]
        low = chance.randrange(8, 40) * 1000.0
        found.append(
            Trade(
                (title,), (title,), f"Buscamos {title.lower()} para {own[0].lower()} y {own[1].lower()}.",
                tuple((name, "must" if number < 3 else "nice") for number, name in enumerate(own[:4])),
                tuple(chance.choice(forms) for forms in known),
                (low, low * 1.6), float(chance.choice([0, 0, 1, 2, 5])), chance.choice(["", "", "junior", "senior"]),
            )
        )  # fmt: skip
    return tuple(found)


def offer(connection: Connection, unit: str, company: UUID, number: int, *, now: datetime, seed: int = 1) -> list[UUID]:
    """Put in open vacancies; return their ids."""
    chance, ids = random.Random(f"offer {seed}"), []
    for first in range(0, number, _CHUNK):
        vacancies: list[dict[str, Any]] = []
        wanted: list[dict[str, Any]] = []
        for _ in range(min(_CHUNK, number - first)):
            trade, id_ = _trade(chance), new_id()
            low = chance.uniform(trade.pay[0] * 0.8, trade.pay[1])
            vacancies.append({
                "id": id_, "unit": unit, "company_id": company, "title": chance.choice(trade.titles), "state": "open",
                "description": trade.about, **_where(chance, "region"), "salary_min": round(low, -2),
                "salary_max": round(low * chance.uniform(1.0, 1.4), -2) if chance.random() < 0.9 else None,
                "modality": "remote" if chance.random() < 0.05 else "on_site", "seniority": trade.seniority,
                "min_experience_years": trade.years or None,
                "permits": ["citizen", "permanent"] if chance.random() < 0.1 else [],
                "published_at": now - timedelta(minutes=chance.randrange(100_000)), "updated_at": now,
            })  # fmt: skip
            wanted += [
                {"id": new_id(), "unit": unit, "vacancy_id": id_, "ord": ord_, "name": name, "importance": importance,
                 "kind": kind_of(name)}
                for ord_, (name, importance) in enumerate(trade.wanted)
            ]  # fmt: skip
        connection.execute(insert(Vacancy), vacancies)
        connection.execute(insert(VacancyRequirement), wanted)
        ids += [row["id"] for row in vacancies]
    return ids


def gather(connection: Connection, unit: str, number: int, *, now: datetime, seed: int = 1) -> list[UUID]:
    """Put in people with profiles; return the people's ids."""
    chance, ids = random.Random(f"gather {seed}"), []
    for first in range(0, number, _CHUNK):
        profiles = [_profile(chance, unit, now) for _ in range(min(_CHUNK, number - first))]
        connection.execute(insert(Person), [{"id": row["person_id"]} for row in profiles])
        connection.execute(insert(UnitProfile), profiles)
        ids += [row["person_id"] for row in profiles]
    return ids


def _profile(chance: random.Random, unit: str, now: datetime) -> dict[str, Any]:
    trade = _trade(chance)
    told = chance.sample(trade.skills, min(len(trade.skills), chance.choice([0, 1, 2, 3, 4, 6])))
    if chance.random() < 0.2:
        told += chance.sample(_trade(chance).skills, 1)
    headline = chance.choice(trade.headlines)
    years = round(max(0.0, trade.years * chance.uniform(0.5, 2) + chance.choice([0, 1, 4])), 1)
    before = chance.choice(_trade(chance).headlines) if chance.random() < 0.3 else headline
    text = f"{int(years)} años como {before.lower()}. {chance.choice(trade.skills).capitalize()} en turnos rotativos."
    return {
        "id": new_id(), "unit": unit, "person_id": new_id(), "first_name": "Ana", "headline": headline,
        "skills": told, "experience_text": text if chance.random() < 0.6 else "",
        "experience_years": years if chance.random() < 0.7 else None, **_where(chance, "state"),
        "salary_amount": round(chance.uniform(trade.pay[0] * 0.8, trade.pay[1] * 1.1), -2)
        if chance.random() < 0.7 else None,
        "work_permit": chance.choice(["", "", "citizen", "citizen", "temporary"]),
        "updated_at": now - timedelta(minutes=chance.randrange(100_000)),
    }  # fmt: skip


def _trade(chance: random.Random) -> Trade:
    known, demo = trades(), _demo_trades()
    return known[chance.randrange(demo)] if chance.random() < 0.5 else known[chance.randrange(demo, len(known))]


@cache
def _demo_trades() -> int:
    return sum(len(jobs) for jobs in read_content().jobs.values())


def _where(chance: random.Random, region: str) -> dict[str, Any]:
    place = find_place(chance.choice(TOWNS))
    assert place is not None
    here = {"city": place.name, region: place.state}
    if chance.random() < 0.1:
        return here | {"latitude": None, "longitude": None}
    assert place.latitude is not None and place.longitude is not None
    return here | {
        "latitude": place.latitude + chance.uniform(-0.3, 0.3), "longitude": place.longitude + chance.uniform(-0.3, 0.3)
    }  # fmt: skip


def _column(name: str) -> list[str]:
    lines = (_TITLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return list(dict.fromkeys(line.split("\t")[1] for line in lines))


def recall(whole: Sequence[tuple[Any, Any]], found: Sequence[tuple[Any, Any]], most: int = 20) -> float:
    """Return the share of the first `most` of a whole ranking that a search kept. Both: (id, score), best first.

    Who has the same score as the last of them is as good as the last: among equals the order means nothing.
    """
    best = whole[:most]
    if not best:
        return 1.0
    least = best[-1][1]
    return min(1.0, sum(1 for _, score in found[:most] if score >= least) / len(best))
