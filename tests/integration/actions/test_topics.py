"""What a person may want besides a job: the group, a person, their data, an end to messages, a way out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from huntred.conversations.models import Chat, Conversation, Handoff
from huntred.people.models import Consent, Referral, UnitProfile
from huntred.privacy.models import OneTimeCode
from tests.factories.desk import Desk
from tests.integration.actions.test_candidate_road import Open, applied, consented, registered, vacancy


def test_whoever_writes_first_is_told_who_we_are(talk: Open, desk: Desk) -> None:
    chat = talk()
    assert chat.says("asdf", "nlu_fallback", 0.3) == ["utter_welcome", "utter_privacy_notice"]


def test_what_is_not_understood_is_asked_again_and_then_ways_on_are_shown(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.picks("No, gracias")
    assert chat.says("asdf", "nlu_fallback", 0.3) == ["utter_rephrase"]
    assert chat.says("qwer", "nlu_fallback", 0.3) == ["utter_fallback_options"]
    assert "Hablar con una persona" in chat.titles
    assert chat.says("menú", "show_menu") == ["utter_menu"]
    assert chat.says("asdf", "nlu_fallback", 0.3) == ["utter_rephrase"]


def test_the_step_is_explained_where_an_answer_is_awaited(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    chat.says("actualizar", "update_profile")
    assert chat.says("asdf", "nlu_fallback", 0.3) == ["utter_explain_recap"]
    assert chat.says("sí", "affirm") == ["utter_profile_complete"]


def test_yes_no_and_numbers_without_a_question(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.picks("No, gracias")
    assert chat.says("sí", "affirm") == ["utter_affirm"]
    assert chat.says("no", "deny") == ["utter_deny"]
    assert chat.says("no sé", "unsure") == ["utter_unsure"]
    assert chat.says("la 7", "choose_option", option_number="7") == ["utter_choose_unknown"]


def test_who_goes_in_a_circle_is_shown_ways_on(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.picks("No, gracias")
    assert [chat.says("no sé", "unsure") for _ in range(2)] == [["utter_unsure"], ["utter_unsure"]]
    assert chat.says("quién sabe", "unsure") == ["utter_ways_on"]
    assert "Hablar con una persona" in chat.titles
    assert chat.says("quién sabe", "unsure") == ["utter_unsure"]


def test_what_one_asks_of_ones_own_is_told_however_often(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    chat = registered(talk())
    applied(chat, desk)
    told = [chat.says("¿cómo voy?", "check_application_status") for _ in range(3)]
    assert [each[0] for each in told] == ["utter_status"] * 3
    assert [each[1:] for each in told] == [[], [], ["utter_ways_on"]]


def test_a_question_that_was_only_explained_may_still_be_answered(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    explained = ["utter_chitchat", "utter_explain_learn_more"]
    assert [chat.says("qué calor", "chitchat") for _ in range(2)] == [explained, explained]
    assert chat.says("qué frío", "chitchat") == ["utter_ways_on"]
    assert chat.says("sí", "affirm")[0] == "utter_about_business_unit"


def test_what_is_pressed_is_shown_however_often(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.picks("No, gracias")
    assert [chat.presses("/show_menu", "Menú") for _ in range(4)] == [["utter_menu"]] * 4


def test_pieces_are_in_the_language_of_the_conversation_where_the_unit_speaks_it(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    chat.slots["language"] = "en"
    chat.says("update my profile", "update_profile")
    assert "• Email: " in chat.value("utter_recap", "recap")
    chat.slots["language"] = "de"
    chat.says("update my profile", "update_profile")
    assert "• Correo: " in chat.value("utter_recap", "recap")


def test_not_knowing_is_no_town(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.says("registro", "register")
    chat.says("Ana Ruiz Paz", "inform")
    chat.says("ana@example.com", "inform")
    chat.says("8112345678", "inform")
    while "utter_ask_city" not in chat.heard:
        chat.says("omitir", "skip")
    assert chat.says("hijole quien sabee", "unsure", 0.69) == ["utter_invalid_city"]
    assert chat.says("no sé", "inform") == ["utter_invalid_city"]
    assert "utter_ask_headline" in chat.says("en Monterrey", "unsure", 0.7)


def test_a_yes_to_a_list_shows_the_list_again(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    chat = registered(talk())
    assert chat.says("busco trabajo", "search_jobs") == ["utter_vacancies_found"]
    assert chat.says("sí", "affirm") == ["utter_vacancies_again"]
    assert chat.says("la quinta", "choose_option") == ["utter_choose_unclear", "utter_vacancies_again"]
    assert chat.titles[0].startswith("Cajera"), "what can be chosen stands there again"
    assert chat.says("gracias", "thank") == ["utter_thank"]
    assert chat.says("¿y de vendedora?", "out_of_scope", title="vendedora")[-1] in {
        "utter_vacancies_found", "utter_no_vacancy_fits",
    }  # fmt: skip


def test_where_a_town_has_nothing_that_is_said_first(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    chat = registered(talk())
    assert chat.says("de cajera en Tijuana", "search_jobs", title="cajera", place="Tijuana") == [
        "utter_nothing_there", "utter_vacancies_found",
    ]  # fmt: skip
    assert chat.says("¿y de cajera en Saltillo?", "nlu_fallback", 0.3, title="cajera", place="Saltillo") == [
        "utter_vacancies_found"
    ]


def test_a_recap_can_still_be_called_right_once_a_correction_was_begun(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    chat.says("actualizar", "update_profile")
    assert chat.says("no", "deny") == ["utter_ask_which_field"]
    assert chat.says("sí, son correctos", "affirm") == ["utter_profile_complete"]


def test_both_surnames_are_corrected_at_once(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    chat.says("actualizar", "update_profile")
    said = "no, mis apellidos son Arriaga y Montes de Oca"
    assert chat.says(said, "correct_field") == ["utter_corrected", "utter_recap"]
    assert desk.rows(select(UnitProfile.last_name)) == ["Arriaga"]
    assert desk.rows(select(UnitProfile.second_last_name)) == ["Montes de Oca"]
    assert chat.says("mis apellidos están mal", "correct_field") == ["utter_ask_which_field"]


def test_what_nobody_asked_for_is_kept_for_the_search(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    chat = consented(talk())
    chat.picks("No, gracias")
    assert chat.says("soy cajera", "inform", title="cajera") == ["utter_inform"]
    assert chat.picks("Ver oportunidades") == ["utter_vacancies_found"]


def test_data_before_the_consent_is_not_kept(talk: Open, desk: Desk) -> None:
    chat = talk()
    assert chat.says("qué opinas del futbol", "out_of_scope") == ["utter_welcome", "utter_privacy_notice"]
    assert chat.says("me llamo Ana López", "inform", name="Ana López") == ["utter_explain_privacy"]
    assert desk.rows(select(UnitProfile.first_name)) == [""]
    assert chat.says("un poema", "out_of_scope") == ["utter_out_of_scope", "utter_explain_privacy"]
    assert chat.says("sí", "affirm") == ["utter_privacy_accepted", "utter_ask_learn_more"]


def test_curp_is_asked_for_by_a_link_only(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    assert chat.picks("Agregar mi CURP") == ["utter_private_data"]
    assert chat.value("utter_private_data", "url").startswith("http://office.test/p/")


def test_begin_again_forgets_the_step_and_keeps_the_person(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    chat.says("retirar", "register")
    assert chat.says("reiniciar", "restart") == ["utter_restarted", "utter_welcome_back", "utter_menu"]
    assert chat.value("utter_welcome_back", "name") == "Ana María"
    assert chat.says("adiós", "goodbye") == ["utter_goodbye"]


@pytest.mark.parametrize("word", ["ALTO", "baja", "Stop."])
def test_one_word_ends_our_messages(talk: Open, desk: Desk, word: str) -> None:
    chat = consented(talk())
    assert chat.says(word, "opt_out", 0.5) == ["utter_opted_out"]
    assert set(desk.rows(select(Conversation.opted_out))[0]) == {"notice", "promotion"}
    assert chat.says("alta", "opt_in") == ["utter_opted_in"]
    assert desk.rows(select(Conversation.opted_out)) == [[]]
    ledger = desk.rows(select(Consent.granted).where(Consent.purpose == "messages").order_by(Consent.at, Consent.id))
    assert ledger[0] is False
    assert ledger[-1] is True


def test_what_only_sounds_like_it_is_asked_about(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    assert chat.says("trabajé en planta baja", "opt_out") == ["utter_ask_opt_out"]
    assert chat.says("no", "deny") == ["utter_opt_out_kept"]
    assert desk.rows(select(Conversation.opted_out)) == [[]]
    chat.says("ya no quiero mensajes", "opt_out")
    assert chat.picks("Sí, ya no") == ["utter_opted_out"]


def test_a_person_is_asked_for(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    assert chat.says("quiero hablar con una persona", "contact_human") == ["utter_handoff_queued"]
    (handoff,) = desk.rows(select(Handoff))
    assert (handoff.state, handoff.reason) == ("queued", "quiero hablar con una persona")
    assert desk.rows(select(Conversation.handling)) == ["queued"]


def test_rights_over_data_reach_a_person(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    assert chat.says("borra mis datos", "delete_my_data") == ["utter_delete_my_data"]
    assert desk.rows(select(Handoff.reason)) == ["arco"]
    assert chat.says("aviso", "terms_privacy") == ["utter_terms"]


def test_the_notice_can_be_read_before_it_is_accepted(talk: Open, desk: Desk) -> None:
    chat = talk()
    assert chat.says("aviso de privacidad", "terms_privacy") == ["utter_welcome", "utter_privacy_notice"]
    assert chat.picks("No acepto") == ["utter_privacy_declined"]


def test_contact_of_the_unit(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    assert chat.event("contact_unit") == ["utter_contact"]
    assert chat.value("utter_contact", "email") == "hola@amigro.example.mx"


@pytest.mark.parametrize(
    ("language", "begins"), [("en", "Monday to Friday from 9:00 AM to 7:00 PM and Saturday"), ("", "lunes a viernes de")]
)
def test_hours_are_told_in_the_language_of_the_conversation(
    talk: Open, desk: Desk, language: str, begins: str
) -> None:
    chat = consented(talk())
    chat.slots["language"] = language or None
    chat.event("contact_unit")
    assert chat.value("utter_contact", "hours").startswith(begins)
    chat.says("quiero hablar con una persona", "contact_human")
    assert chat.value("utter_handoff_queued", "hours").startswith(begins)


def test_the_picker_offers_the_units_and_the_partner(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    assert chat.says("otras empresas", "choose_business_unit") == ["utter_choose_unit"]
    assert [button["payload"] for button in chat.offered if "choose_unit" in button["payload"]][:2] == [
        '/choose_unit{"business_unit": "amigro"}', '/choose_unit{"business_unit": "huntu"}'
    ]  # fmt: skip
    assert chat.titles[-1] == "Contacto"


def test_another_unit_takes_the_chat_over(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.says("otras empresas", "choose_business_unit")
    assert chat.picks("huntU") == ["utter_unit_changed", "utter_unit_direct"]
    (moved,) = desk.rows(select(Chat))
    assert moved.unit == "huntu"
    assert [row.kind for row in desk.inbox(moved.id)] == ["opened"]
    assert desk.rows(select(UnitProfile.unit)) == ["amigro"]


def test_a_named_unit_is_gone_to_at_once(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    assert chat.says("llévame a huntU", "choose_business_unit", business_unit="huntu") == [
        "utter_unit_changed", "utter_unit_direct"
    ]  # fmt: skip


def test_a_unit_that_is_not_here_is_refused_kindly(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    assert chat.event("choose_unit", business_unit="sexsi") == ["utter_error_unit_not_on_channel"]
    assert chat.event("choose_unit", business_unit="nowhere") == ["utter_error_not_found"]
    assert chat.event("choose_unit", business_unit="amigro") == ["utter_unit_same"]
    assert desk.rows(select(Chat.unit)) == ["amigro"]


def test_the_partner_is_told_once_name_phone_and_mail_are_known(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    assert chat.event("contact_partner") == ["utter_partner_needs", "utter_ask_full_name"]
    chat.says("Ana López", "inform", 0.5)
    assert chat.says("ana@example.com", "inform", 0.5) == ["utter_partner_told"]
    assert sorted(row.channel for row in desk.outbox() if row.source == "partner") == ["email", "whatsapp"]


def test_an_invitation_is_forwarded_and_counts_when_the_friend_agrees(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    assert chat.says("invitar", "invite_friend") == ["utter_invitation_intro", "utter_invitation_text"]
    code = chat.value("utter_invitation_text", "code")
    assert code in chat.value("utter_invitation_text", "url")

    friend = talk()
    assert friend.says(f"Hola, {code}", "greet") == ["utter_welcome", "utter_privacy_notice"]
    assert desk.rows(select(Referral.invited_id)) == [None]
    friend.picks("Sí, acepto")
    assert desk.rows(select(Referral.invited_id))[0] is not None


def test_a_code_that_is_none_stops_nobody(talk: Open, desk: Desk) -> None:
    friend = talk()
    friend.says("INV-XXXXXXXX", "greet")
    assert friend.picks("Sí, acepto") == [
        "utter_error_invitation_unknown", "utter_privacy_accepted", "utter_ask_learn_more"
    ]  # fmt: skip


def test_status_by_mail_needs_the_code_that_was_sent_there(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    applied(registered(talk()), desk)
    stranger = consented(talk())
    assert stranger.event("status_by_email") == ["utter_ask_code_email"]
    assert stranger.says("no es", "nlu_fallback", 0.3) == ["utter_invalid_code_email"]
    assert stranger.says("ana@example.com", "inform", 0.5) == ["utter_ask_code"]
    (mail,) = [message for address, message in desk.sent("email") if address == "ana@example.com" and message.text]
    code = next(word for word in mail.text.replace(".", " ").split() if word.isdigit() and len(word) == 6)
    wrong = "000000" if code != "000000" else "111111"
    assert stranger.says(wrong, "inform", 0.5) == ["utter_invalid_code"]
    assert stranger.says(code, "inform", 0.5) == ["utter_status_only"]


def test_an_unknown_address_gets_the_same_answer(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.event("status_by_email")
    assert chat.says("nadie@example.com", "inform", 0.5) == ["utter_ask_code"]
    assert [address for address, _ in desk.sent("email")] == []
    assert chat.says("menú", "show_menu") == ["utter_menu"]
    assert desk.rows(select(OneTimeCode.used_at)) in ([], [None])


def test_more_vacancies_and_another_search(talk: Open, desk: Desk) -> None:
    for number in range(7):
        vacancy(desk, title=f"Cajera {number}")
    chat = registered(talk())
    chat.says("ver vacantes", "search_jobs")
    first = {button["payload"] for button in chat.offered if "choose_vacancy" in button["payload"]}
    assert chat.picks("Ver más") == ["utter_vacancies_found"]
    second = {button["payload"] for button in chat.offered if "choose_vacancy" in button["payload"]}
    assert (len(first), len(second), first & second) == (5, 2, set())
    # Nothing more fits, so nothing more is offered; who writes it all the same is told.
    assert "Ver más" not in [button["title"] for button in chat.offered]
    assert chat.says("ver más", "more_vacancies") == ["utter_no_more_vacancies"]
    assert chat.picks("Otra búsqueda") == ["utter_ask_search"]
    assert chat.says("cajera en Saltillo", "search_jobs", title="cajera", place="Saltillo") == ["utter_vacancies_found"]


def test_a_vacancy_that_closed_meanwhile_says_so(talk: Open, desk: Desk) -> None:
    offer = vacancy(desk)
    chat = registered(talk())
    chat.says("ver vacantes", "search_jobs")
    desk.execute("UPDATE vacancies SET state = 'closed' WHERE id = :id", id=offer.id)
    assert chat.picks("Cajera") == ["utter_error_vacancy_not_open"]
    assert chat.says("detalles", "job_details", vacancy_number="99999") == ["utter_error_not_found"]


def test_withdrawing_one_of_several(talk: Open, desk: Desk) -> None:
    for title in ("Cajera de noche", "Cajera de día"):
        vacancy(desk, title=title)
    chat = registered(talk())
    for title in ("Cajera de noche", "Cajera de día"):
        chat.says("ver vacantes", "search_jobs")
        chat.picks(title)
        chat.picks("Postularme")
    assert chat.says("retirar", "withdraw_application") == ["utter_ask_which_withdraw"]
    assert chat.picks("Cajera de día") == ["utter_ask_withdraw"]
    assert chat.says("sí", "affirm") == ["utter_withdrawn"]


def test_executive_speaks_of_the_same_road(talk: Open, desk: Desk) -> None:
    chat = talk("huntred_executive", "telegram")
    assert chat.says("buen día", "greet") == ["utter_welcome", "utter_privacy_notice"]
    chat.picks("Sí, acepto")
    assert chat.says("registro", "register") == ["utter_register_start", "utter_ask_full_name"]
    chat.says("Roberto Garza", "inform", 0.5)
    chat.says("roberto@example.com", "inform", 0.5)
    assert chat.says("55 1234 5678", "inform", 0.5) == ["utter_ask_city"]


def test_the_notice_of_another_version_is_asked_anew(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    desk.execute("UPDATE units SET privacy_version = '2027-01' WHERE code = 'amigro'")
    desk.now += timedelta(days=1)
    assert chat.says("hola", "greet") == ["utter_welcome", "utter_privacy_notice"]
