"""Companies, their contacts, and 400 vacancies."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from contract.text import normalise
from huntred import fields
from huntred.geography import Place, find_place
from huntred.vacancies.rules import Paid, salary_text
from runtime.demo.content import Job
from runtime.demo.dice import Dice
from runtime.demo.parts import Demo, MadeVacancy

VACANCIES = {"amigro": 180, "huntu": 90, "huntred": 80, "huntred_executive": 50}
_STATES = [("open", 85), ("paused", 4), ("filled", 5), ("closed", 3), ("draft", 3)]
_STEPS = {"day": 10, "week": 50, "fortnight": 100, "month": 500, "year": 10_000}
_CONFIDENTIAL = {"huntred_executive": 0.6, "huntred": 0.15}
_HYBRID = {"huntu": 0.5, "huntred": 0.35, "huntred_executive": 0.3}
# A company looks at home first, then anywhere that the unit works.
_AT_HOME = 0.55


class _Pay:
    def __init__(self, low: Decimal, high: Decimal, period: str) -> None:
        self.salary_min: Decimal | None = low
        self.salary_max: Decimal | None = high
        self.salary_currency = "MXN"
        self.salary_period = period


def make_companies(demo: Demo) -> dict[str, list[dict[str, object]]]:
    """Forty companies, each with a contact; returned by unit."""
    dice = Dice("companies")
    content = demo.content
    made: dict[str, list[dict[str, object]]] = {}
    for unit in demo.units:
        for company in content.companies[unit]:
            company_id, contact_id = dice.new_id(), dice.new_id()
            slug = normalise(company["name"]).replace(" ", "")
            demo.add(
                "companies", id=company_id, unit=unit, name=company["name"], industry=company["industry"],
                city=company["city"], website=f"https://{slug}.example",
                search_text=normalise(f"{company['name']} {company['industry']} {company['city']}"), generated=True,
                created_at=demo.now - timedelta(days=dice.whole(120, 700)),
            )  # fmt: skip
            names = content.names["mexican"]
            first = dice.one(names[dice.one(["female", "male"])])
            demo.add(
                "contacts", id=contact_id, unit=unit, company_id=company_id,
                name=f"{first} {dice.one(names['surnames'])} {dice.one(names['surnames'])}",
                position=dice.one(content.companies["positions"]), email=f"talento@{slug}.example",
                phone=f"+5255500{dice.whole(10_000, 99_999)}", generated=True,
            )  # fmt: skip
            made.setdefault(unit, []).append({**company, "id": company_id, "contact": contact_id})
    return made


def make_vacancies(demo: Demo, companies: dict[str, list[dict[str, object]]]) -> None:
    dice = Dice("vacancies")
    for unit in demo.units:
        jobs = demo.content.jobs[unit]
        rounds = dice.shuffled(jobs)
        for number in range(VACANCIES[unit]):
            if number % len(jobs) == 0:
                rounds = dice.shuffled(jobs)
            job = rounds[number % len(jobs)]
            fitting = [company for company in companies[unit] if company["industry"] in job.industries]
            _vacancy(demo, dice, job, dice.one(fitting or companies[unit]))


def _vacancy(demo: Demo, dice: Dice, job: Job, company: dict[str, object]) -> None:
    unit, content = job.unit, demo.content
    place = _place(dice, str(company["city"]) if dice.chance(_AT_HOME) else dice.one(content.companies["cities"][unit]))
    latitude = round((place.latitude or 0.0) + dice.between(-0.03, 0.03), 5)
    longitude = round((place.longitude or 0.0) + dice.between(-0.03, 0.03), 5)
    low, high = _pay(dice, job)
    state = dice.weighted(_STATES)
    created = demo.now - timedelta(days=dice.whole(2, 75), minutes=dice.whole(0, 600))
    published = None if state == "draft" else created + timedelta(hours=dice.whole(1, 40))
    ended = published + (demo.now - published) * dice.between(0.5, 0.95) if published else None
    division = _division(demo, unit, place.state)
    modality = "hybrid" if dice.chance(_HYBRID.get(unit, 0.0)) else "on_site"
    if unit == "huntu" and "tecnología" in job.industries and dice.chance(0.4):
        modality = "remote"
    confidential = dice.chance(_CONFIDENTIAL.get(unit, 0.0))
    region = "" if place.name == place.state else f", {place.state}"
    street = f"{dice.one(content.companies['streets'])} {dice.whole(12, 2400)}"
    vacancy_id = dice.new_id()
    questions = job.questions if dice.chance(0.7) else job.questions[:1]
    demo.add(
        "vacancies", id=vacancy_id, unit=unit, division_id=division, company_id=company["id"],
        contact_id=company["contact"] if dice.chance(0.7) else None, consultant_id=dice.one(demo.users[unit]),
        title=job.title, description=job.about, state=state, confidential=confidential,
        openings=dice.weighted([(1, 5), (2, 2), (5, 2), (12, 1)]) if unit == "amigro" else 1, modality=modality,
        schedule=dice.one(content.schedules[unit]), benefits=dice.one(content.benefits[unit]),
        address="" if confidential else f"{street}, {place.name}{region}", city=place.name, region=place.state,
        latitude=latitude, longitude=longitude, seniority=job.seniority, min_experience_years=job.years or None,
        salary_min=low, salary_max=high, salary_currency="MXN", salary_period=job.period,
        **_internship(dice, unit, job),
        permits=["citizen", "permanent", "temporary"] if unit == "amigro" and dice.chance(0.15) else [],
        published_at=published, closed_at=ended if state in {"closed", "filled"} else None,
        search_text=normalise(" ".join([job.title, place.name, place.state, job.about, *(w.name for w in job.wanted)])),
        generated=True, created_at=created, updated_at=published or created,
    )  # fmt: skip
    for ord_, wanted in enumerate(job.wanted, 1):
        demo.add(
            "vacancy_requirements", id=dice.new_id(), unit=unit, vacancy_id=vacancy_id, ord=ord_,
            kind=kind_of(wanted.name), name=wanted.name, importance=wanted.importance, min_years=wanted.min_years,
        )  # fmt: skip
    for ord_, question in enumerate(questions, 1):
        demo.add("vacancy_questions", id=dice.new_id(), unit=unit, vacancy_id=vacancy_id, ord=ord_, **question)
    pay: Paid = _Pay(low, high, job.period)
    demo.vacancies.append(
        MadeVacancy(
            vacancy_id, unit, job, str(company["name"]), job.title, place.name, place.state, latitude, longitude,
            division, state, published, salary_text(pay), questions, confidential,
        )
    )  # fmt: skip


def _internship(dice: Dice, unit: str, job: Job) -> dict[str, object]:
    """What makes an internship of those of huntU whose title says so."""
    if unit != "huntu" or not normalise(job.title).startswith(("practica", "beca")):
        # Every row has the same columns.
        return {
            "kind": "job", "internship_weeks": None, "internship_hours": None, "university_agreement": False,
            "study_fields": [],
        }  # fmt: skip
    return {
        "kind": "internship", "internship_weeks": dice.one([16, 24, 26]), "internship_hours": dice.one([20, 25, 30]),
        "university_agreement": dice.chance(0.5), "study_fields": fields.named_in(f"{job.title} {job.about}")[:3],
    }  # fmt: skip


def _pay(dice: Dice, job: Job) -> tuple[Decimal, Decimal]:
    step = _STEPS[job.period] * (10 if job.unit == "huntred_executive" and job.period == "month" else 1)
    lowest, highest = job.pay
    low = dice.amount(lowest, lowest + (highest - lowest) * 0.5, step)
    high = dice.amount(float(low) + (highest - lowest) * 0.2, highest, step)
    return low, max(low, high)


def _place(dice: Dice, city: str) -> Place:
    place = find_place(city)
    if place is None:
        raise LookupError(f"demo data names a town that is not in places.csv: {city}")
    return place


def _division(demo: Demo, unit: str, region: str) -> UUID | None:
    code = "norte" if region in demo.content.people["north"] else "centro_sur"
    return demo.divisions.get((unit, code))


# By the first word of a requirement; all else is a skill.
_KINDS = {
    "ingles": "language", "frances": "language", "aleman": "language", "secundaria": "education",
    "preparatoria": "education", "licencia": "certification", "certificacion": "certification",
    "constancia": "certification", "cedula": "certification", "distintivo": "certification", "apto": "certification",
    "disponibilidad": "other", "portafolio": "other",
}  # fmt: skip


def kind_of(name: str) -> str:
    return _KINDS.get(normalise(name).split(" ", 1)[0], "skill")
