"""Somebody's very first message, digressions outside forms, corrections without a value, and what is hardly understood."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from huntred.conversations.models import Conversation, Handoff
from huntred.people.models import UnitProfile
from tests.factories.desk import Desk
from tests.integration.actions.test_candidate_road import Open, consented, registered, vacancy

OPENING = ["utter_welcome", "utter_privacy_notice"]


@pytest.mark.parametrize(
    ("text", "intent", "entities"),
    [
        ("me llamo Ana López", "inform", {"name": "Ana López"}), ("INV-7KQ2M9XA", "nlu_fallback", {}),
        ("3", "choose_option", {"option_number": "3"}), ("asdf", "out_of_scope", {}), ("sí", "affirm", {}),
        ("busco trabajo de cajera", "search_jobs", {"title": "cajera"}), ("mis datos", "update_profile", {}),
    ],
)  # fmt: skip
def test_whatever_comes_first_is_answered_by_the_notice(
    talk: Open, desk: Desk, text: str, intent: str, entities: dict[str, str]
) -> None:
    chat = talk()
    assert chat.says(text, intent, **entities) == OPENING
    assert desk.rows(select(UnitProfile.first_name)) in ([], [""])
    assert "utter_privacy_accepted" in chat.says("sí", "affirm")


@pytest.mark.parametrize("unit", ["amigro", "huntu", "huntred_executive", "huntred_solutions", "sexsi"])
def test_a_question_that_comes_first_is_answered_before_the_notice(talk: Open, desk: Desk, unit: str) -> None:
    chat = talk(unit, "telegram")
    assert chat.says("es gratis?", "faq_cost") == ["utter_welcome", "utter_faq_cost", "utter_privacy_notice"]
    assert chat.says("es gratis?", "faq_cost") == ["utter_faq_cost", "utter_explain_privacy"]


def test_who_asks_for_a_person_first_gets_one_and_the_notice_to_read(talk: Open, desk: Desk) -> None:
    chat = talk()
    heard = chat.says("quiero hablar con alguien", "contact_human")
    assert heard == ["utter_welcome", "utter_handoff_queued", "utter_notice_link"]
    assert chat.value("utter_notice_link", "url")
    assert desk.rows(select(Conversation.handling)) == ["queued"]


def test_stop_is_obeyed_without_a_word_more(talk: Open, desk: Desk) -> None:
    assert talk().says("ALTO", "opt_out") == ["utter_opted_out"]


def test_an_address_is_not_asked_for_before_the_notice(talk: Open, desk: Desk) -> None:
    chat = talk()
    assert chat.event("status_by_email") == OPENING
    assert chat.picks("Sí, acepto") == ["utter_privacy_accepted", "utter_ask_code_email"]


def test_a_digression_comes_back_to_the_list(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    chat = consented(talk())
    assert chat.says("de cajera", "search_jobs", title="cajera") == ["utter_vacancies_found"]
    assert chat.says("es gratis?", "faq_cost") == ["utter_faq_cost", "utter_vacancies_again"]
    assert chat.says("asdf", "nlu_fallback", 0.3) == ["utter_rephrase", "utter_vacancies_again"]
    assert chat.picks("Cajera") == ["utter_vacancy_details"]
    assert chat.says("piden papeles?", "faq_documents") == ["utter_faq_documents", "utter_explain_apply"]


def test_where_nothing_is_awaited_an_answer_leads_on(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    assert chat.says("es gratis?", "faq_cost") == ["utter_faq_cost", "utter_what_next"]
    assert chat.says("gracias", "thank") == ["utter_thank"]


def test_omit_is_no_yes(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    chat.says("mis datos", "update_profile")
    assert chat.says("omitir", "affirm") == ["utter_explain_recap"]


def test_a_mistake_that_is_only_named_is_asked_for_and_the_question_comes_back(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.says("registrarme", "register")
    chat.says("Ana María López", "inform", name="Ana María López")
    assert chat.says("ana@example.com", "inform", email="ana@example.com") == ["utter_ask_work_permit"]
    assert chat.says("me equivoqué en el correo", "correct_field", field="email") == ["utter_ask_new_value", "utter_ask_email"]
    assert chat.says("ana.lopez@example.com", "inform", email="ana.lopez@example.com") == ["utter_corrected", "utter_ask_work_permit"]
    assert desk.rows(select(UnitProfile.email)) == ["ana.lopez@example.com"]


def test_what_is_hardly_understood_goes_from_a_guess_to_a_person(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    chat.says("hola", "greet")

    def mumbles() -> list[str]:
        ranking = [("nlu_fallback", 0.7), ("search_jobs", 0.2), ("out_of_scope", 0.1), ("register", 0.08)]
        names = [{"name": name, "confidence": confidence} for name, confidence in ranking]
        return chat._turn({"text": "mm", "intent": names[0], "entities": [], "intent_ranking": names, "metadata": {}})

    assert mumbles() == ["utter_did_you_mean"]
    assert chat.titles == ["Ver oportunidades", "Registrarme", "Menú"]
    assert mumbles() == ["utter_fallback_options"]
    assert mumbles() == ["utter_ask_handoff"]
    assert chat.picks("Sí, por favor") == ["utter_handoff_queued"]
    assert desk.rows(select(Handoff.state)) == ["queued"]
