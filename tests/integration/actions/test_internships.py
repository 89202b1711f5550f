"""Internships in the chat: the same search and application, among internships alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from huntred.applications.models import Application
from huntred.vacancies.models import Vacancy
from tests.factories.desk import Desk
from tests.factories.talk import Talk
from tests.integration.actions.test_mentors import opened
from tests.integration.huntred.learning.test_service import vacancy

Open = Callable[..., Talk]


def internship(desk: Desk, title: str, *skills: str, **values: Any) -> Vacancy:
    made = vacancy(desk, title, *skills)
    told = {
        "kind": "internship", "internship_weeks": 24, "internship_hours": 20, "university_agreement": True,
        "study_fields": '["finance"]', "unpaid": False, "salary_min": 7000,
    } | values  # fmt: skip
    changes = ", ".join(f"{name} = :{name}" for name in told)
    desk.execute(f"UPDATE vacancies SET {changes} WHERE id = :id", id=made.id, **told)
    return made


def test_who_asks_for_internships_sees_these_alone_with_what_they_need(talk: Open, desk: Desk) -> None:
    made = internship(desk, "Becaria o becario de Finanzas", "Excel")
    vacancy(desk, "Auxiliar de Finanzas", "Excel")
    chat = opened(talk)
    desk.execute("UPDATE unit_profiles SET headline = 'Finanzas', skills = '{Excel}', first_name = 'Ana'")

    assert chat.says("busco prácticas", "internships") == ["utter_internships_found"]
    told = chat.value("utter_internships_found", "vacancies")
    assert "Becaria o becario de Finanzas" in told and "Auxiliar" not in told
    assert "24 semanas, 20 horas a la semana" in told and "$7,000.00" in told
    assert "Por qué: piden carreras de Finanzas y contabilidad" in told

    assert chat.picks("Becaria") == ["utter_vacancy_details"]
    facts = chat.value("utter_vacancy_details", "facts")
    assert "Dura: 24 semanas" in facts and "Carreras: Finanzas y contabilidad" in facts and "Convenio: hace falta" in facts
    # The one road of applications: what is missing of the profile is asked for.
    assert chat.says("sí", "affirm")[0] == "utter_apply_needs_profile"
    assert desk.rows(select(Application)) == []
    assert made.id

    # A search for jobs shows everything again.
    chat.says("menú", "show_menu")
    assert chat.says("busco trabajo", "search_jobs") == ["utter_vacancies_found"]
    assert "Auxiliar" in chat.value("utter_vacancies_found", "vacancies")


def test_an_unpaid_one_says_so(talk: Open, desk: Desk) -> None:
    internship(desk, "Becaria o becario de Finanzas", unpaid=True, salary_min=None)
    chat = opened(talk)
    desk.execute("UPDATE unit_profiles SET headline = 'Finanzas'")
    chat.says("busco prácticas", "internships")
    assert "sin apoyo económico" in chat.value("utter_internships_found", "vacancies")


def test_where_none_fits_it_says_so_and_elsewhere_whose_they_are(talk: Open, desk: Desk) -> None:
    vacancy(desk, "Auxiliar de Finanzas", "Excel")
    chat = opened(talk)
    assert chat.says("busco prácticas", "internships") == ["utter_ask_search"]
    assert chat.says("finanzas", "inform", 0.5) == ["utter_no_internship_fits"]
    internship(desk, "Becaria o becario de Logística")
    assert chat.says("prácticas de derecho", "internships", title="abogada") == [
        "utter_other_internships", "utter_internships_found",
    ]  # fmt: skip
    assert opened(talk, "amigro").says("busco prácticas", "internships") == ["utter_internships"]
