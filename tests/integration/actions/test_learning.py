"""A learning plan in the chat, and its steps on the consultant's page of the person."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from huntred.learning.models import LearningStep
from tests.factories.desk import Desk
from tests.factories.talk import Talk
from tests.integration.actions.test_mentors import opened
from tests.integration.huntred.learning.test_service import vacancy

Open = Callable[..., Talk]


def test_a_plan_with_its_reasons_is_shown_and_a_step_done_counts(talk: Open, desk: Desk) -> None:
    vacancy(desk, "Analista de datos", "SQL", "Python")
    vacancy(desk, "Analista de datos junior", "SQL")
    chat = opened(talk)
    assert chat.says("quiero un plan de aprendizaje", "learning_plan") == ["utter_ask_plan_wish"]
    assert chat.says("analista de datos", "inform", 0.5, title="analista de datos") == ["utter_plan"]
    told = chat.value("utter_plan", "steps")
    assert "1. SQL" in told and "la piden en 2 de 2 vacantes de «Analista de datos»" in told
    assert (chat.value("utter_plan", "done"), chat.value("utter_plan", "total")) == ("0", "2")

    assert chat.picks("Ya: SQL") == ["utter_plan_step_done", "utter_plan"]
    assert "✓ SQL" in chat.value("utter_plan", "steps")
    [done] = desk.rows(select(LearningStep).where(LearningStep.state == "done"))
    assert (done.skill, done.done_by) == ("SQL", "person")
    assert chat.picks("Ya: Python") == ["utter_plan_finished"]


def test_somebody_elses_step_is_not_theirs_to_mark(talk: Open, desk: Desk) -> None:
    vacancy(desk, "Analista de datos", "SQL")
    chat, stranger = opened(talk), opened(talk)
    chat.says("plan", "learning_plan", title="analista de datos")
    [step] = desk.rows(select(LearningStep))
    assert stranger.event("plan_step_done", "Ya", step_id=str(step.id)) == ["utter_plan_step_unknown"]
    assert stranger.event("plan_step_done", "Ya", step_id="x") == ["utter_plan_step_unknown"]
    assert desk.one(LearningStep, step.id).state == "open"


def test_without_vacancies_nothing_is_made_up_and_elsewhere_nothing_promised(talk: Open, desk: Desk) -> None:
    assert opened(talk).says("plan", "learning_plan", title="astronauta") == ["utter_plan_no_vacancies"]
    assert opened(talk, "amigro").says("plan de aprendizaje", "learning_plan") == ["utter_learning_plan"]
    assert desk.rows(select(LearningStep)) == []
