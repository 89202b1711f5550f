"""The plan of a person on their page: added to, marked, changed and taken away by the team."""

from __future__ import annotations

import re

from sqlalchemy import select

from huntred.learning.models import LearningStep
from tests.integration.backoffice.conftest import Office, post


def test_the_team_writes_a_plan_on_the_persons_page(office: Office) -> None:
    profile = office.desk.profile("huntu", first_name="Rosa")
    client, page = office.client(office.user(unit="huntu")), f"/people/{profile.id}"
    assert "Todavía no tiene plan" in client.get(page).text
    add = f"/learning/person/{profile.id}/add"
    assert post(client, add, {"step_skill": "SQL", "step_note": "Curso de la biblioteca"}, page=page).status_code == 302
    text = client.get(page).text
    assert "SQL" in text and "Curso de la biblioteca" in text and "0 de 1" in text
    post(client, add, {"step_skill": "sql"}, page=page)
    assert "ya existe" in client.get(page).text

    done = re.search(r'action="(/learning/steps/[^"]+/done)"', text)
    assert done
    post(client, done[1], page=page)
    [step] = office.desk.rows(select(LearningStep))
    assert (step.state, step.done_by) == ("done", "consultant")
    assert "1 de 1" in client.get(page).text and "lo marcó el equipo" in client.get(page).text
    post(client, done[1].replace("/done", "/open"), page=page)
    assert office.desk.one(LearningStep, step.id).state == "open"
    post(client, done[1].replace("/done", "/write"), {"step_skill": "SQL básico", "step_note": ""}, page=page)
    assert office.desk.one(LearningStep, step.id).skill == "SQL básico"
    post(client, done[1].replace("/done", "/remove"), page=page)
    assert office.desk.rows(select(LearningStep)) == []


def test_a_unit_without_plans_shows_none(office: Office) -> None:
    profile = office.desk.profile("amigro", first_name="Rosa")
    assert "Plan de aprendizaje" not in office.client(office.user()).get(f"/people/{profile.id}").text
