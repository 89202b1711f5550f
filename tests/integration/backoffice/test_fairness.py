"""The page on which people say something for statistics, and the report: groups only, for the eyes of the own unit."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from contract.ids import new_id
from huntred.applications.models import Application, Stage
from huntred.companies.models import Company
from huntred.fairness import service as fairness
from huntred.fairness.models import FairnessAnswer
from huntred.people.models import Consent, UnitProfile
from huntred.vacancies.models import Vacancy
from tests.integration.backoffice.conftest import Office, post


def _path(office: Office, profile: UnitProfile) -> str:
    url = office.desk.links.statistics_page(profile.unit, profile.person_id, now=office.desk.now)
    return url.removeprefix("http://office.test")


def _said(office: Office, profile: UnitProfile) -> dict[str, Any] | None:
    with office.desk.work(profile.unit) as uow:
        return fairness.exported(uow, profile.person_id)


def test_what_is_said_is_kept_never_shown_and_taken_back(office: Office) -> None:
    profile = office.desk.profile(birth_date_sealed="1990-05-03")
    path, client = _path(office, profile), office.client()
    assert "mi grupo de edad" in client.get(path).text
    assert _said(office, profile) is None, "a GET only shows"

    saved = post(
        client, path,
        {"statistics_sex": "woman", "statistics_indigenous": "yes", "statistics_age": "1", "statistics_agrees": "1"},
        page=path,
    )  # fmt: skip
    assert saved.status_code == 302, saved.text
    page = client.get(path).text

    assert "Guardamos tus respuestas cifradas" in page and "Ya tenemos tus respuestas" in page
    assert page.count("checked") == 3 == page.count('value="unsaid" checked'), "the page says nothing of what was said"
    assert _said(office, profile) == {
        "sex": "woman", "indigenous": "yes", "age": "35_44", "given_at": office.desk.now
    }  # fmt: skip
    assert office.desk.rows(text("SELECT count(*) FROM audit_entries")) == [0], "no trace of who took part"

    gone = post(client, path, {"answer": "withdraw"}, page=path)
    assert gone.status_code == 302
    assert "Borramos tus respuestas" in client.get(path).text
    assert office.desk.rows(select(func.count(FairnessAnswer.id))) == [0]
    assert office.desk.rows(select(Consent.granted).order_by(Consent.at, Consent.id)) == [True, False]


def test_without_the_yes_nothing_is_kept_and_the_choice_stands_there_still(office: Office) -> None:
    profile = office.desk.profile()
    path, client = _path(office, profile), office.client()

    answer = post(client, path, {"statistics_sex": "man"}, page=path)

    assert "El acuerdo para guardar las respuestas hace falta" in answer.text
    assert 'value="man" checked' in answer.text and "mi grupo de edad" not in answer.text
    assert _said(office, profile) is None


def test_the_link_is_its_own_and_ends(office: Office) -> None:
    profile = office.desk.profile()
    client, links = office.client(), office.desk.links
    private = links.private_page("amigro", profile.person_id, now=office.desk.now).rpartition("/")[2]
    old = links.statistics_page("amigro", profile.person_id, now=office.desk.now - timedelta(days=31)).rpartition("/")[2]
    foreign = links.statistics_page("huntu", profile.person_id, now=office.desk.now).rpartition("/")[2]

    assert [client.get(f"/estadistica/{token}").status_code for token in (private, old, foreign)] == [404, 410, 404]


def _crowd(office: Office, *, chosen: dict[str, tuple[int, int]]) -> Vacancy:
    """A vacancy with so many people by sex, of whom so many were interviewed; everything was weeks ago."""
    desk, at = office.desk, office.desk.now - timedelta(days=40)
    stages = {
        kind: desk.rows(select(Stage.id).where(Stage.unit == "amigro", Stage.kind == kind))[0]
        for kind in ("interview", "rejected")
    }  # fmt: skip
    company = Company(id=new_id(), unit="amigro", name="Abarrotes La Esquina")
    desk.add(company)
    vacancy = Vacancy(id=new_id(), unit="amigro", company_id=company.id, title="Cajera o cajero", state="open")
    desk.add(vacancy)
    for sex, (people, went) in chosen.items():
        for number in range(people):
            profile = desk.profile()
            desk.add(
                Application(
                    id=new_id(), unit="amigro", vacancy_id=vacancy.id, person_id=profile.person_id,
                    profile_id=profile.id, stage_id=stages["interview" if number < went else "rejected"],
                    created_at=at, moved_at=at,
                )
            )  # fmt: skip
            with desk.work() as uow:
                fairness.give(
                    uow, profile.person_id, {"sex": sex}, agrees=True, age_from_birth_date=False,
                    now=desk.now - timedelta(days=10),
                )  # fmt: skip
    return vacancy


def _rows(client: FlaskClient, path: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(path).data.decode("utf-8-sig"))))


def test_page_and_file_of_a_vacancy_say_the_same(office: Office) -> None:
    vacancy = _crowd(office, chosen={"man": (12, 8), "woman": (10, 4), "other": (2, 1)})
    client = office.client(office.user())

    page = client.get(f"/vacancies/{vacancy.id}?tab=fairness").text
    rows = _rows(client, f"/fairness/vacancy/{vacancy.id}.csv")

    assert "Sin datos suficientes" in page and "29 CFR 1607.4(D)" in page
    assert "60.0" not in page.replace("66.7", ""), "with two of a third group nobody is told: the sum would tell them"
    [first] = [row for row in rows if row[:2] == ["Sexo", "De la postulación a la lista corta o la entrevista"]]
    assert first[2:5] == ["24", "24", "Sin datos suficientes"]

    clear = _crowd(office, chosen={"man": (12, 8), "woman": (10, 4)})
    page = client.get(f"/vacancies/{clear.id}?tab=fairness").text
    rows = _rows(client, f"/fairness/vacancy/{clear.id}.csv")

    assert "0.60" in page and "Menos de cuatro quintos" in page and "p = 0.391" in page
    women = next(row for row in rows if row[4] == "Mujeres")
    assert women[5:] == ["10", "4", "40.0 %", "0.60", "sí", "0.391", "no"]


def test_the_units_report_rounds_and_keeps_to_whole_quarters(office: Office) -> None:
    _crowd(office, chosen={"man": (12, 8), "woman": (11, 4)})
    client = office.client(office.user())

    page = client.get("/fairness/?unit=amigro").text
    rows = _rows(client, "/fairness/report.csv?unit=amigro&first_quarter=2026-01-01&last_quarter=2026-01-01")

    assert "Unas 25 de unas 25 personas dieron el dato" in page and "p =" not in page.replace("p = 0", "")
    women = next(row for row in rows if row[4] == "Mujeres")
    assert women[5:] == ["10", "", "36 %", "0.55", "sí", "", "no"]
    assert client.get("/fairness/?first_quarter=2026-01-02").status_code == 404
    assert client.get("/fairness/?unit=huntu").status_code == 404
    earlier = _rows(client, "/fairness/report.csv?unit=amigro&first_quarter=2025-10-01&last_quarter=2025-10-01")
    assert {row[2] for row in earlier[1:]} == {"0"}


def test_no_page_no_export_and_no_list_of_a_consultant_says_who_took_part(office: Office) -> None:
    vacancy = _crowd(office, chosen={"woman": (1, 1)})
    [profile] = office.desk.rows(select(UnitProfile))
    client, head = office.client(office.user()), office.client(office.user("super_admin"))

    for path in (
        f"/people/{profile.id}", f"/people/{profile.id}/timeline", "/records/consents/", f"/vacancies/{vacancy.id}",
        "/search/list?text=woman", "/candidates/" + str(vacancy.id),
    ):  # fmt: skip
        for reader in (client, head):
            shown = reader.get(path).text
            assert "fairness_statistics" not in shown and "Estadística de equidad" not in shown, path
    exported = post(client, f"/people/{profile.id}/export").text
    assert '"fairness_statistics": "withheld"' in exported and "woman" not in exported
    assert '"sex": "woman"' in post(head, f"/people/{profile.id}/export").text, "the person's right (ARCO)"
