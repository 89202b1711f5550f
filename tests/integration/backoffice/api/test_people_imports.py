"""A program hands over people of another system: looked at, told what to mend, written once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from huntred.exchange import working
from huntred.exchange.models import ImportedPerson, PeopleImport
from huntred.people.models import UnitProfile
from tests.integration.backoffice.api.conftest import program
from tests.integration.backoffice.conftest import Office
from tests.integration.backoffice.test_access import things

WORDS = "Nos los entregó su agencia, que les avisó de esta transferencia."
PEOPLE: list[dict[str, Any]] = [
    {"id": 7, "firstname": "Ana", "lastname": "López", "email": "ana@example.com", "job": {"title": "Almacén"}, "gender": "F"},
    {"id": 8, "firstname": "Beto", "lastname": "Ruiz", "email": "beto"},
]


def _work(office: Office) -> None:
    while working.work_next(office.desk.app, "amigro", lambda: office.desk.now):
        pass


def test_people_are_looked_at_and_then_written_once(office: Office) -> None:
    own = things(office, "amigro")
    caller = program(office)
    body = {"declaration": WORDS, "system": "workable", "people": PEOPLE, "values": {"vacancy": {"Almacén": str(own.vacancy)}}}
    made = caller.post("/api/v1/people-imports", body, Idempotency_Key="lote-1")
    assert made.status_code == 201, made.text
    assert made.json["state"] == "checking" and made.json["columns"]["first_name"] == "firstname"
    assert "gender" not in made.json["columns"].values()
    again = caller.post("/api/v1/people-imports", body, Idempotency_Key="lote-1")
    assert again.json["id"] == made.json["id"] and len(office.desk.rows(select(PeopleImport))) == 1
    at = made.headers["Location"]
    assert caller.post(f"{at}/start").status_code == 409

    _work(office)
    told = caller.get(at).json
    assert (told["state"], told["new"], told["faulty"]) == ("preview", 1, 1)
    assert told["faults"] == [{"row": 3, "field": "email", "problem": "not_an_email"}]
    assert caller.post(f"{at}/start").json["state"] == "writing"
    _work(office)
    told = caller.get(at).json
    assert (told["state"], told["made"], told["skipped"]) == ("done", 1, 1)
    (origin,) = office.desk.rows(select(ImportedPerson))
    (ana,) = office.desk.rows(select(UnitProfile).where(UnitProfile.person_id == origin.person_id))
    assert (ana.first_name, origin.system, origin.external_id) == ("Ana", "workable", "7")
    (found,) = office.desk.rows(select(PeopleImport))
    assert (found.user_id, str(found.client_id), found.declaration) == (None, caller.client_id, WORDS)


def test_what_cannot_be_taken_is_refused_with_its_field(office: Office) -> None:
    caller = program(office)
    for body, code, field in (
        ({"people": PEOPLE}, 422, "/declaration"),
        ({"people": [], "declaration": WORDS}, 422, "/people"),
        ({"people": PEOPLE, "declaration": WORDS, "columns": {"email": "email"}}, 422, "/first_name"),
        ({"people": PEOPLE, "declaration": WORDS, "system": "ninguno"}, 422, "/system"),
        ({"people": PEOPLE, "declaration": WORDS, "values": {"stage": {"x": "y"}}}, 422, "/stage"),
        ({"people": [{"\ud800": "\ud800"}], "declaration": WORDS}, 400, ""),
    ):
        refused = caller.post("/api/v1/people-imports", body)
        assert refused.status_code == code, (field, refused.text)
        if field:
            assert refused.json["errors"][0]["pointer"] == field
    assert office.desk.rows(select(PeopleImport)) == []
