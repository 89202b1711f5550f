"""Several rows at once: the preview changes nothing, each row obeys its rule, and what can be undone is undone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from huntred.applications.models import Application, ApplicationMove, Stage
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


def test_applications_move_together_and_back_where_nobody_moved_them_on(office: Office) -> None:
    one, two = things(office, "amigro"), things(office, "amigro")
    client = office.client(office.user())
    ids = [str(one.application), str(two.application)]

    page = post(client, "/mass/applications/apply", {"action": "screening", "id": ids})
    assert list(stage_kinds(office).values()) == ["screening", "screening"]
    moves = fields(page.text, "move")
    post(client, "/mass/applications/apply", {"action": "offer", "id": ids[0]})

    page = post(client, "/mass/applications/undo", {"move": moves})
    assert "1 de 2" in page.text and "Alguien la movió" in page.text
    assert stage_kinds(office) == {one.application: "offer", two.application: "new"}
    assert len(office.desk.rows(select(ApplicationMove))) == 4


def test_to_end_applications_needs_a_reason(office: Office) -> None:
    one = things(office, "amigro")
    client = office.client(office.user())
    asked = {"action": "rejected", "id": str(one.application)}

    assert "Motivo: hace falta" in post(client, "/mass/applications/preview", asked).text
    assert "0 de 1" in post(client, "/mass/applications/apply", asked).text
    assert "1 de 1" in post(client, "/mass/applications/apply", asked | {"reason": "Pidió otro turno"}).text
    assert stage_kinds(office) == {one.application: "rejected"}


@pytest.mark.parametrize("kind", ["vacancies", "applications"])
def test_a_foreign_row_among_them_stops_all_of_it(office: Office, kind: str) -> None:
    own, foreign = things(office, "amigro"), things(office, "huntu")
    client = office.client(office.user())
    name, action = ("vacancy", "pause") if kind == "vacancies" else ("application", "screening")
    asked = {"action": action, "id": [str(getattr(own, name)), str(getattr(foreign, name))]}

    for step in ("preview", "apply"):
        assert post(client, f"/mass/{kind}/{step}", asked).status_code == 404, step
    move = f"{foreign.application}:{foreign.stage}:{foreign.stage}"
    assert post(client, "/mass/applications/undo", {"move": move}).status_code == 404
    assert set(states(office).values()) == {"open"} and set(stage_kinds(office).values()) == {"new"}


def test_nothing_ticked_nonsense_and_missing_switches(office: Office) -> None:
    own = things(office, "amigro")
    client = office.client(office.user())
    post(client, "/mass/vacancies/preview", {"action": "pause"})
    assert "elige al menos una fila" in client.get("/vacancies/").text
    assert post(client, "/mass/vacancies/apply", {"action": "fly", "id": str(own.vacancy)}).status_code == 400
    assert post(client, "/mass/applications/apply", {"action": "hired", "id": str(own.application)}).status_code == 400
    assert post(client, "/mass/applications/undo", {"move": "x"}).status_code == 400
    assert post(client, "/mass/vacancies/apply", {"action": "pause", "id": "x"}).status_code == 404

    north = _division(office, "norte")
    mine = things(office, "amigro", division_id=north.id)
    division = office.client(_division_user(office, north, []))
    assert "data-mass" not in division.get("/vacancies/").text
    asked = {"action": "pause", "id": str(mine.vacancy)}
    assert post(division, "/mass/vacancies/apply", asked).status_code == 403
