"""Every door out of the house of a confidential search: the client's link, the team's pages, calendar, files, the API."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.disclosures import service as disclosures
from huntred.disclosures.models import DisclosureAgreement
from huntred.privacy import service as privacy
from huntred.shortlists import service as shortlists
from huntred.vacancies.models import Vacancy
from tests.integration.backoffice.api.conftest import program
from tests.integration.backoffice.conftest import Office, csrf_of, post
from tests.integration.backoffice.test_access import Things, things

UNIT = "huntred_executive"
# The desk's client and its candidate, as things() makes them.
CLIENT_NAME, NAME = "Industrias del Norte", "Ibáñez"


@pytest.fixture
def search(office: Office) -> Things:
    made = things(office, UNIT, confidential=True, title="Dirección de finanzas", contact=True)
    office.desk.execute(
        "UPDATE unit_profiles SET headline = 'Dirección financiera en Bodegas Rosales', skills = '{CONTPAQi}'"
        " WHERE id = :p", p=made.profile,
    )  # fmt: skip
    return made


def person_of(office: Office, made: Things) -> Any:
    return office.desk.rows(_person(made))[0]


def _person(made: Things) -> Any:
    from huntred.people.models import UnitProfile

    return select(UnitProfile.person_id).where(UnitProfile.id == made.profile)


def shared(office: Office, made: Things, *, allowed: bool = True) -> str:
    """The client's link of a shortlist with the one person on it."""
    desk, user = office.desk, office.desk.user(UNIT)
    with desk.work(UNIT) as uow:
        shortlists.add(uow, made.vacancy, made.profile, user.id, now=desk.now)
        if allowed:
            privacy.allow_showing(uow, person_of(office, made), True, "web", now=desk.now)
        share = shortlists.share(uow, made.vacancy, user.id, days=3, now=desk.now)
    url = desk.links.shortlist_page(UNIT, share.id, until=share.expires_at)
    return url.removeprefix("http://office.test")


def agree(office: Office, made: Things, *sides: str) -> None:
    with office.desk.work(UNIT) as uow:
        for side in sides:
            disclosures.say(uow, made.vacancy, person_of(office, made), side, True, source="link", now=office.desk.now)


def test_the_clients_link_shows_what_is_met_and_nobodys_name_until_both_agreed(office: Office, search: Things) -> None:
    path, client = shared(office, search), office.client()

    page = client.get(path).text
    assert "Candidatura confidencial" in page
    for secret in ("Rosa", NAME, "Bodegas Rosales", "CONTPAQi"):
        assert secret not in page, secret

    entry = re.search(r'name="entry" value="([^"]+)"', page)
    assert entry
    assert post(client, path, {"entry": entry[1], "agrees": "1"}, page=path).status_code == 302
    page = client.get(path).text
    assert "Falta la respuesta de la persona" in page and "Rosa" not in page
    [word] = office.desk.rows(select(DisclosureAgreement))
    assert (word.side, word.source, word.at) == ("client", "link", office.desk.now)

    agree(office, search, "candidate")
    page = client.get(path).text
    assert "Rosa I." in page and "Bodegas Rosales" in page

    # The client takes it back: the name goes again.
    post(client, path, {"entry": entry[1]}, page=path)
    assert "Rosa" not in client.get(path).text


def test_nobody_stands_on_the_link_who_allowed_neither(office: Office, search: Things) -> None:
    path, client = shared(office, search, allowed=False), office.client()
    assert "Candidatura confidencial" not in client.get(path).text
    agree(office, search, "candidate")
    assert "Candidatura confidencial" in client.get(path).text


def test_the_link_takes_no_word_about_somebody_who_is_not_on_it(office: Office, search: Things) -> None:
    path, client = shared(office, search), office.client()
    answer = client.post(path, data={"csrf_token": csrf_of(client, path), "entry": str(new_id()), "agrees": "1"})
    assert answer.status_code == 404
    assert office.desk.rows(select(DisclosureAgreement)) == []


def test_the_team_sees_who_is_missing_and_writes_down_the_clients_word(office: Office, search: Things) -> None:
    shared(office, search)
    user = office.user(unit=UNIT)
    client = office.client(user)
    tab = f"/vacancies/{search.vacancy}?tab=shortlist"
    page = client.get(tab).text
    assert "Falta el acuerdo de la persona" in page and "Falta el acuerdo del cliente" in page

    step = re.search(r'action="(/shortlists/entries/[^"]+/client/yes)"', page)
    assert step
    assert post(client, step[1]).status_code == 302
    page = client.get(tab).text
    assert "El cliente aceptó el" in page and "versión 2026-11-28" in page and "lo anotó el equipo" in page
    [word] = office.desk.rows(select(DisclosureAgreement))
    assert (word.user_id, word.source) == (user.id, "consultant")
    assert "Falta el acuerdo de la persona" in client.get(f"/applications/{search.application}").text
    agree(office, search, "candidate")
    assert "Los nombres ya se muestran a ambas partes" in client.get(tab).text


def test_the_calendar_that_leaves_the_house_and_the_interviewers_page_name_a_number(office: Office, search: Things) -> None:
    desk = office.desk
    [user_id] = desk.rows(_interviewer(search))
    feed = desk.links.calendar_feed(user_id, 0).removeprefix("http://office.test")
    desk.execute("UPDATE users SET calendar_link = 0 WHERE id = :u", u=user_id)
    page = desk.links.interviewer_page(UNIT, search.interview, user_id, until=desk.now + timedelta(days=1))
    page = page.removeprefix("http://office.test")
    client = office.client()

    for path in (feed, page):
        told = client.get(path)
        assert told.status_code == 200, path
        assert NAME not in told.text and CLIENT_NAME not in told.text, path
        assert "andidatura" in told.text, path
    agree(office, search, "candidate", "client")
    assert NAME in client.get(feed).text and NAME in client.get(page).text


def _interviewer(made: Things) -> Any:
    from huntred.interviews.models import Interview

    return select(Interview.interviewer_id).where(Interview.id == made.interview)


def test_the_api_and_files_do_not_say_whose_search_it_is(office: Office, search: Things) -> None:
    desk = office.desk
    desk.execute("UPDATE vacancies SET address = 'Torre Norte 1', latitude = 25, longitude = -100 WHERE id = :v", v=search.vacancy)
    caller = program(office, (UNIT,))
    told = caller.get(f"/api/v1/vacancies/{search.vacancy}").json
    assert (told["company_id"], told["company_name"], told["contact_id"], told["address"], told["latitude"]) == (
        None, "", None, "", None,
    )  # fmt: skip
    assert CLIENT_NAME not in caller.get("/api/v1/vacancies").text
    by_company = caller.get(f"/api/v1/vacancies?company={search.company}").json
    assert by_company["items"] == []
    # What is not told is not lost by a change that does not touch it.
    tag = caller.tag(f"/api/v1/vacancies/{search.vacancy}")
    changed = caller.patch(f"/api/v1/vacancies/{search.vacancy}", {"openings": 2, "modality": "remote", "description": "Finanzas."}, If_Match=tag)
    assert changed.status_code == 200, changed.text
    kept = desk.one(Vacancy, search.vacancy)
    assert (kept.company_id, kept.contact_id is None, kept.openings) == (search.company, False, 2)

    client = office.client(office.user(unit=UNIT))
    file = post(client, "/lists/vacancies/export", {"format": "csv"}, page="/vacancies/").get_data(as_text=True)
    assert "Empresa confidencial" in file and CLIENT_NAME not in file


def test_the_text_of_a_confidential_vacancy_may_not_name_the_client(office: Office, search: Things) -> None:
    client = office.client(office.user(unit=UNIT))
    assert re.search(r'name="confidential"[^>]*checked', client.get("/vacancies/new").text)
    form = {"title": "Dirección", "company_id": str(search.company), "modality": "remote", "openings": "1",
            "description": "Únete a INDUSTRIAS  del Norte."}  # fmt: skip
    refused = post(client, f"/vacancies/{search.vacancy}/edit", form | {"confidential": "1"}, page="/vacancies/new")
    assert "nombra a la empresa" in refused.text
    assert post(client, f"/vacancies/{search.vacancy}/edit", form, page="/vacancies/new").status_code == 302
