"""References in the chat: a consent first, five questions read back, corrections, a no at any time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from huntred.people.models import Consent
from huntred.references.models import Referee, ReferenceRequest
from tests.factories.desk import Desk
from tests.factories.references import UNIT, Case, asked, seeded
from tests.factories.talk import Client, Talk

Open = Callable[..., Talk]


def chat_of(case: Case, server: Client) -> Talk:
    return Talk(server, f"{case.unit}:{case.conversation.id}", "telegram")


def told(chat: Talk, *, name: str = "Laura Méndez", contact: str = "laura@example.com") -> list[str]:
    """All five answers; returns what was said to the last."""
    chat.says(name, "inform")
    chat.picks("Mi jefatura directa")
    chat.says("Grupo Andino", "inform", 0.5)
    chat.says(contact, "inform")
    return chat.says("de 2018 a 2021", "inform")


@pytest.mark.parametrize("unit", ["huntred", "huntred_executive"])
def test_from_the_notice_to_the_list(desk: Desk, server: Client, database: Any, keys: Any, unit: str) -> None:
    if unit == "huntred":
        seeded(desk, database, keys, unit)
    case = asked(desk, unit)
    chat = chat_of(case, server)

    assert chat.event("give_references", "Dar referencias", request_id=str(case.request_id)) == [
        "utter_ask_references_consent"
    ]
    assert chat.says("mmm no sé", "unsure") == ["utter_unsure", "utter_explain_references_consent"] or chat.heard == [
        "utter_explain_references_consent"
    ]
    assert chat.picks("Sí, doy mi permiso") == ["utter_ask_referee_name"]
    [consent] = desk.rows(select(Consent).where(Consent.purpose == "references"))
    assert consent.granted and consent.evidence["conversation_id"] == str(case.conversation.id)

    assert told(chat) == ["utter_ask_referee_recap"]
    recap = chat.value("utter_ask_referee_recap", "recap")
    assert "Laura Méndez" in recap and "laura@example.com" in recap and "2018–2021" in recap
    assert desk.rows(select(Referee)) == []  # kept only once it was confirmed
    assert chat.says("sí", "affirm") == ["utter_ask_referee_name"]
    assert "No tengo más" in chat.titles

    assert told(chat, name="se llama Bruno Gil", contact="844 123 4567") == ["utter_ask_referee_recap"]
    assert chat.says("sí, está bien", "affirm") == ["utter_ask_references_send"]
    assert "Bruno Gil" in chat.value("utter_ask_references_send", "referees")
    case.hand_on()
    assert case.mails("laura@example.com") == []  # the list is not confirmed yet
    assert chat.picks("Sí, escríbanles") == ["utter_references_given"]
    case.hand_on()
    assert case.request.state == "given" and len(case.mails("laura@example.com")) == 1

    assert chat.says("cómo van mis referencias", "update_profile") == ["utter_references_standing"]
    standing = chat.value("utter_references_standing", "referees")
    assert "le escribimos" in standing and "le llamamos" in standing
    assert chat.picks("Retirar mi permiso") == ["utter_references_withdrawn"]
    assert {one.state for one in case.referees} == {"dropped"}


def begun(desk: Desk, server: Client, wanted: int = 2) -> tuple[Case, Talk]:
    case = asked(desk, wanted=wanted)
    chat = chat_of(case, server)
    chat.event("give_references", "Dar referencias", request_id=str(case.request_id))
    chat.picks("Sí, doy mi permiso")
    return case, chat


def test_what_is_wrong_is_asked_again_and_put_right(desk: Desk, server: Client) -> None:
    _, chat = begun(desk, server)
    assert chat.says("¿y eso para qué?", "inform", 0.4) == ["utter_invalid_referee_name"]
    # A question in between is answered, and the name asked for again.
    assert chat.says("¿cobran?", "faq_cost") == ["utter_faq_cost", "utter_ask_referee_name"]
    chat.says("Laura Méndez", "inform")
    assert chat.says("una amiga", "inform", 0.5) == ["utter_invalid_referee_relation"]
    assert chat.says("era mi jefa", "inform") == ["utter_ask_referee_company"]
    chat.says("Grupo Andino", "inform")
    assert chat.says("por linkedin", "inform") == ["utter_invalid_referee_contact"]
    assert chat.says("ana@example.com", "inform") == ["utter_ask_referee_period"]
    assert chat.says("hace mucho", "inform") == ["utter_invalid_referee_period"]
    assert chat.says("desde 2020 a la fecha", "inform") == ["utter_ask_referee_recap"]
    assert "desde 2020 a la fecha" in chat.value("utter_ask_referee_recap", "recap")
    # The candidate's own address is no referee's.
    assert chat.says("sí", "affirm") == ["utter_error_referee_twice", "utter_ask_referee_contact"]
    assert chat.says("laura@example.com", "inform") == ["utter_ask_referee_recap"]
    assert chat.picks("Corregir") == ["utter_ask_referee_fix"]
    assert chat.picks("La empresa") == ["utter_ask_referee_company"]
    assert chat.says("Textiles Luna", "inform") == ["utter_ask_referee_recap"]
    assert chat.says("el nombre está mal", "correct_field", field="full_name") == ["utter_ask_referee_name"]
    assert chat.says("Laura Méndez Ríos", "inform") == ["utter_ask_referee_recap"]
    chat.says("sí", "affirm")
    [kept] = desk.rows(select(Referee))
    assert (kept.name, kept.company, kept.from_year, kept.to_year) == ("Laura Méndez Ríos", "Textiles Luna", 2020, None)


def test_fewer_than_asked_for_one_taken_off_and_later(desk: Desk, server: Client) -> None:
    case, chat = begun(desk, server, wanted=3)
    told(chat)
    chat.says("sí", "affirm")
    assert chat.picks("No tengo más") == ["utter_ask_references_send"]
    assert chat.picks("Quitar: Laura") == ["utter_referee_removed", "utter_ask_referee_name"]
    told(chat)
    chat.says("sí", "affirm")
    assert chat.says("no", "deny") == ["utter_ask_references_send"]
    assert chat.picks("Todavía no") == ["utter_references_kept"]
    assert case.request.state == "agreed" and case.referees[0].state == "named"

    assert chat.says("quiero dar mis referencias", "update_profile") == ["utter_ask_referee_name"]
    chat.picks("No tengo más")
    assert chat.says("sí, escríbanles", "affirm") == ["utter_references_given"]


@pytest.mark.parametrize("how", ["button", "words", "consent", "in the form"])
def test_a_no_is_fine_at_any_time(desk: Desk, server: Client, how: str) -> None:
    case = asked(desk)
    chat = chat_of(case, server)
    if how == "button":
        heard = chat.event("refuse_references", "Ahora no", request_id=str(case.request_id))
    elif how == "words":
        heard = chat.says("no quiero dar referencias ahora", "deny")
    else:
        chat.event("give_references", "Dar referencias", request_id=str(case.request_id))
        if how == "consent":
            heard = chat.picks("Por ahora no")
        else:
            chat.picks("Sí, doy mi permiso")
            heard = chat.says("no quiero dar referencias ahora", "deny")
    assert heard == ["utter_references_declined"]
    assert case.request.state == "declined" and chat.form is None
    assert [one.granted for one in desk.rows(select(Consent).where(Consent.purpose == "references"))][-1] is False


def test_a_bare_yes_or_no_to_the_notice_shows_what_is_agreed_to(desk: Desk, server: Client) -> None:
    case = asked(desk)
    for said, intent in (("sí", "affirm"), ("no", "deny")):
        assert chat_of(case, server).says(said, intent) == ["utter_ask_references_consent"]
    assert case.request.state == "asked"


def test_another_person_s_request_is_not_there(desk: Desk, server: Client, talk: Open) -> None:
    case = asked(desk)
    chat = talk(UNIT)
    chat.says("hola", "greet")
    chat.picks("Sí, acepto")
    chat.says("no", "deny")
    assert chat.event("give_references", "x", request_id=str(case.request_id)) == ["utter_references_none"]
    assert chat.event("refuse_references", "x", request_id=str(case.request_id)) == ["utter_references_none"]
    assert case.request.state == "asked"


def test_preferences_are_no_references_and_the_profile_opens_as_ever(desk: Desk, server: Client) -> None:
    case = asked(desk)
    assert "utter_recap" in chat_of(case, server).says("cambiar mis preferencias", "update_profile")


def test_past_the_day_the_form_ends_kindly(desk: Desk, server: Client) -> None:
    case, chat = begun(desk, server)
    told(chat)
    desk.now += timedelta(days=20)
    assert chat.says("sí", "affirm") == ["utter_error_references_over"]
    assert chat.form is None
    assert desk.one(ReferenceRequest, case.request_id).state == "agreed"
    assert chat.says("dar mis referencias", "update_profile")[0] == "utter_recap"


def test_elsewhere_nothing_is_promised(desk: Desk, talk: Open) -> None:
    chat = talk("amigro")
    chat.says("hola", "greet")
    chat.picks("Sí, acepto")
    chat.says("no", "deny")
    assert chat.event("give_references", "x") == ["utter_references_elsewhere"]
