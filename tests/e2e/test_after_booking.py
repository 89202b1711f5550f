"""What a person does once an interview stands: move, confirm, arrive, ask, invite, be left in peace, withdraw."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tests.e2e.candidate import Candidate
from tests.e2e.office import PLACE
from tests.e2e.roads import Told, open_and_accept, walk_to_booked
from tests.e2e.town import Town

POSITION = "Cajera o cajero"


@pytest.fixture
def booked(town: Town) -> Candidate:
    """Somebody with an interview ahead."""
    person = town.candidate("whatsapp:amigro", "Rosa")
    told = Told(full_name="Rosa Elena Díaz Soto", first_name="Rosa", headline="cajera", skills="caja y ventas",
                email=f"rosa{person.user}@example.com")  # fmt: skip
    walk_to_booked(person, told, POSITION)
    return person


def interviews_of(town: Town, person: Candidate) -> list[str]:
    """The states of a person's interviews, oldest first."""
    rows = town.rows(
        "SELECT i.state FROM interviews i JOIN applications a ON a.id = i.application_id "
        "JOIN unit_profiles p ON p.id = a.profile_id WHERE p.email = %s ORDER BY i.id",
        f"rosa{person.user}@example.com",
    )
    return [row["state"] for row in rows]


def test_moved_confirmed_asked_after_and_cancelled(town: Town, booked: Candidate) -> None:
    """In the person's own words, and each with its answer."""
    offered = booked.says("quiero cambiar el horario de mi entrevista", "horarios")
    booked.presses(offered.titles[-1], "Confirmo")
    moved = booked.presses("Sí, confirmar", POSITION)
    assert "cambié" in moved.text
    assert [state for state in interviews_of(town, booked) if state == "booked"] == ["booked"]

    assert POSITION in booked.says("confirmo mi asistencia", POSITION).text
    status = booked.says("¿cómo va mi postulación?", POSITION)
    assert "Entrevista" in status.text

    booked.says("quiero cancelar mi entrevista", "Cancelo")
    kept = booked.says("mejor no", "")
    assert "sigue en pie" in kept.text
    booked.says("cancelar entrevista", "Cancelo")
    booked.presses("Sí, cancelarla", "cancelé")
    assert "booked" not in interviews_of(town, booked)

    told = town.wait_for(
        lambda: [m for m in town.vendors.mails(town.offices["amigro"].email) if "canceló" in m["subject"] and "Cajera" in m["subject"]],
        30, "the interviewer hears of it",
    )  # fmt: skip
    assert len(told) == 1


def test_a_location_days_before_is_no_arrival_but_finds_vacancies(booked: Candidate) -> None:
    answer = booked.shares(*PLACE)
    assert "km" in answer.text or "m" in answer.text
    assert "llegado" not in answer.text


def test_invitation_that_a_friend_follows(town: Town, booked: Candidate) -> None:
    """The person forwards the link; nobody writes to the friend, who arrives by it."""
    booked.says("quiero invitar a una amiga")
    link = next(
        word for shown in booked.settles() for word in shown.text.split() if word.startswith("https://wa.me/")
    )
    code = unquote(link.partition("text=")[2])
    friend = town.candidate("whatsapp:amigro", "Lucía")
    friend.says(code, "aviso de privacidad")
    friend.presses("Sí, acepto", "conocer más")
    found = town.rows("SELECT inviter_id, invited_id, accepted_at FROM referrals WHERE code = %s", code)
    assert len(found) == 1 and found[0]["accepted_at"] and found[0]["invited_id"] != found[0]["inviter_id"]


def test_baja_and_alta_are_obeyed_and_confirmed_once(town: Town, booked: Candidate) -> None:
    before = len(booked.received)
    booked.says("BAJA", "ALTA")
    booked.settles()
    assert len(booked.received) == before + 1
    gate = "SELECT cardinality(opted_out) AS n FROM conversations c JOIN chats h ON h.id = c.chat_id WHERE h.user_id = %s"
    assert town.rows(gate, booked.user)[0]["n"]
    booked.says("alta", "BAJA")
    assert not town.rows(gate, booked.user)[0]["n"]


def test_withdrawn_with_its_interview(town: Town, booked: Candidate) -> None:
    booked.says("quiero retirar mi postulación", POSITION)
    booked.presses("Sí, retirarla", "retiré")
    assert "booked" not in interviews_of(town, booked)


def test_a_question_in_the_middle_of_the_registration_is_answered_and_it_goes_on(town: Town) -> None:
    person = town.candidate("whatsapp:amigro", "Inés")
    open_and_accept(person)
    person.presses("Registro", "nombre completo")
    person.says("¿me van a cobrar?")
    said = [shown.text for shown in person.settles()]
    assert "gratis" in said[0] and "nombre completo" in said[-1]
    person.says("Inés Robles Cano", "correo")
