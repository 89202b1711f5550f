"""The search: accents and slips forgiven, by unit and division, and always what stands there now."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from contract.ids import new_id
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.search import rules, service
from huntred.units.models import Division
from tests.factories.desk import Desk


def person(desk: Desk, first: str, last: str, unit: str = "amigro", **values: object) -> UnitProfile:
    profile = desk.profile(unit, first_name=first, last_name=last, **values)
    people.refresh_search_text(profile)
    desk.execute(
        "UPDATE unit_profiles SET search_text = :text WHERE id = :id", text=profile.search_text, id=profile.id
    )
    return profile


def found(desk: Desk, typed: str, unit: str = "amigro", **scope: object) -> dict[str, list[UUID]]:
    with desk.work(unit, **scope) as uow:
        return {kind: [hit.id for hit in hits] for kind, hits in service.find(uow, typed).groups}


@pytest.mark.parametrize(
    "typed",
    [
        "Ximena Hernández", "ximena hernandez", "HERNANDEZ", "hernandez ximena", "xim her", "jimena", "ernandes",
        "ernan", "hermandez", "hernadez", "hernandze", "hernnadez", "hernandezz", "ximena soldadura", "torreon ximena",
        "871 123 4567", "+52 (871) 123-4567", "8711234567", "ximena@", "ximena@example.com",
    ],
)  # fmt: skip
def test_a_person_is_found_however_the_name_is_typed(desk: Desk, typed: str) -> None:
    wanted = person(
        desk, "Ximena", "Hernández", headline="Soldadura", city="Torreón", email="ximena@example.com",
        phone="+528711234567",
    )  # fmt: skip
    person(desk, "Braulio", "Ocampo", email="braulio@example.com")

    assert found(desk, typed) == {"person": [wanted.id]}


@pytest.mark.parametrize(
    ("kept", "typed"),
    [("Vázquez", "basques"), ("Guillermo", "giyermo"), ("Jessica", "yesica"), ("Nancy", "nanci"), ("Quetzal", "ketsal"),
     ("Zúñiga", "suñiga"), ("Chávez", "chabes"), ("Vianey", "bianei"), ("Guadalupe", "guadalue"),
     ("Montserrat", "monserat"), ("Cuauhtémoc", "cuautemoc")],
)  # fmt: skip
def test_what_sounds_alike_is_found(desk: Desk, kept: str, typed: str) -> None:
    wanted = person(desk, kept, "Prueba")

    assert found(desk, typed) == {"person": [wanted.id]}


def test_who_is_there_as_typed_comes_before_who_resembles(desk: Desk) -> None:
    near, beginning, exact = (person(desk, name, "Solís") for name in ("Marta", "Mariana", "Maria"))

    assert found(desk, "maria solis")["person"] == [exact.id, beginning.id]
    assert set(found(desk, "marla solis")["person"]) == {near.id, exact.id}


@pytest.mark.parametrize("typed", ["", " ", "a", "'", "\\", "':*", "& | !", "z' | q", "%", "#", "\x00", "🙂", "x" * 500])
def test_whatever_is_typed_breaks_nothing(desk: Desk, typed: str) -> None:
    person(desk, "O'Brien", "Peña")

    assert found(desk, typed) == {}


def test_vacancies_companies_conversations_and_applications_by_number(desk: Desk) -> None:
    profile = person(desk, "Lucía", "Bañuelos")
    conversation = desk.chat("amigro", "telegram")
    desk.execute("UPDATE chats SET user_name = 'Luci B' WHERE id = :id", id=conversation.chat_id)
    desk.execute(
        "UPDATE conversations SET person_id = :person WHERE id = :id", person=profile.person_id, id=conversation.id
    )
    application = desk.application(conversation, profile, title="Montacarguista", search_text="montacarguista saltillo")
    number = desk.rows(text("SELECT number FROM applications"))[0]
    vacancy_number = desk.rows(text("SELECT number FROM vacancies"))[0]
    desk.execute("UPDATE companies SET search_text = 'industrias del norte'")
    company = desk.rows(text("SELECT id FROM companies"))[0]

    assert found(desk, "montacargista") == {"vacancy": [application.vacancy_id]}
    assert found(desk, "industria norte") == {"company": [company]}
    assert found(desk, "banuelos") == {"person": [profile.id], "talk": [conversation.id]}
    assert found(desk, "luci b")["talk"] == [conversation.id]
    assert found(desk, str(number)) == {"application": [application.id]}
    assert found(desk, str(vacancy_number)) == {"vacancy": [application.vacancy_id]}
    assert found(desk, str(number), "huntu") == {}


def test_another_units_people_are_not_found(desk: Desk) -> None:
    ours, theirs = person(desk, "Elvira", "Rentería"), person(desk, "Elvira", "Rentería", "huntu")

    assert found(desk, "elvira") == {"person": [ours.id]}
    assert found(desk, "elvira", "huntu") == {"person": [theirs.id]}
    assert found(desk, "elvira", "sexsi") == {}
    assert set(found(desk, "elvira", units=("amigro", "huntu"))["person"]) == {ours.id, theirs.id}


def test_a_division_finds_only_its_own(desk: Desk) -> None:
    north, south = (Division(id=new_id(), unit="amigro", code=code, name=code) for code in ("norte", "sur"))
    desk.add(north, south)
    made = {}
    for division in (north, south):
        profile = person(desk, "Elvira", "Rentería")
        conversation = desk.chat("amigro", "telegram")
        desk.execute(
            "UPDATE conversations SET person_id = :person WHERE id = :id", person=profile.person_id, id=conversation.id
        )
        application = desk.application(
            conversation, profile, division_id=division.id, search_text="soldadura", title="Soldadura"
        )
        made[division.id] = (profile.id, conversation.id, application.vacancy_id)
    nobody = person(desk, "Elvira", "Sin Postular")

    seen = found(desk, "elvira", divisions=(north.id,))
    assert (seen["person"], seen["talk"]) == ([made[north.id][0]], [made[north.id][1]])
    assert found(desk, "soldadura", divisions=(north.id,)) == {"vacancy": [made[north.id][2]]}
    assert nobody.id in found(desk, "elvira")["person"]


def test_who_changes_or_goes_is_found_as_now(desk: Desk) -> None:
    profile = person(desk, "Tomasa", "Urrutia")
    desk.execute("UPDATE unit_profiles SET search_text = 'petra urrutia', first_name = 'Petra' WHERE id = :id", id=profile.id)

    assert found(desk, "tomasa") == {}
    assert found(desk, "petra") == {"person": [profile.id]}
    with desk.work() as uow:
        assert service.forget_unused(uow) == 1
        assert service.forget_unused(uow) == 0
    assert desk.rows(text("SELECT key FROM search_keys ORDER BY key")) == ["petra", "urutia"]
    desk.execute("DELETE FROM unit_profiles WHERE id = :id", id=profile.id)
    assert found(desk, "petra") == {}


def test_what_is_typed_is_read_as_the_entries_are(desk: Desk) -> None:
    for told in ("Ana-Lucía O'Neill", "node.js c++ c#", "diseño, ux/ui", "ana@example.com 50%", "100 empleados"):
        folded = rules.read(told)
        in_database = desk.rows(text("SELECT app_search_words(app_fold(:told))").bindparams(told=told))
        assert set(folded.words) == set(in_database), told
