"""The pages where a consultant makes one vacancy of two, and two of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from huntred.access.models import AuditEntry
from huntred.alike import finding
from huntred.alike.models import VacancyMerge, VacancyPair
from huntred.duplicates.pairing import stamp
from huntred.vacancies.models import Vacancy
from ml.lexicon.positions import LexiconTitles
from tests.integration.backoffice.conftest import Office, post
from tests.integration.huntred.alike.test_alike import applied, company, vacancy


def _two(office: Office, **values: Any) -> tuple[Vacancy, Vacancy]:
    of = company(office.desk)
    first, second = vacancy(office.desk, of), vacancy(office.desk, of, **({"title": "Cajera"} | values))
    with office.desk.work() as uow:
        finding.compare_new(uow, LexiconTitles(), now=office.desk.now)
    return first, second


def test_a_pair_is_listed_compared_merged_and_undone(office: Office) -> None:
    first, second = _two(office, state="draft", schedule="Lunes a sábado")
    profile = office.desk.profile()
    for one in (first, second):
        applied(office.desk, one, profile)
    client = office.client(office.user())
    page = client.get("/alike/").text
    assert f"/alike/{first.id}/{second.id}" in page, "the open one is the one that stays"
    assert "mismo puesto" in page and "texto casi igual" in page
    assert f"Se parece a la {second.number}" in client.get(f"/vacancies/{first.id}").text
    compared = client.get(f"/alike/{first.id}/{second.id}").text
    assert "Lunes a sábado" in compared and "1 persona se postuló a las dos" in compared

    [kept, other] = [office.desk.one(Vacancy, one.id) for one in (first, second)]
    answer = post(client, f"/alike/{first.id}/{second.id}/merge", {"seen": stamp(kept, other)})

    assert answer.location.endswith(f"/vacancies/{first.id}")
    (row,) = office.desk.rows(select(VacancyMerge))
    page = client.get(f"/vacancies/{first.id}").text
    assert f"/alike/merges/{row.id}/undo" in page and "Se le unió la" in page
    assert f"Esta vacante se unió a la <a href=\"/vacancies/{first.id}\">{first.number}" in (
        client.get(f"/vacancies/{second.id}").text
    )
    audited = office.desk.rows(select(AuditEntry).where(AuditEntry.action == "alike.merge"))
    assert {entry.object_type for entry in audited} >= {"vacancy_merges", "vacancies"}
    assert client.get(f"/alike/{first.id}/{second.id}").location.endswith(f"/vacancies/{second.id}")

    assert post(client, f"/alike/merges/{row.id}/undo").status_code == 302
    assert office.desk.one(Vacancy, second.id).state == "draft"
    post(client, f"/alike/merges/{row.id}/undo")
    assert "ya no se puede deshacer" in client.get(f"/vacancies/{first.id}").text


def test_what_is_not_the_same_is_not_shown_again(office: Office) -> None:
    first, second = _two(office)
    client = office.client(office.user())
    answer = post(client, f"/alike/{first.id}/{second.id}/different", {"back": "vacancy"})
    assert answer.location.endswith(f"/vacancies/{first.id}")
    assert "Ninguna vacante parece estar dos veces" in client.get("/alike/").text
    assert "¿Está dos veces?" not in client.get(f"/vacancies/{first.id}").text
    assert [pair.state for pair in office.desk.rows(select(VacancyPair))] == ["different"]


def test_a_change_meanwhile_is_shown_and_nothing_is_merged(office: Office) -> None:
    first, second = _two(office)
    client = office.client(office.user())
    seen = stamp(first, second)
    later = office.desk.now + timedelta(hours=1)
    office.desk.execute("UPDATE vacancies SET updated_at = :at WHERE id = :id", at=later, id=second.id)
    answer = post(client, f"/alike/{first.id}/{second.id}/merge", {"seen": seen})
    assert answer.location.endswith(f"/alike/{first.id}/{second.id}")
    assert "mientras las comparabas" in client.get(answer.location).text
    assert office.desk.rows(select(VacancyMerge)) == []


def test_what_may_not_be_merged_is_refused_in_words(office: Office) -> None:
    first, second = _two(office, confidential=True)
    client = office.client(office.user())
    post(client, f"/alike/{first.id}/{second.id}/merge")
    assert "Conserva la confidencial" in client.get(f"/alike/{first.id}/{second.id}").text
    assert f"/alike/{second.id}/{first.id}" in client.get("/alike/").text, "the confidential one is the one that stays"
