"""My own calendar by CalDAV, on one's account: connected, chosen, what is wrong said, let go of; the password never shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from huntred.calendars.models import UserCalendar
from tests.factories.calendar_server import PASSWORD, USERNAME, CalendarStandin
from tests.integration.backoffice.conftest import Office, post


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalendarStandin]:
    folder: Path = tmp_path_factory.mktemp("radicale")
    with CalendarStandin.started(folder) as started:
        started.make("casa", "Casa")
        started.make("trabajo", "Trabajo")
        yield started


@pytest.fixture
def near(office: Office) -> Office:
    """One whose calls may reach this machine."""
    wiring = office.app.extensions["wiring"]
    settings = replace(wiring.settings, webhooks_allow_loopback=True)
    office.app.extensions["wiring"] = replace(wiring, settings=settings)
    return office


def given(server: CalendarStandin, password: str = PASSWORD) -> dict[str, str]:
    return {"calendar_server": server.url, "calendar_username": USERNAME, "calendar_password": password}


def test_it_is_connected_chosen_and_let_go_of(near: Office, server: CalendarStandin) -> None:
    client = near.client(near.user())
    post(client, "/own-calendar/connect", given(server))
    page = client.get("/account/").text
    assert "Conectamos tu calendario." in page
    assert "Trabajo" in page and "Casa" in page and PASSWORD not in page

    [kept] = near.desk.rows(select(UserCalendar))
    url = next(one["url"] for one in kept.choices if one["name"] == "Trabajo")
    post(client, "/own-calendar/choose", {"calendar": "https://example.com/otro/"})
    assert "no es una de las opciones" in client.get("/account/").text
    post(client, "/own-calendar/choose", {"calendar": url})
    page = client.get("/account/").text
    assert f"Escribimos en «Trabajo» con el usuario {USERNAME}." in page and "Lo escribimos en unos segundos." in page

    again = post(client, "/own-calendar/connect", given(server))
    assert again.status_code == 422, "one is enough"
    post(client, "/own-calendar/disconnect")
    assert near.desk.rows(select(UserCalendar)) == []
    assert post(client, "/own-calendar/disconnect").status_code == 302, "pressed twice"


def test_a_wrong_password_is_said_and_nothing_kept(near: Office, server: CalendarStandin) -> None:
    client = near.client(near.user())
    answer = post(client, "/own-calendar/connect", given(server, "incorrecta-8271"))
    assert answer.status_code == 422
    assert "La contraseña: no entra con ese usuario" in answer.text
    assert f'value="{server.url}"' in answer.text and f'value="{USERNAME}"' in answer.text
    assert "incorrecta-8271" not in answer.text
    assert near.desk.rows(select(UserCalendar)) == []


def test_no_calendar_inside_is_called(office: Office, server: CalendarStandin) -> None:
    client = office.client(office.user())
    answer = post(client, "/own-calendar/connect", given(server))
    assert "El servidor: debe estar en internet" in answer.text
    assert office.desk.rows(select(UserCalendar)) == []
