"""Several rows at once: the preview changes nothing, each row obeys its rule, and what can be undone is undone."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from huntred.applications.models import Application, Stage
from huntred.vacancies.models import Vacancy
from tests.integration.backoffice.conftest import Office, post
from tests.integration.backoffice.test_access import Things, _division, _division_user, things


def states(office: Office) -> dict[Any, str]:
    return {row.id: row.state for row in office.desk.rows(select(Vacancy))}


def stage_kinds(office: Office) -> dict[Any, str]:
    kinds = {row.id: row.kind for row in office.desk.rows(select(Stage))}
    return {row.id: kinds[row.stage_id] for row in office.desk.rows(select(Application))}


def fields(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)


def of_state(office: Office, state: str) -> Things:
    return things(office, "amigro", state=state, description="Turno de día", title=f"Vacante {state}")


def test_a_preview_says_what_will_happen_and_changes_nothing(office: Office) -> None:
    rows = {state: of_state(office, state) for state in ("open", "paused", "draft")}
    client = office.client(office.user())
    ids = [str(one.vacancy) for one in rows.values()]

    page = post(client, "/mass/vacancies/preview", {"action": "pause", "id": ids})

    assert page.text.count("Se queda igual") == 2
    assert fields(page.text, "id") == [str(rows["open"].vacancy)]
    assert sorted(states(office).values()) == ["draft", "open", "paused"]


def test_vacancies_are_paused_and_the_pause_is_undone(office: Office) -> None:
    one, two, closed = of_state(office, "open"), of_state(office, "open"), of_state(office, "closed")
    client = office.client(office.user())
    ids = [str(thing.vacancy) for thing in (one, two, closed)]

    page = post(client, "/mass/vacancies/apply", {"action": "pause", "id": ids})
    assert "2 de 3" in page.text
    assert [states(office)[thing.vacancy] for thing in (one, two, closed)] == ["paused", "paused", "closed"]

    back = {"action": fields(page.text, "action")[0], "id": fields(page.text, "id")}
    assert back == {"action": "publish", "id": ids[:2]}
    post(client, "/mass/vacancies/apply", back)
    assert [states(office)[thing.vacancy] for thing in (one, two, closed)] == ["open", "open", "closed"]


def test_what_cannot_be_undone_is_said_before_and_offers_nothing_after(office: Office) -> None:
    one = of_state(office, "open")
    client = office.client(office.user())
    asked = {"action": "close", "id": str(one.vacancy)}

    assert "no se puede deshacer" in post(client, "/mass/vacancies/preview", asked).text.replace("\n", " ")
    assert "Deshacer" not in post(client, "/mass/vacancies/apply", asked).text
    assert states(office)[one.vacancy] == "closed"


def test_the_list_of_applications_moves_its_ticked_rows_as_the_board_does(office: Office) -> None:
    one, two = things(office, "amigro"), things(office, "amigro")
    client = office.client(office.user())
    cards = fields(client.get("/applications/").text, "card")
    assert {card.split(":")[0] for card in cards} == {str(one.application), str(two.application)}
    screening = next(row.id for row in office.desk.rows(select(Stage)) if (row.unit, row.kind) == ("amigro", "screening"))

    page = client.get("/board/bulk", query_string={"card": cards, "to_stage": screening, "back": "/applications/"})
    assert "2 pasan a" in page.text and set(stage_kinds(office).values()) == {"new"}
    post(client, "/board/bulk/move", {"card": cards, "to_stage": str(screening), "back": "/applications/"})
    assert set(stage_kinds(office).values()) == {"screening"}

    page = client.get("/applications/")
    (undo,) = re.findall(r'action="(/board/undo/[^"]+)"', page.text)
    post(client, undo, {"unit": "amigro", "back": "/applications/"})
    assert set(stage_kinds(office).values()) == {"new"}


def test_a_foreign_row_among_them_stops_all_of_it(office: Office) -> None:
    own, foreign = things(office, "amigro"), things(office, "huntu")
    client = office.client(office.user())
    asked = {"action": "pause", "id": [str(own.vacancy), str(foreign.vacancy)]}

    for step in ("preview", "apply"):
        assert post(client, f"/mass/vacancies/{step}", asked).status_code == 404, step
    assert set(states(office).values()) == {"open"}


def test_nothing_ticked_nonsense_and_missing_switches(office: Office) -> None:
    own = things(office, "amigro")
    client = office.client(office.user())
    post(client, "/mass/vacancies/preview", {"action": "pause"})
    assert "elige al menos una fila" in client.get("/vacancies/").text
    assert post(client, "/mass/vacancies/apply", {"action": "fly", "id": str(own.vacancy)}).status_code == 400
    assert post(client, "/mass/vacancies/apply", {"action": "pause", "id": "x"}).status_code == 404

    north = _division(office, "norte")
    mine = things(office, "amigro", division_id=north.id)
    division = office.client(_division_user(office, north, []))
    assert "data-mass" not in division.get("/vacancies/").text
    asked = {"action": "pause", "id": str(mine.vacancy)}
    assert post(division, "/mass/vacancies/apply", asked).status_code == 403
