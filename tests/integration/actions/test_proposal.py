"""A company asks huntRED Solutions for a proposal, and a consultant finds who asks and what for."""

from __future__ import annotations

from sqlalchemy import select

from huntred.conversations.models import Conversation, Handoff
from huntred.people.models import UnitProfile
from tests.factories.desk import Desk
from tests.factories.talk import Talk
from tests.integration.actions.test_candidate_road import Open, consented

NEED = "queremos mejorar el clima de un equipo de 80 personas"


def asked_about(talk: Open) -> Talk:
    """Who asks is known; the organisation is asked for."""
    chat = consented(talk("huntred_solutions", "web"))
    assert chat.says("quiero una propuesta", "request_proposal") == ["utter_proposal_start", "utter_ask_full_name"]
    assert chat.says("Laura Méndez Ruiz", "inform") == ["utter_ask_email"]
    assert chat.says("laura@example.com", "inform") == ["utter_ask_phone"]
    assert chat.says("55 1234 5678", "inform") == ["utter_ask_organisation"]
    return chat


def test_the_request_waits_for_a_consultant_with_all_that_was_told(talk: Open, desk: Desk) -> None:
    chat = asked_about(talk)
    assert chat.says("Alimentos del Norte", "inform") == ["utter_ask_service"]
    assert chat.picks("Cultura") == ["utter_ask_need"]
    assert chat.says(NEED, "out_of_scope") == ["utter_proposal_requested"]

    (handoff,) = desk.rows(select(Handoff))
    assert handoff.state == "queued"
    assert handoff.reason == f"Propuesta para Alimentos del Norte. Tema: Cultura y clima. {NEED}"
    assert desk.rows(select(Conversation.handling)) == ["queued"]
    assert desk.rows(select(UnitProfile.email)) == ["laura@example.com"]


def test_a_question_in_between_is_answered_and_the_form_goes_on(talk: Open, desk: Desk) -> None:
    chat = asked_about(talk)
    assert chat.says("¿cuánto cobran?", "faq_cost") == ["utter_faq_cost", "utter_ask_organisation"]
    chat.says("Alimentos del Norte", "inform")
    assert chat.says("la verdad no sé", "unsure") == ["utter_ask_need"]
    assert chat.says("¿cuánto tardan?", "faq_process_time") == ["utter_faq_process_time", "utter_ask_need"]
    assert chat.says("ok", "affirm") == ["utter_invalid_need"]
    chat.says(NEED, "request_proposal")
    assert "Tema: por definir" in desk.rows(select(Handoff.reason))[0]


def test_an_earlier_button_corrects_what_it_was_for(talk: Open, desk: Desk) -> None:
    chat = asked_about(talk)
    chat.says("Alimentos del Norte", "inform")
    services = list(chat.offered)
    chat.picks("Cultura")
    assert chat.presses(services[0]["payload"], services[0]["title"]) == ["utter_ask_need"]
    chat.says(NEED, "inform")
    assert "Tema: Recursos humanos" in desk.rows(select(Handoff.reason))[0]


def test_leaving_keeps_nobody_waiting(talk: Open, desk: Desk) -> None:
    chat = asked_about(talk)
    assert chat.says("menú", "show_menu") == ["utter_menu"]
    assert desk.rows(select(Handoff)) == []
    # Who asks again is known already.
    assert chat.says("una propuesta", "request_proposal") == ["utter_proposal_start", "utter_ask_organisation"]


def test_whoever_waits_already_is_not_asked_for_twice(talk: Open, desk: Desk) -> None:
    chat = asked_about(talk)
    assert chat.says("quiero hablar con una persona", "contact_human") == ["utter_handoff_queued"]
    chat.says("una propuesta", "request_proposal")
    chat.says("Alimentos del Norte", "inform")
    chat.picks("Por definir")
    chat.says(NEED, "inform")
    (handoff,) = desk.rows(select(Handoff))
    assert handoff.reason.startswith("quiero hablar con una persona · Propuesta para Alimentos del Norte.")


def test_units_for_people_who_look_for_work_offer_a_person_instead(talk: Open, desk: Desk) -> None:
    chat = consented(talk("huntu"))
    assert chat.says("quiero una propuesta", "request_proposal")[0] == "utter_request_proposal"
