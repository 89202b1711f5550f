"""A confidential search in the chat: no name before both sides agreed, asked once, told at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from contract.ids import new_id
from contract.message import Inbound
from huntred.applications.models import Application
from huntred.companies.models import Company
from huntred.conversations.models import Conversation, InboxRow
from huntred.disclosures import service as disclosures
from huntred.disclosures.models import DisclosureAgreement
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.events.service import handle
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy
from tests.factories.desk import Desk
from tests.factories.talk import Talk

UNIT, CLIENT_NAME = "huntred_executive", "Grupo Andino, S.A. de C.V."
Open = Callable[..., Talk]


def search(desk: Desk, **values: Any) -> Vacancy:
    company = Company(id=new_id(), unit=UNIT, name=CLIENT_NAME)
    desk.add(company)
    made = Vacancy(
        id=new_id(), unit=UNIT, company_id=company.id, title="Dirección de finanzas",
        **({"description": "Encabeza las finanzas de Grupo Andino.", "state": "open", "city": "Monterrey",
            "confidential": True, "benefits": "Comedor en GRUPO ANDINO", "address": "Torre Andino 1"} | values),
    )  # fmt: skip
    desk.add(made)
    return made


def applied(talk: Talk, desk: Desk, vacancy: Vacancy) -> UUID:
    """Somebody with a name who agreed to the notice and applied; returns who."""
    talk.says("hola", "greet")
    talk.picks("Sí, acepto")
    talk.says("no", "deny")  # nothing is awaited any more
    conversation = desk.one(Conversation, talk.sender.partition(":")[2])
    desk.execute(
        "UPDATE unit_profiles SET first_name = 'Ana', last_name = 'Núñez', email = 'ana@example.com' WHERE person_id = :p",
        p=conversation.person_id,
    )  # fmt: skip
    [profile] = desk.rows(select(UnitProfile).where(UnitProfile.person_id == conversation.person_id))
    stage = desk.rows(select(Application.stage_id).limit(1)) or desk.rows(_first_stage())
    desk.add(
        Application(
            id=new_id(), unit=UNIT, vacancy_id=vacancy.id, person_id=conversation.person_id, profile_id=profile.id,
            conversation_id=conversation.id, stage_id=stage[0],
        )
    )  # fmt: skip
    return conversation.person_id


def _first_stage() -> Any:
    from huntred.applications.models import Stage

    return select(Stage.id).where(Stage.unit == UNIT, Stage.kind == "new")


def client_says(desk: Desk, vacancy: Vacancy, person: UUID, granted: bool = True) -> None:
    with desk.work(UNIT) as uow:
        disclosures.say(uow, vacancy.id, person, "client", granted, source="link", now=desk.now)


def hand_on(desk: Desk) -> None:
    for event in desk.rows(select(StoredEvent).where(StoredEvent.handled_at.is_(None)).order_by(StoredEvent.id)):
        handle(desk.app, event.id, event.unit, Context(desk.now, desk.links))


def notices(desk: Desk) -> list[dict[str, Any]]:
    rows = desk.rows(select(InboxRow).where(InboxRow.kind == "notice").order_by(InboxRow.id))
    return [dict(Inbound.from_json(row.payload).values) for row in rows]


def everything(talk: Talk) -> str:
    return str(talk.replies).casefold()


def test_the_card_and_the_status_name_nobody(talk: Open, desk: Desk) -> None:
    vacancy = search(desk)
    chat = talk(UNIT)
    applied(chat, desk, vacancy)

    chat.event("choose_vacancy", "Dirección", vacancy_number=str(vacancy.number))
    assert "utter_vacancy_details" in chat.heard
    assert "Empresa confidencial" in chat.value("utter_vacancy_details", "facts")
    assert "andino" not in everything(chat)
    chat.says("cómo va", "check_application_status")
    assert "andino" not in everything(chat)
    assert chat.says("¿es confidencial?", "confidential_search") == ["utter_confidential_search", "utter_disclosure_standing"]
    assert "andino" not in everything(chat)
    assert "Acuerdo propio: pendiente" in chat.value("utter_disclosure_standing", "standing")


def test_the_client_asks_the_person_agrees_and_only_then_both_are_named(talk: Open, desk: Desk) -> None:
    vacancy = search(desk)
    chat = talk(UNIT)
    person = applied(chat, desk, vacancy)
    client_says(desk, vacancy, person)
    client_says(desk, vacancy, person)  # the same again is one word, and one question
    hand_on(desk)

    [asked] = notices(desk)
    assert asked["response"] == "utter_disclosure_asked"
    assert asked["template"]["name"] == f"busqueda_confidencial_{UNIT}"
    [(address, mail)] = desk.sent("email")
    assert (address, "andino" in f"{asked} {mail.text} {mail.html} {mail.subject}".casefold()) == ("ana@example.com", False)
    # A typed yes names nothing: it is asked again with the buttons.
    assert chat.says("sí", "affirm") == ["utter_disclosure_asked"]
    assert chat.event("agree_disclosure", "Sí, acepto", vacancy_number=str(vacancy.number)) == ["utter_disclosure_open"]
    assert chat.value("utter_disclosure_open", "company") == CLIENT_NAME
    chat.event("choose_vacancy", "Dirección", vacancy_number=str(vacancy.number))
    assert CLIENT_NAME in chat.value("utter_vacancy_details", "facts")
    hand_on(desk)
    assert [notice["response"] for notice in notices(desk)] == ["utter_disclosure_asked"]  # answered in the chat itself

    words = desk.rows(select(DisclosureAgreement).order_by(DisclosureAgreement.id))
    assert [(word.side, word.granted, word.source, word.version) for word in words] == [
        ("client", True, "link", "2026-11-28"), ("candidate", True, "chat", "2026-11-28"),
    ]  # fmt: skip
    assert all(word.at == desk.now for word in words)


def test_a_yes_of_the_person_alone_opens_nothing_until_the_clients(talk: Open, desk: Desk) -> None:
    vacancy = search(desk)
    chat = talk(UNIT)
    person = applied(chat, desk, vacancy)
    chat.says("¿es confidencial?", "confidential_search")
    assert chat.picks("Acepto que me conozcan") == ["utter_disclosure_noted"]
    assert "andino" not in everything(chat)

    client_says(desk, vacancy, person)
    hand_on(desk)
    [told] = notices(desk)
    assert (told["response"], told["values"]["company"]) == ("utter_disclosure_opened", CLIENT_NAME)


@pytest.mark.parametrize("who", ["candidate", "client"])
def test_whoever_takes_their_yes_back_closes_it_for_both(talk: Open, desk: Desk, who: str) -> None:
    vacancy = search(desk)
    chat = talk(UNIT)
    person = applied(chat, desk, vacancy)
    client_says(desk, vacancy, person)
    chat.event("agree_disclosure", "Sí, acepto", vacancy_number=str(vacancy.number))
    if who == "client":
        client_says(desk, vacancy, person, granted=False)
    else:
        assert chat.event("refuse_disclosure", "No", vacancy_number=str(vacancy.number)) == ["utter_disclosure_refused"]
    chat.event("choose_vacancy", "Dirección", vacancy_number=str(vacancy.number))
    assert "andino" not in everything(chat)


def test_a_stranger_learns_nothing_by_a_button_of_somebody_else(talk: Open, desk: Desk) -> None:
    vacancy = search(desk)
    person = applied(talk(UNIT), desk, vacancy)
    client_says(desk, vacancy, person)
    stranger = talk(UNIT)
    stranger.says("hola", "greet")
    stranger.picks("Sí, acepto")
    assert stranger.event("agree_disclosure", "Sí", vacancy_number=str(vacancy.number)) == ["utter_disclosure_none"]
    assert len(desk.rows(select(DisclosureAgreement))) == 1
