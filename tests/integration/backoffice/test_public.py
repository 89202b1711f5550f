"""Public pages by signed links: they open nothing else, show no secret, and a GET changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from huntred.interviews.models import Interview
from huntred.people.models import UnitProfile
from huntred.privacy.links import sign_link
from tests.integration.backoffice.conftest import Office, post
from tests.integration.backoffice.test_access import things

CURP = "BOXW310820HNERXN09"


def _path(url: str) -> str:
    return url.removeprefix("http://office.test")


def test_the_curp_is_kept_sealed_and_never_shown(office: Office) -> None:
    profile = office.desk.profile()
    path = _path(office.desk.links.private_page("amigro", profile.person_id, now=office.desk.now))
    client = office.client()

    saved = post(client, path, {"curp": CURP.lower(), "rfc": "", "birth_date": ""}, page=path)
    assert saved.status_code == 302, saved.text
    page = client.get(path).text

    assert "Guardamos tus datos cifrados" in page
    assert CURP not in page
    assert "1931" not in page
    with office.desk.work() as uow:
        kept = uow.session.scalars(select(UnitProfile)).one()
        assert (kept.curp_sealed, kept.birth_date_sealed) == (CURP, "1931-08-20")


def test_a_wrong_curp_is_explained_and_not_kept(office: Office) -> None:
    profile = office.desk.profile()
    path = _path(office.desk.links.private_page("amigro", profile.person_id, now=office.desk.now))

    answer = post(office.client(), path, {"curp": "ABCD"}, page=path)

    assert "CURP no es válida" in answer.text
    assert office.desk.rows(select(UnitProfile.curp_hash)) == [None]


def test_a_profile_is_completed(office: Office) -> None:
    profile = office.desk.profile(email="", last_name="")
    path = _path(office.desk.links.profile_page("amigro", profile.person_id, now=office.desk.now))
    client = office.client()

    assert "primer apellido" in client.get(path).text
    post(
        client, path,
        {"first_name": "Ana", "last_name": "Núñez", "email": "ana@example.com", "skills": "ventas, caja y Excel",
         "city": "Puebla", "salary": "15 mil"},
        page=path,
    )  # fmt: skip

    [kept] = office.desk.rows(select(UnitProfile))
    assert (kept.last_name, kept.email, kept.skills[0], str(kept.salary_amount)) == (
        "Núñez", "ana@example.com", "ventas", "15000.00",
    )  # fmt: skip
    assert "Tu perfil está completo" in client.get(path).text


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [("confirmed", "booked", "quedó confirmada"), ("declined", "cancelled", "quedó cancelada")],
)
def test_an_interviewer_answers_by_the_link(office: Office, answer: str, state: str, words: str) -> None:
    own = things(office, "amigro")
    path = _interviewer_path(office, own.interview)
    client = office.client()

    assert "Rosa Ibáñez" in client.get(path).text
    assert office.desk.one(Interview, own.interview).interviewer_answer == "pending"  # a GET only shows
    said = post(client, path, {"answer": answer}, page=path)

    assert words in said.text
    interview = office.desk.one(Interview, own.interview)
    assert (interview.interviewer_answer, interview.state) == (answer, state)


def test_a_link_of_the_mail_opens_the_answer_that_it_names_and_gives_none(office: Office) -> None:
    own = things(office, "amigro")
    path, client = _interviewer_path(office, own.interview), office.client()

    assert "<details open>" in client.get(f"{path}?answer=declined").text
    assert "<details>" in client.get(f"{path}?answer=confirmed").text
    assert office.desk.one(Interview, own.interview).interviewer_answer == "pending"


def test_what_was_refused_is_shown_again_and_what_is_kept_never(office: Office) -> None:
    profile = office.desk.profile()
    path = _path(office.desk.links.private_page("amigro", profile.person_id, now=office.desk.now))
    client = office.client()

    refused = post(client, path, {"curp": "BOXW310820HNERXN08", "rfc": ""}, page=path)
    assert 'value="BOXW310820HNERXN08"' in refused.text

    post(client, path, {"curp": "BOXW310820HNERXN09", "rfc": ""}, page=path)
    assert "BOXW310820HNERXN09" not in client.get(path).text


def test_an_interview_is_handed_to_a_colleague_and_the_old_link_ends(office: Office) -> None:
    own = things(office, "amigro")
    path, colleague = _interviewer_path(office, own.interview), office.user()
    client = office.client()

    said = post(client, path, {"answer": "handed_over", "hand_over_to": str(colleague.id)}, page=path)

    assert "Otra persona atiende" in said.text
    assert office.desk.one(Interview, own.interview).interviewer_id == colleague.id
    assert "Otra persona atiende" in client.get(path).text


def test_a_link_opens_its_own_page_only_and_only_for_its_time(office: Office) -> None:
    profile = office.desk.profile()
    links, client = office.desk.links, office.client()
    token = links.private_page("amigro", profile.person_id, now=office.desk.now).rpartition("/")[2]
    old = links.private_page("amigro", profile.person_id, now=office.desk.now - timedelta(days=2))
    foreign = sign_link("another secret", "private", {"unit": "amigro", "person": profile.person_id},
                        expires_at=office.desk.now + timedelta(days=1))  # fmt: skip
    other_unit = sign_link(links.secret, "private", {"unit": "huntu", "person": profile.person_id},
                           expires_at=office.desk.now + timedelta(days=1))  # fmt: skip

    assert client.get(f"/p/{token}").status_code == 200
    assert client.get(f"/perfil/{token}").status_code == 404
    assert client.get(f"/e/{token}").status_code == 404
    assert client.get(f"/p/{token[:-2]}xx").status_code == 404
    assert client.get(f"/p/{foreign}").status_code == 404
    assert client.get(f"/p/{other_unit}").status_code == 404
    expired = client.get(_path(old))
    assert (expired.status_code, "ya venció" in expired.text) == (410, True)


def test_the_privacy_notice_is_public(office: Office) -> None:
    page = office.client().get("/privacidad/amigro")

    assert page.status_code == 200
    assert "Derechos" in page.text or "derechos" in page.text
    assert office.client().get("/privacidad/nadie").status_code == 404


def _interviewer_path(office: Office, interview_id: object) -> str:
    interview = office.desk.one(Interview, interview_id)
    return _path(
        office.desk.links.interviewer_page(
            "amigro", interview.id, interview.interviewer_id, until=office.desk.now + timedelta(days=1)
        )
    )


@pytest.mark.parametrize(
    ("unit", "said"), [("amigro", "18 caracteres, revísala"), ("huntred_executive", "18 caracteres, revísela")]
)
def test_a_public_page_speaks_as_its_unit(office: Office, unit: str, said: str) -> None:
    profile = office.desk.profile(unit)
    path = _path(office.desk.links.private_page(unit, profile.person_id, now=office.desk.now))

    answer = post(office.client(), path, {"curp": "ABCD"}, page=path)

    # Above the form and beside the field.
    assert answer.text.count(said) == 2
