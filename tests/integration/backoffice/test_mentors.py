"""Mentors in the back office, and the mentor's own page by a signed link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from huntred.mentoring import service as mentoring
from huntred.mentoring.models import Mentor, MentorSession
from tests.factories.mentors import mentor
from tests.integration.backoffice.conftest import Office, post

FORM = {
    "unit": "huntu", "name": "Laura Méndez", "email": "Laura@Example.com", "about": "Finanzas", "mentor_fields": "finance",
    "from_1": "17:00", "to_1": "19:00", "timezone": "America/Mexico_City", "weekly_capacity": "2", "session_minutes": "45",
    "meeting_place": "https://video.example.mx/laura", "active": "1",
}  # fmt: skip


def asked(office: Office) -> MentorSession:
    desk = office.desk
    profile, laura = desk.profile("huntu", first_name="Rosa", last_name="Ibáñez"), mentor(desk)
    with desk.work("huntu") as uow:
        at = mentoring.free_times(uow, laura, profile.person_id, now=desk.now)[0].starts_at
        return mentoring.ask(uow, laura.id, profile.person_id, at, field="finance", now=desk.now)


def link(office: Office, session: MentorSession) -> str:
    url = office.desk.links.mentor_page("huntu", session.id, until=session.ends_at + timedelta(days=14))
    return url.removeprefix("http://office.test")


def test_a_mentor_is_registered_corrected_and_paused(office: Office) -> None:
    client = office.client(office.user(unit="huntu"))
    refused = post(client, "/mentors/new", FORM | {"to_1": ""}, page="/mentors/new")
    assert "una sola hora" in refused.text and 'value="Laura Méndez"' in refused.text
    saved = post(client, "/mentors/new", FORM, page="/mentors/new")
    assert saved.status_code == 302, saved.text
    [kept] = office.desk.rows(select(Mentor))
    assert (kept.email, kept.availability, kept.fields) == ("laura@example.com", {"1": ["17:00", "19:00"]}, ["finance"])
    assert "mar 17:00 a 19:00" in client.get("/mentors/").text

    changed = {name: value for name, value in FORM.items() if name != "active"} | {"weekly_capacity": "3"}
    assert post(client, f"/mentors/{kept.id}/edit", changed, page="/mentors/new").status_code == 302
    assert (office.desk.one(Mentor, kept.id).active, office.desk.one(Mentor, kept.id).weekly_capacity) == (False, 3)
    assert "En pausa" in client.get(f"/mentors/{kept.id}").text


def test_only_units_with_mentors_show_them_in_the_menu(office: Office) -> None:
    assert 'href="/mentors/"' in office.client(office.user(unit="huntu")).get("/").text
    assert 'href="/mentors/"' not in office.client(office.user(unit="amigro")).get("/").text


def test_the_mentor_accepts_by_the_link_and_notes_afterwards(office: Office) -> None:
    session = asked(office)
    path, client, desk = link(office, session), office.client(), office.desk
    page = client.get(f"{path}?answer=accepted").text
    assert "Rosa Ibáñez" in page and "Finanzas" in page
    assert desk.one(MentorSession, session.id).state == "asked"  # a GET only shows

    assert post(client, path, {"answer": "accepted"}, page=path).status_code == 302
    assert desk.one(MentorSession, session.id).state == "accepted"
    early = post(client, path, {"answer": "outcome", "happened": "yes", "outcome": "x"}, page=path)
    assert "todavía no se puede registrar" in early.text

    office.desk.now = session.ends_at
    page = client.get(path).text
    assert "¿Se llevó a cabo?" in page
    post(client, path, {"answer": "outcome", "happened": "yes", "outcome": "Hará su CV."}, page=path)
    kept = desk.one(MentorSession, session.id)
    assert (kept.state, kept.outcome) == ("done", "Hará su CV.")
    assert "Hará su CV." in client.get(path).text


@pytest.mark.parametrize(("before", "state"), [(False, "declined"), (True, "cancelled")])
def test_a_no_of_the_mentor(office: Office, before: bool, state: str) -> None:
    session = asked(office)
    path, client = link(office, session), office.client()
    if before:
        post(client, path, {"answer": "accepted"}, page=path)
    post(client, path, {"answer": "declined"}, page=path)
    assert office.desk.one(MentorSession, session.id).state == state
    assert "No hace falta hacer nada más" in client.get(path).text


def test_a_changed_link_opens_nothing(office: Office) -> None:
    session = asked(office)
    assert office.client().get(link(office, session)[:-3] + "abc").status_code == 404


def test_the_team_sees_sessions_cancels_and_notes(office: Office) -> None:
    session = asked(office)
    client = office.client(office.user(unit="huntu"))
    page = client.get("/mentors/sessions").text
    assert "Rosa Ibáñez" in page and "Espera respuesta" in page and "/mentoria/" in page
    assert "Sin sesiones" in client.get("/mentors/sessions?state=done").text

    with office.desk.work("huntu") as uow:
        mentoring.answer(uow, session.id, True, now=office.desk.now)
    office.desk.now = session.ends_at
    noted = post(client, f"/mentors/sessions/{session.id}/outcome", {"happened": "no", "outcome": "No llegó."})
    assert noted.status_code == 302
    assert "No llegó." in client.get(f"/mentors/{session.mentor_id}").text
    assert office.desk.one(MentorSession, session.id).state == "missed"
