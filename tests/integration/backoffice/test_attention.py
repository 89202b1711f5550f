"""What a vacancy's facts want, on its page, its board and the page of the day; suggestions that move nobody."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract.ids import new_id
from huntred.attention.models import VacancyAlert
from huntred.shortlists.models import ShortlistEntry
from huntred.vacancies.models import Vacancy
from tests.factories.cards import Cards
from tests.factories.stays import attended, closed, past
from tests.integration.backoffice.conftest import Office, post
from tests.integration.backoffice.test_dashboards import lines, listed

DAY = timedelta(days=1)
HX = {"HX-Request": "true"}


def open_vacancy(office: Office, **values: Any) -> Cards:
    return Cards.of(office.desk, published_at=office.desk.now - DAY, consultant_id=office.desk.user().id, **values)


def test_an_alert_says_why_and_what_to_do_and_is_set_aside_with_a_reason(office: Office) -> None:
    cards = open_vacancy(office)
    rosa = cards.add("Rosa Ibáñez", "interview")
    client = office.client(office.user())
    page, board = f"/attention/{cards.vacancy.id}", f"/board/vacancy/{cards.vacancy.id}/outlook"

    said = client.get(page, headers=HX).text
    assert "1 persona espera hora para su entrevista y no hay horarios libres" in said
    assert f"/interviews/slots/new?unit=amigro&amp;vacancy_id={cards.vacancy.id}" in said
    assert f'value="{cards.vacancy.id}" selected' in client.get(f"/interviews/slots/new?unit=amigro&vacancy_id={cards.vacancy.id}").text
    assert "Faltan horarios" in client.get(board, headers=HX).text

    refused = post(client, f"{page}/slots_missing/dismiss", {"dismiss_reason": ""})
    assert office.desk.rows(select(VacancyAlert)) == [] and refused.status_code == 302
    post(client, f"{page}/slots_missing/dismiss", {"dismiss_reason": "La planta da la hora"})
    said = client.get(page, headers=HX).text
    assert "La planta da la hora" in said and "Nada urge" in said and "Consultora" in said
    assert "Faltan horarios" not in client.get(board, headers=HX).text
    post(client, f"{page}/slots_missing/recall")
    assert "no hay horarios libres" in client.get(page, headers=HX).text
    assert post(client, f"{page}/nonsense/recall").status_code == 404
    assert cards.stands(rosa) == "interview" and cards.moves(rosa) == []


def test_it_stands_on_the_page_of_the_day_and_in_the_dashboard_alike(office: Office) -> None:
    cards = open_vacancy(office, title="Montacargas")
    cards.add("Rosa Ibáñez", "interview")
    foreign = Cards.of(office.desk, "huntu", title="Ajena", published_at=office.desk.now - 20 * DAY)
    foreign.add("Ana Núñez")
    from huntred.attention import service

    with office.desk.work() as uow:
        service.keep(uow, None, now=office.desk.now)
    client = office.client(office.user())
    today, board = client.get("/today").text, client.get("/dashboards/outlook").text
    assert "Montacargas" in today and "no hay horarios libres" in today and "Ajena" not in today
    rows = client.get("/dashboards/outlook/attention/rows?bar=slots_missing").text
    assert "Montacargas" in rows and 'data-count="1"' in rows
    assert "Sin datos suficientes (0 de 50)" in board

    past_alerts = client.get("/dashboards/outlook/attention.csv").text
    assert "Faltan horarios,1" in past_alerts


def test_with_forty_nine_cases_or_switched_off_no_card_has_a_hint(office: Office) -> None:
    cards = open_vacancy(office)
    past(cards, 49)
    past(cards, 60, generated=True)
    one = attended(cards, "Rosa Ibáñez")
    client = office.client(office.user())
    board = f"/board/vacancy/{cards.vacancy.id}"
    said = client.get(f"{board}/outlook", headers=HX).text
    assert "Sin datos suficientes (49 de 50)" in said
    assert "hint-" not in client.get(f"{board}/hints", headers=HX).text
    assert "Sin datos suficientes (49 de 50)" in client.get(f"/applications/{one.id}/chance", headers=HX).text

    wiring = office.app.extensions["wiring"]
    object.__setattr__(wiring, "settings", replace(wiring.settings, enable_ml_features=False))
    off = client.get(f"{board}/outlook", headers=HX).text
    assert "Siguiente etapa" not in off and "Que se cubra" not in off and "Qué conviene hacer" in off
    assert client.get("/dashboards/outlook/likely/rows").status_code == 404
    page = client.get("/dashboards/outlook").text
    assert 'data-plot="attention"' in page and 'data-plot="likely"' not in page
    assert "Frente a parecidas" not in client.get(f"/attention/{cards.vacancy.id}", headers=HX).text
    assert "Qué conviene hacer" in client.get(f"/attention/{cards.vacancy.id}", headers=HX).text


def test_a_past_that_tells_shows_a_hint_with_its_cases_and_moves_nobody(office: Office) -> None:
    cards = open_vacancy(office)
    past(cards, 90)
    rosa, luz = attended(cards, "Rosa Ibáñez"), cards.add("Luz Peña", "interview", days=4)
    client = office.client(office.user())
    board = f"/board/vacancy/{cards.vacancy.id}"
    assert "board-hint" not in client.get(board).text  # no room is kept for what may not come

    assert "hint-" not in client.get(f"{board}/outlook", headers=HX).text
    said = client.get(f"{board}/outlook?room=1", headers=HX).text
    offer = cards.stages["offer"].name
    assert f"Otros así: {offer}" in said and f'id="hint-{rosa.id}"' in said
    assert f'id="hint-{luz.id}"' not in said  # that somebody is out is never suggested
    assert "Se sugiere en 1 de 4 etapas" in said and "menos error que el promedio" in said
    assert f'id="hint-{rosa.id}"' in client.get(f"{board}/hints", headers=HX).text
    assert f'<div class="board-hint" id="hint-{rosa.id}"></div>' in client.get(board).text
    assert f"hints?shown_{cards.stages['new'].id}=5" in client.get(f"{board}/columns?shown_{cards.stages['new'].id}=5").text

    shown = client.get(f"/applications/{rosa.id}/chance", headers=HX).text
    assert f"otros casos así pasaron a {offer}:" in shown and "Los casos en que se apoya" in shown
    assert [cards.stands(one) for one in (rosa, luz)] == ["interview"] * 2
    assert cards.moves(rosa) == cards.moves(luz) == []


def test_people_are_suggested_for_the_shortlist_and_put_there_by_a_person(office: Office) -> None:
    cards = open_vacancy(office, title="Soldadura")
    applied = cards.add("Rosa Ibáñez")
    people = [office.desk.profile(first_name=name, last_name="Peña", headline="Soldadura", city="Saltillo", skills=["soldadura"]) for name in ("Luz", "Sol")]
    stranger = office.desk.profile("huntu", first_name="Ajena", headline="Soldadura")
    client = office.client(office.user())
    page, post_to = f"/candidates/{cards.vacancy.id}/suggested", f"/shortlists/{cards.vacancy.id}/add-many"
    said = client.get(page, headers=HX).text
    assert "Luz Peña" in said and "Sol Peña" in said and "Rosa Ibáñez" not in said and "Ajena" not in said

    def listed() -> set[Any]:
        return set(office.desk.rows(select(ShortlistEntry.profile_id)))

    assert post(client, post_to, {"profile": [str(people[0].id), str(stranger.id)]}).status_code == 404
    assert listed() == set()
    post(client, post_to, {"profile": [str(one.id) for one in people]})
    assert listed() == {one.id for one in people}
    assert "Luz Peña" not in client.get(page, headers=HX).text
    assert cards.moves(applied) == []


def test_the_page_compares_with_its_units_filled_ones(office: Office) -> None:
    cards = open_vacancy(office, title="Soldadura", salary_max=9000)
    desk = office.desk
    for number in range(5):
        desk.add(
            Vacancy(
                id=new_id(), unit="amigro", company_id=cards.vacancy.company_id, title="Soldadura TIG", state="filled",
                city="Saltillo", salary_max=12000, published_at=desk.now - 60 * DAY, closed_at=desk.now - (40 - number) * DAY,
            )
        )
    said = office.client(office.user()).get(f"/attention/{cards.vacancy.id}", headers=HX).text
    assert "5 casos propios parecidos" in said and "cubierta en 22 días" in said
    assert "$9,000.00 MXN" in said and "$12,000" in said and "tres de cada cuatro parecidas" in said


@pytest.mark.parametrize("role", ["consultant", "super_admin"])
def test_growth_is_facts_of_the_period(office: Office, role: str) -> None:
    desk = office.desk
    done, going = desk.profile(first_name="Luz", last_name="Peña"), desk.profile(first_name="Sol", last_name="Ruiz")
    other = desk.profile("huntu", first_name="Ajena", last_name="Mora")
    for profile, states in ((done, ("done", "done")), (going, ("done", "open")), (other, ("done",))):
        for number, state in enumerate(states, 1):
            desk.execute(
                "INSERT INTO learning_steps (id, unit, person_id, ord, skill, skill_key, state, done_at)"
                " VALUES (:id, :unit, :person, :ord, :skill, :skill, :state, :at)",
                id=new_id(), unit=profile.unit, person=profile.person_id, ord=number, skill=f"excel {number}", state=state,
                at=desk.now - DAY if state == "done" else None,
            )
    client: FlaskClient = office.client(office.user(role))
    kept = "&unit=amigro" if role == "super_admin" else ""
    finished = client.get(f"/dashboards/outlook/growth/rows?bar=plan_done{kept}").text
    advancing = client.get(f"/dashboards/outlook/growth/rows?bar=steps_done{kept}").text
    assert "Luz Peña" in finished and "Sol Ruiz" not in finished and "Ajena" not in finished
    assert "Sol Ruiz" in advancing and f"/people/{going.id}" in advancing
    before = client.get(f"/dashboards/outlook/growth/rows?first_day=2025-01-01&last_day=2025-02-01{kept}").text
    assert 'data-count="0"' in before
    learned = client.get(f"/dashboards/outlook/learned.csv?x=1{kept}").text
    assert "excel 1,2" in learned and "excel 2,1" in learned


def test_the_dashboard_says_what_the_board_says_and_every_bar_is_its_rows(office: Office) -> None:
    desk = office.desk
    cards = open_vacancy(office, title="Auxiliar de almacén", salary_min=9000)
    other = Cards.of(desk, title="Dirección de finanzas", salary_min=90000, published_at=desk.now)
    demo = Cards.of(desk, title="De ejemplo", salary_min=9000, published_at=desk.now, generated=True)
    closed(desk, cards, 120)
    other.add("Ana Núñez", "interview")
    client = office.client(office.user())
    shown = {row["Vacante"]: row["Valor"] for row in lines(client, "/dashboards/outlook/likely/rows.csv")}
    assert set(shown) == {one.vacancy.title for one in (cards, other, demo)}
    for one in (cards, other):
        board = client.get(f"/board/vacancy/{one.vacancy.id}/outlook", headers=HX).text
        told = re.search(r"Que se cubra</span>\s*<b>(\d+) %</b>", board)
        assert told and float(shown[one.vacancy.title]) == int(told[1])
    assert float(shown["Auxiliar de almacén"]) > float(shown["Dirección de finanzas"])
    from huntred.attention import service

    with desk.work() as uow:
        service.keep(uow, None, now=desk.now)
    for key in ("likely", "attention"):
        figures = lines(client, f"/dashboards/outlook/{key}.csv")
        rows = lines(client, f"/dashboards/outlook/{key}/rows.csv")
        assert {row["Grupo"]: int(list(row.values())[1]) for row in figures if list(row.values())[1] != "0"} == Counter(row["Barra"] for row in rows)
        assert listed(client, f"/dashboards/outlook/{key}/rows") == len(rows) > 0
    # What the page of one vacancy raises is what the dashboard counts of it.
    for one in (cards, other, demo):
        page = client.get(f"/attention/{one.vacancy.id}", headers=HX).text
        raised = {row["Barra"] for row in lines(client, "/dashboards/outlook/attention/rows.csv") if row["Vacante"] == one.vacancy.title}
        assert raised == set(re.findall(r'alert-line"><div class="line"><div class="line-main"><div class="line-title">([^<]*)<', page))
