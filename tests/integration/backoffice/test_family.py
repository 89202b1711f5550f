"""A family group on the page of a person, and the page of work for several of them."""

from __future__ import annotations

from huntred.families import service as families
from huntred.people.models import UnitProfile
from tests.integration.actions.test_candidate_road import vacancy
from tests.integration.backoffice.conftest import Office


def family(office: Office) -> tuple[UnitProfile, UnitProfile]:
    told = {"headline": "cajera", "skills": ["caja"], "city": "Saltillo", "state": "Coahuila"}
    ana, luis = office.desk.profile(**told), office.desk.profile(first_name="Luis", last_name="Ruiz", **told)
    with office.desk.work() as uow:
        group = families.start(uow, ana.person_id, "whatsapp", now=office.desk.now)
        families.join(uow, group.code, luis.person_id, "whatsapp", now=office.desk.now)
        families.set_children(uow, ana.person_id, 2)
    return ana, luis


def test_the_group_and_work_for_several_are_seen(office: Office) -> None:
    ana, luis = family(office)
    vacancy(office.desk)
    client = office.client(office.user())
    page = client.get(f"/people/{ana.id}").text
    assert f'href="/people/{luis.id}"' in page and "2 menores de edad" in page
    assert "Estar en un grupo familiar" in page, "what each agreed to"
    together = client.get(f"/people/{ana.id}/family").text
    assert "Saltillo" in together and "2 personas" in together
    assert together.count("Cajera o cajero") == 2


def test_without_a_group_there_is_none(office: Office) -> None:
    profile = office.desk.profile()
    client = office.client(office.user())
    assert "Grupo familiar" not in client.get(f"/people/{profile.id}").text
    assert client.get(f"/people/{profile.id}/family").status_code == 404
