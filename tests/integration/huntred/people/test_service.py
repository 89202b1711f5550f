"""People register in a conversation and correct what they said, on PostgreSQL."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from huntred.conversations.models import Chat, Conversation
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.people import repository, service
from huntred.people.models import Person, PersonIdentity, UnitProfile
from tests.factories.desk import Desk


def _found(uow: UnitOfWork, text: str = "", **narrowed: str) -> list[UnitProfile]:
    return list(uow.session.scalars(repository.matching(uow.session, text, **narrowed)))


def test_a_conversation_has_one_person(desk: Desk) -> None:
    """Asked for again, it is the same one; chat, conversation and identity name that person."""
    conversation = desk.chat()
    with desk.work() as uow:
        first = service.person_of(uow, conversation.id, now=desk.now).id
    with desk.work() as uow:
        assert service.person_of(uow, conversation.id, now=desk.now).id == first

    assert desk.one(Conversation, conversation.id).person_id == first
    assert desk.one(Chat, conversation.chat_id).person_id == first
    assert [identity.person_id for identity in desk.rows(select(PersonIdentity))] == [first]
    assert desk.rows(select(func.count()).select_from(Person)) == [1]


def test_a_phone_that_the_vendor_tells_need_not_be_asked_for(desk: Desk) -> None:
    conversation = desk.chat(user_id="5215512345678")
    with desk.work() as uow:
        person = service.person_of(uow, conversation.id, now=desk.now)
        assert service.profile_of(uow, person.id).phone == "+525512345678"


def test_what_was_told_is_recapped_in_order(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = service.person_of(uow, conversation.id, now=desk.now)
        service.set_fields(
            uow,
            person.id,
            {
                "skills": "ventas, caja y excel",
                "full_name": "ana maría lópez de la cruz",
                "salary": "15 mil",
                "birth_date": "3 de mayo del 98",
                "work_permit": "tarjeta humanitaria",
                "experience_years": "2 años y medio",
                "city": "cdmx",
            },
            now=desk.now,
        )
    with desk.work() as uow:
        lines = {line.field: line.value for line in service.recap(uow, person.id)}
        assert list(lines) == [
            "first_name", "last_name", "second_last_name", "phone", "birth_date", "work_permit", "city",
            "experience_years", "skills", "salary",
        ]  # fmt: skip
        assert lines["salary"] == "$15,000.00 MXN mensuales"
        assert lines["birth_date"] == "3 de mayo de 1998"
        assert lines["second_last_name"] == "de la Cruz"
        assert lines["experience_years"] == "2.5 años"
        assert lines["skills"] == "ventas, caja, excel"


def test_one_wrong_answer_of_several_changes_nothing(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = service.person_of(uow, conversation.id, now=desk.now)
        with pytest.raises(FieldInvalid) as refused:
            service.set_fields(uow, person.id, {"first_name": "Ana", "email": "no tengo"}, now=desk.now)
        assert (refused.value.field, refused.value.problem) == ("email", "not_an_email")
        assert service.profile_of(uow, person.id).first_name == ""


def test_what_an_application_needs_is_asked_for_until_it_is_told(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = service.person_of(uow, conversation.id, now=desk.now)
        assert service.missing_fields(uow, person.id) == ["first_name", "last_name", "email", "city", "skills"]
        service.set_fields(
            uow, person.id, {"full_name": "Ana Ruiz", "email": "ana@example.com", "city": "Puebla"}, now=desk.now
        )
        assert service.missing_fields(uow, person.id) == ["skills"]
        assert service.profile_of(uow, person.id).completed_at is None
        service.set_field(uow, person.id, "skills", "soldadura", now=desk.now)
        assert service.missing_fields(uow, person.id) == []
        assert service.profile_of(uow, person.id).completed_at == desk.now


def test_a_birth_date_is_encrypted_at_rest(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = service.person_of(uow, conversation.id, now=desk.now)
        service.set_field(uow, person.id, "birth_date", "03/05/1998", now=desk.now)
    with desk.admin.connect() as connection:
        stored = connection.exec_driver_sql("SELECT birth_date_sealed FROM unit_profiles").scalar_one()
    assert stored.startswith("v1.test.")
    assert "1998" not in stored


def test_what_one_unit_was_told_another_does_not_see(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = service.person_of(uow, conversation.id, now=desk.now)
        service.set_field(uow, person.id, "email", "ana@example.com", now=desk.now)
    with desk.work("huntred_executive") as uow:
        with pytest.raises(NotFound):
            service.profile_of(uow, person.id)
        assert _found(uow, "ana@example.com") == []


def test_people_are_found_whatever_accents_are_typed(desk: Desk) -> None:
    profiles = [
        desk.profile(first_name="Núñez", last_name="Ángel", skills=["Soldadura"], city="Mérida"),
        desk.profile(first_name="Luis", last_name="Peña", skills=["Ventas"], city="León"),
    ]
    with desk.work() as uow:
        for profile in profiles:
            row = uow.session.get_one(UnitProfile, profile.id)
            service.refresh_search_text(row)
    with desk.work() as uow:
        assert [found.id for found in _found(uow, "nunez angel")] == [profiles[0].id]
        assert [found.id for found in _found(uow, skill="VENTAS")] == [profiles[1].id]
        assert [found.id for found in _found(uow, place="merida")] == [profiles[0].id]
        assert _found(uow, "100%") == []


def test_an_optional_answer_can_be_forgotten(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = service.person_of(uow, conversation.id, now=desk.now)
        service.set_fields(uow, person.id, {"salary": "12-14k", "email": "ana@example.com"}, now=desk.now)
        assert service.profile_of(uow, person.id).salary_amount == Decimal("12000.00")
        service.clear_field(uow, person.id, "salary", now=desk.now)
        assert service.profile_of(uow, person.id).salary_amount is None
        with pytest.raises(FieldInvalid):
            service.clear_field(uow, person.id, "email", now=desk.now)


def test_a_busy_action_leaves_the_chat_to_its_lease_arrivals_and_the_line_that_we_are_slow(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = service.person_of(uow, conversation.id, now=desk.now)
    with desk.work() as busy:
        assert service.person_of(busy, conversation.id, now=desk.now).id == person.id
        with desk.admin.begin() as other:
            other.execute(text("SET LOCAL lock_timeout = '1s'"))
            # As bot/lane.py locks it for a commit, renews a lease, and as a new message refers to it.
            for statement in (
                "SELECT id FROM chats WHERE id = :chat FOR NO KEY UPDATE",
                "SELECT id FROM chats WHERE id = :chat FOR KEY SHARE",
                "UPDATE chats SET due = now() WHERE id = :chat",
            ):  # fmt: skip
                other.execute(text(statement), {"chat": conversation.chat_id})


def test_nobody_is_merged_away_while_an_action_works_with_them(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        service.person_of(uow, conversation.id, now=desk.now)
    with desk.work() as busy:
        service.person_of(busy, conversation.id, now=desk.now)
        with desk.admin.begin() as other, pytest.raises(OperationalError):
            other.execute(text("SET LOCAL lock_timeout = '200ms'"))
            other.execute(text("SELECT id FROM chats WHERE id = :chat FOR UPDATE"), {"chat": conversation.chat_id})
