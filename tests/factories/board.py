"""A small unit at work: stages, a consultant, companies, vacancies, people, applications, slots.

Rows are written as the migrator, who sees everything; what is tested runs as the app, in the unit's scope.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from contract.ids import new_id
from contract.text import normalise
from huntred.access.models import Grant, User
from huntred.applications.models import Application, Stage
from huntred.companies.models import Company
from huntred.db import all_models  # noqa: F401  # every mapping is known before the first query
from huntred.db.session import Scope, make_engine
from huntred.db.unit_of_work import UnitOfWork, unit_of_work
from huntred.interviews.models import InterviewSlot
from huntred.people.models import Person, UnitProfile
from huntred.units.models import Unit
from huntred.vacancies.models import Vacancy, VacancyQuestion, VacancyRequirement

STAGE_KINDS = ("new", "screening", "interview", "offer", "hired", "rejected", "withdrawn")
_numbers = itertools.count(1)


@dataclass
class Board:
    """unit, its stages by kind, a consultant and a company; `make_…` add to it and commit."""

    session: Session
    engine: Engine
    now: datetime
    unit: str = "amigro"
    stages: dict[str, UUID] = field(default_factory=dict)
    consultant: UUID = field(default_factory=new_id)
    company: UUID = field(default_factory=new_id)

    def work(self, **scope: Any) -> AbstractContextManager[UnitOfWork]:
        """A unit of work as the app, in this unit's scope unless told otherwise."""
        return unit_of_work(self.engine, Scope(**({"units": (self.unit,)} | scope)))

    def add(self, *rows: Any) -> None:
        self.session.add_all(rows)
        self.session.commit()

    def make_unit(self, code: str) -> None:
        self.add(Unit(code=code, name=code.title()))
        stages = [Stage(unit=code, kind=kind, name=f"{kind} {code}", ord=i) for i, kind in enumerate(STAGE_KINDS)]
        self.add(*stages)
        if code == self.unit:
            self.stages = {stage.kind: stage.id for stage in stages}

    def make_user(self, unit: str | None = None) -> UUID:
        number = next(_numbers)
        user = User(
            email=f"user{number}@example.com", name=f"Usuaria {number}", fs_uniquifier=f"u{number}",
            grants=[Grant(role="consultant", unit=unit or self.unit)],
        )  # fmt: skip
        self.add(user)
        return user.id

    def make_vacancy(
        self, title: str = "Operario de producción", *, skills: tuple[str, ...] = (), questions: tuple[Any, ...] = (),
        **values: Any,
    ) -> Vacancy:  # fmt: skip
        unit = values.pop("unit", self.unit)
        vacancy = Vacancy(
            unit=unit,
            company_id=self.company,
            title=title,
            search_text=normalise(title),
            **(
                {
                    "description": "Turnos de ocho horas.", "state": "open", "published_at": self.now,
                    "city": "Monterrey", "region": "Nuevo León", "latitude": 25.6866, "longitude": -100.3161,
                    "salary_min": Decimal("9000"), "salary_max": Decimal("11000"), "created_at": self.now,
                } | values
            ),
            requirements=[
                VacancyRequirement(unit=unit, ord=i, name=skill) for i, skill in enumerate(skills, 1)
            ],
            questions=[
                VacancyQuestion(unit=unit, ord=i, kind=kind, text=text, expected=expected)
                for i, (kind, text, expected) in enumerate(questions, 1)
            ],
        )  # fmt: skip
        self.add(vacancy)
        return vacancy

    def make_person(self, first_name: str = "Ana", **values: Any) -> UnitProfile:
        number = next(_numbers)
        person = Person()
        self.add(person)
        profile = UnitProfile(
            unit=values.pop("unit", self.unit), person_id=person.id, first_name=first_name,
            **(
                {
                    "last_name": "Núñez", "second_last_name": "López", "email": f"ana{number}@example.com",
                    "city": "Monterrey", "state": "Nuevo León", "latitude": 25.6866, "longitude": -100.3161,
                    "skills": ["ensamble"],
                } | values
            ),
        )  # fmt: skip
        self.add(profile)
        return profile

    def make_application(
        self, vacancy: Vacancy | None = None, profile: UnitProfile | None = None, *, stage: str = "new", **values: Any
    ) -> Application:
        vacancy = vacancy or self.make_vacancy()
        profile = profile or self.make_person()
        application = Application(
            unit=self.unit, division_id=vacancy.division_id, vacancy_id=vacancy.id, person_id=profile.person_id,
            profile_id=profile.id, stage_id=self.stages[stage], **values,
        )  # fmt: skip
        self.add(application)
        return application

    def make_slot(self, starts_in: timedelta = timedelta(days=1), **values: Any) -> InterviewSlot:
        start = values.pop("starts_at", self.now + starts_in)
        slot = InterviewSlot(
            unit=self.unit, starts_at=start, ends_at=start + timedelta(minutes=values.pop("minutes", 30)),
            **({"interviewer_id": self.consultant} | values),
        )  # fmt: skip
        self.add(slot)
        return slot


@pytest.fixture
def board(database: Any, now: datetime) -> Iterator[Board]:
    owner, app = make_engine(database.url("migrator")), make_engine(database.url("app"), pool_size=8)
    session = Session(owner, expire_on_commit=False)
    made = Board(session, app, now)
    made.make_unit(made.unit)
    made.consultant = made.make_user()
    company = Company(unit=made.unit, name="Industrias del Norte")
    made.add(company)
    made.company = company.id
    yield made
    session.close()
    owner.dispose()
    app.dispose()
