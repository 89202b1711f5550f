"""1,500 candidates, each made from a kind of work and a town."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from contract.text import normalise
from huntred.geography import find_place
from huntred.people.service import refresh_search_text
from huntred.vacancies.rules import monthly
from runtime.demo.content import Job
from runtime.demo.dice import Dice
from runtime.demo.parts import Demo, MadePerson

CANDIDATES = {"amigro": 800, "huntu": 350, "huntred": 250, "huntred_executive": 100}


def make_candidates(demo: Demo) -> None:
    dice = Dice("candidates")
    origins = [(origin, origin["share"]) for origin in demo.content.names["origins"]]
    for unit in demo.units:
        for _ in range(CANDIDATES[unit]):
            origin = dice.weighted(origins) if unit == "amigro" else origins[0][0]
            _candidate(demo, dice, unit, origin)


def _candidate(demo: Demo, dice: Dice, unit: str, origin: dict[str, Any]) -> None:
    names = demo.content.names[origin["names"]]
    job = dice.one(demo.content.jobs[unit])
    first = dice.one(names[dice.one(["female", "male"])])
    last, second = dice.one(names["surnames"]), dice.one(names["surnames"])
    city = dice.one(demo.content.companies["cities"][unit])
    place = find_place(city)
    if place is None or place.latitude is None or place.longitude is None:
        raise LookupError(f"demo data names a town that is not in places.csv: {city}")
    latitude = round(place.latitude + dice.between(-0.05, 0.05), 5)
    longitude = round(place.longitude + dice.between(-0.05, 0.05), 5)
    since = demo.now - timedelta(days=dice.whole(0, 70), minutes=dice.whole(5, 900))
    touched = min(demo.now, since + timedelta(hours=dice.whole(0, 200)))
    number = len(demo.people) + 1
    phone = f"+52555{1_000_000 + number * 37}"
    complete = dice.chance(0.88)
    years = _years(dice, job)
    person_id, profile_id = dice.new_id(), dice.new_id()
    headline = dice.one(job.headlines)
    row: dict[str, Any] = {
        "id": profile_id, "unit": unit, "person_id": person_id, "first_name": first, "last_name": last,
        "second_last_name": second, "email": _email(first, last, number) if complete else "", "phone": phone,
        "nationality": origin["nationality"] if unit == "amigro" else "",
        "work_permit": dice.one(origin["permits"]) if unit == "amigro" and dice.chance(0.9) else "",
        "city": place.name, "state": place.state, "latitude": latitude, "longitude": longitude, "headline": headline,
        "experience_years": years if complete or dice.chance(0.5) else None,
        "experience_text": _experience(demo, years, headline, dice.one(job.industries)) if dice.chance(0.6) else "",
        "skills": dice.some(job.skills, 2, 4) if complete else dice.some(job.skills, 0, 2),
        "salary_amount": _salary(dice, job) if dice.chance(0.75) else None, "salary_currency": "MXN",
        "completed_at": touched if complete else None, "generated": True, "created_at": since, "updated_at": touched,
    }  # fmt: skip
    folded = SimpleNamespace(**row)
    refresh_search_text(folded)  # type: ignore[arg-type]  # reads names, work, skills and place only
    demo.add("people", id=person_id, created_at=since)
    demo.add("unit_profiles", **row, search_text=folded.search_text)
    demo.people.append(
        MadePerson(
            person_id, profile_id, unit, job, first, f"{first} {last} {second}", headline, phone, place.name,
            place.state, latitude, longitude, since,
        )
    )  # fmt: skip


def _years(dice: Dice, job: Job) -> Decimal:
    spare = dice.weighted([(0.0, 2), (1.0, 3), (3.0, 3), (7.0, 2)])
    years = max(0.0, float(job.years) * dice.between(0.6, 1.3) + dice.between(0, 1) * spare)
    return (Decimal(str(years)) * 2).quantize(Decimal(1)) / 2


def _salary(dice: Dice, job: Job) -> Decimal:
    low, high = (monthly(Decimal(amount), job.period) or Decimal(0) for amount in job.pay)
    step = 5_000 if high > 100_000 else 500
    return dice.amount(float(low) * 0.9, float(high) * 1.05, step)


def _experience(demo: Demo, years: Decimal, headline: str, industry: str) -> str:
    words = demo.content.people["years"]
    whole = int(years)
    said = words["none"] if whole == 0 else words["one"] if whole == 1 else words["many"].format(count=whole)
    text: str = demo.content.people["experience"].format(years=said, headline=headline.lower(), industry=industry)
    return text


def _email(first: str, last: str, number: int) -> str:
    # The number keeps addresses apart.
    return f"{normalise(first).split(' ')[0]}.{normalise(last).replace(' ', '')}{number}@correo.example"
