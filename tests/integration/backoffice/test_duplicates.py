"""The pages where a consultant makes one of two, and two of one."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from huntred.access.models import AuditEntry
from huntred.duplicates import finding
from huntred.duplicates.pairing import stamp
from huntred.people.models import DuplicatePair, PersonMerge, UnitProfile
from tests.integration.backoffice.conftest import Office, post


def _two(office: Office) -> tuple[UnitProfile, UnitProfile]:
    first = office.desk.profile(first_name="Lucía", last_name="Robles", email="lucia@example.com", city="Puebla")
    second = office.desk.profile(
        first_name="Lucía", last_name="Robles", email="lucia@example.com", city="Toluca", headline="Cajera"
    )
    with office.desk.work() as uow:
        finding.compare_new(uow, now=office.desk.now)
    return first, second


def test_a_pair_is_listed_compared_merged_and_undone(office: Office) -> None:
    first, second = _two(office)
    client = office.client(office.user())
    page = client.get("/duplicates/").text
    assert f"/duplicates/{first.id}/{second.id}" in page and "mismo correo" in page
    assert "¿Está dos veces?" in client.get(f"/people/{second.id}").text
    compared = client.get(f"/duplicates/{first.id}/{second.id}").text
    assert "Toluca" in compared and "Puebla" in compared
    [kept, other] = [office.desk.one(UnitProfile, one.id) for one in (first, second)]

    answer = post(
        client, f"/duplicates/{first.id}/{second.id}/merge", {"choice_city": "other", "seen": stamp(kept, other)}
    )

    assert answer.location.endswith(f"/people/{first.id}")
    assert office.desk.one(UnitProfile, first.id).city == "Toluca"
    assert office.desk.one(UnitProfile, first.id).headline == "Cajera", "what only the other told is not lost"
    assert client.get(f"/people/{second.id}").location.endswith(f"/people/{first.id}"), "old links lead there"
    assert client.get(f"/duplicates/{first.id}/{second.id}").status_code == 404
    page = client.get(f"/people/{first.id}").text
    (row,) = office.desk.rows(select(PersonMerge))
    assert f"/duplicates/merges/{row.id}/undo" in page and "Se unió con otro registro" in page
    audited = office.desk.rows(select(AuditEntry).where(AuditEntry.action == "duplicates.merge"))
    assert {entry.object_type for entry in audited} >= {"person_merges", "unit_profiles"}
    assert "lucia@example.com" not in str([e.changes for e in audited if e.object_type == "person_merges"])

    assert post(client, f"/duplicates/merges/{row.id}/undo").status_code == 302
    assert office.desk.one(UnitProfile, second.id).city == "Toluca"
    assert office.desk.one(UnitProfile, first.id).city == "Puebla"
    assert post(client, f"/duplicates/merges/{row.id}/undo").status_code == 302
    assert "ya no se puede deshacer" in client.get(f"/people/{first.id}").text


def test_who_is_not_the_same_is_not_offered_again(office: Office) -> None:
    first, second = _two(office)
    client = office.client(office.user())
    post(client, f"/duplicates/{first.id}/{second.id}/different", {"back": "person"})
    assert "Nadie parece estar dos veces" in client.get("/duplicates/").text
    assert "¿Está dos veces?" not in client.get(f"/people/{first.id}").text
    office.desk.execute("UPDATE unit_profiles SET updated_at = now() + interval '1 hour'")
    with office.desk.work() as uow:
        finding.compare_new(uow, now=office.desk.now)
    (pair,) = office.desk.rows(select(DuplicatePair))
    assert pair.state == "different", "remembered"


def test_a_change_meanwhile_is_shown_and_nothing_is_merged(office: Office) -> None:
    first, second = _two(office)
    client = office.client(office.user())
    seen = stamp(*(office.desk.one(UnitProfile, one.id) for one in (first, second)))
    later = office.desk.now + timedelta(hours=1)
    office.desk.execute("UPDATE unit_profiles SET updated_at = :at WHERE id = :id", at=later, id=second.id)

    answer = post(client, f"/duplicates/{first.id}/{second.id}/merge", {"seen": seen})

    assert answer.location.endswith(f"/duplicates/{first.id}/{second.id}")
    assert "mientras las comparabas" in client.get(answer.location).text
    assert office.desk.rows(select(PersonMerge)) == []
