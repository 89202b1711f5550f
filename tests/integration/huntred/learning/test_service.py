"""Plans on PostgreSQL: proposed from real vacancies by the real ranker, added to and never overwritten."""

from __future__ import annotations

import pytest

from contract.ids import new_id
from huntred.companies.models import Company
from huntred.errors import FieldInvalid
from huntred.learning import service as learning
from huntred.matching.ports import Ranker
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import export_person
from huntred.vacancies.models import Vacancy, VacancyRequirement
from tests.factories.desk import Desk
from tests.factories.talk import ranker

__all__ = ["ranker"]

UNIT = "huntu"


def vacancy(desk: Desk, title: str, *skills: str) -> Vacancy:
    company = Company(id=new_id(), unit=UNIT, name="Startup del Valle")
    desk.add(company)
    made = Vacancy(
        id=new_id(), unit=UNIT, company_id=company.id, title=title, search_text=title.lower(), state="open",
        description="Aprenderás con el equipo.", city="Monterrey", modality="remote",
        requirements=[VacancyRequirement(unit=UNIT, ord=n, name=skill) for n, skill in enumerate(skills, 1)],
    )  # fmt: skip
    desk.add(made)
    return made


def test_a_plan_is_what_the_vacancies_of_the_wish_ask_for_and_the_person_lacks(desk: Desk, ranker: Ranker) -> None:
    profile = desk.profile(UNIT, headline="Análisis de datos", skills=["Excel"])
    first = vacancy(desk, "Analista de datos", "Excel", "SQL", "Python")
    vacancy(desk, "Analista de datos junior", "SQL", "Tableau")
    vacancy(desk, "Chef de partida", "Cocina mexicana")
    with desk.work(UNIT) as uow:
        found = learning.propose(uow, ranker, profile.person_id, "Analista de datos", now=desk.now)
        steps = learning.steps_of(uow, profile.person_id)
        again = learning.propose(uow, ranker, profile.person_id, "Analista de datos", now=desk.now)
        assert (found.looked_at, found.added, again.added) == (2, 3, 0)
        assert [step.skill for step in steps] == ["SQL", "Python", "Tableau"]
        assert (steps[0].asked_by, steps[0].looked_at, first.number in steps[0].vacancies) == (2, 2, True)
        assert steps[0].wish == "Analista de datos"


def test_what_is_done_stays_done_and_new_wishes_fill_up_to_five_open(desk: Desk, ranker: Ranker) -> None:
    profile = desk.profile(UNIT, headline="Análisis de datos")
    vacancy(desk, "Analista de datos", "SQL", "Python", "Tableau", "Power BI", "Estadística", "Excel", "R")
    with desk.work(UNIT) as uow:
        learning.propose(uow, ranker, profile.person_id, "Analista de datos", now=desk.now)
        steps = learning.steps_of(uow, profile.person_id)
        assert len(steps) == 5
        learning.mark(uow, steps[0].id, True, "person", now=desk.now)
        learning.propose(uow, ranker, profile.person_id, "Analista de datos", now=desk.now)
        after = learning.steps_of(uow, profile.person_id)
        assert len(after) == 6 and (after[0].state, after[0].done_by, after[0].done_at) == ("done", "person", desk.now)
        assert [step.ord for step in after] == [1, 2, 3, 4, 5, 6]


def test_the_team_adds_changes_and_removes(desk: Desk) -> None:
    profile = desk.profile(UNIT)
    with desk.work(UNIT) as uow:
        step = learning.add(uow, profile.person_id, "  Hablar en público ", "Taller de la biblioteca", now=desk.now)
        assert (step.skill, step.source) == ("Hablar en público", "consultant")
        for skill in ("hablar en PUBLICO", "", "x" * 81):
            with pytest.raises(FieldInvalid):
                learning.add(uow, profile.person_id, skill, "", now=desk.now)
        other = learning.add(uow, profile.person_id, "Excel", "", now=desk.now)
        with pytest.raises(FieldInvalid):
            learning.write(uow, other.id, "Hablar en público", "")
        learning.write(uow, other.id, "Excel avanzado", "Curso en línea")
        learning.remove(uow, step.id)
        assert [one.skill for one in learning.steps_of(uow, profile.person_id)] == ["Excel avanzado"]


def test_a_plan_is_exported_and_goes_with_its_person(desk: Desk) -> None:
    profile = desk.profile(UNIT)
    with desk.work(UNIT) as uow:
        learning.add(uow, profile.person_id, "Excel", "", now=desk.now)
        assert len(export_person(uow, profile.person_id, now=desk.now)["learning_steps"]) == 1
        erase_person(uow, profile.person_id, now=desk.now)
        assert learning.steps_of(uow, profile.person_id) == []
