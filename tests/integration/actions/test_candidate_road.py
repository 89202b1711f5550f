"""A candidate's whole road through the real action server: opening, registration, application, interview."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from contract.ids import new_id
from huntred.access.models import Grant, User
from huntred.applications.models import Application
from huntred.companies.models import Company
from huntred.conversations.models import Conversation
from huntred.interviews import proposals
from huntred.interviews.models import Interview, InterviewSlot
from huntred.people.models import Consent, UnitProfile
from huntred.vacancies.models import Vacancy, VacancyQuestion, VacancyRequirement
from tests.factories.desk import Desk
from tests.factories.talk import Talk


def vacancy(desk: Desk, unit: str = "amigro", title: str = "Cajera o cajero", **values: Any) -> Vacancy:
    company = Company(id=new_id(), unit=unit, name="Abarrotes La Esquina")
    desk.add(company)
    questions = values.pop("questions", ())
    made = Vacancy(
        id=new_id(), unit=unit, company_id=company.id, title=title, search_text=title.lower(),
        **(
            {
                "description": "Cobro en caja.", "state": "open", "city": "Saltillo", "region": "Coahuila",
                "latitude": 25.4232, "longitude": -101.0053, "salary_min": Decimal(9000), "salary_max": Decimal(11000),
            } | values
        ),
        requirements=[VacancyRequirement(unit=unit, ord=1, name="caja"), VacancyRequirement(unit=unit, ord=2, name="ventas")],
        questions=[
            VacancyQuestion(unit=unit, ord=i, kind=kind, text=text, expected=expected)
            for i, (kind, text, expected) in enumerate(questions, 1)
        ],
    )  # fmt: skip
    desk.add(made)
    return made


def interviewer(desk: Desk, unit: str = "amigro") -> User:
    user = User(
        id=new_id(), email=f"{new_id()}@example.com", name="Laura Méndez", fs_uniquifier=str(new_id()),
        grants=[Grant(role="consultant", unit=unit)],
    )  # fmt: skip
    desk.add(user)
    return user


def slots(desk: Desk, user: User, count: int = 3, **values: Any) -> list[InterviewSlot]:
    place = {"latitude": 25.4232, "longitude": -101.0053}
    return [desk.slot(user, timedelta(days=1, hours=hour), **(place | values)) for hour in range(count)]


def consented(talk: Talk) -> Talk:
    talk.says("hola", "greet")
    talk.picks("Sí, acepto")
    return talk


def registered(talk: Talk) -> Talk:
    """A person with a complete profile."""
    consented(talk)
    talk.says("quiero registrarme", "register")
    for answer in (
        "Ana María López Cruz", "ana@example.com", "residencia permanente", "Saltillo", "cajera", "2 años",
        "caja, ventas", "9 mil",
    ):  # fmt: skip
        talk.says(answer, "inform", 0.5)
    assert talk.heard[-1] == "utter_recap"
    talk.picks("Sí, está bien")
    return talk


def applied(talk: Talk, desk: Desk) -> Application:
    talk.says("ver vacantes", "search_jobs")
    talk.picks("Cajera")
    talk.picks("Postularme")
    (application,) = desk.rows(select(Application))
    return application


def booked(talk: Talk, desk: Desk) -> Interview:
    applied(talk, desk)
    talk.presses(talk.offered[0]["payload"], talk.offered[0]["title"])
    talk.says("sí", "affirm")
    assert talk.heard == ["utter_interview_booked"]
    (interview,) = desk.rows(select(Interview))
    return interview


Open = Callable[..., Talk]


def test_the_notice_comes_first_and_the_consent_is_noted(talk: Open, desk: Desk) -> None:
    chat = talk()
    assert chat.says("hola", "greet") == ["utter_welcome", "utter_privacy_notice"]
    assert chat.value("utter_privacy_notice", "url") == "http://office.test/privacidad/amigro"
    assert chat.picks("Sí, acepto") == ["utter_privacy_accepted", "utter_ask_learn_more"]
    (consent,) = desk.rows(select(Consent))
    assert (consent.purpose, consent.granted, consent.channel) == ("privacy_notice", True, "whatsapp")
    assert chat.picks("No, gracias") == ["utter_learn_less"]
    assert chat.says("hola", "greet") == ["utter_welcome_again", "utter_menu"]


def test_a_no_is_a_no(talk: Open, desk: Desk) -> None:
    chat = talk()
    chat.says("hola", "greet")
    assert chat.says("no quiero", "deny") == ["utter_privacy_declined"]
    assert [consent.granted for consent in desk.rows(select(Consent))] == [False]
    assert chat.says("quiero registrarme", "register") == ["utter_privacy_notice"]


def test_neither_yes_nor_no_is_asked_again(talk: Open, desk: Desk) -> None:
    chat = talk()
    chat.says("hola", "greet")
    assert chat.says("tal vez", "unsure") == ["utter_explain_privacy"]
    assert chat.says("bueno, sí", "affirm") == ["utter_privacy_accepted", "utter_ask_learn_more"]


def test_what_was_wanted_goes_on_after_the_consent(talk: Open, desk: Desk) -> None:
    chat = talk()
    assert chat.says("quiero registrarme", "register") == ["utter_welcome", "utter_privacy_notice"]
    assert chat.picks("Sí, acepto") == ["utter_privacy_accepted", "utter_register_start", "utter_ask_full_name"]


def test_registration_asks_one_thing_at_a_time_and_keeps_it(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    assert chat.says("quiero registrarme", "register") == ["utter_register_start", "utter_ask_full_name"]
    assert chat.says("Ana María López Cruz", "inform", 0.5) == ["utter_ask_email"]
    (profile,) = desk.rows(select(UnitProfile))
    assert (profile.first_name, profile.last_name, profile.second_last_name) == ("Ana María", "López", "Cruz")
    assert chat.says("no tengo", "deny") == ["utter_invalid_email"]
    assert chat.says("ana arroba example punto com", "inform", 0.5) == ["utter_ask_work_permit"]
    assert chat.picks("Residencia permanente") == ["utter_ask_city"]
    assert chat.says("vivo en Saltillo", "inform", 0.5) == ["utter_ask_headline"]
    assert chat.says("busco trabajo de cajera", "search_jobs") == ["utter_ask_experience_years"]
    assert chat.says("1", "choose_option") == ["utter_ask_skills"]
    assert chat.says("caja, ventas y excel", "inform", 0.5) == ["utter_ask_salary"]
    assert chat.says("omitir", "nlu_fallback", 0.3) == ["utter_recap"]
    assert "ana@example.com" in chat.value("utter_recap", "recap")
    (profile,) = desk.rows(select(UnitProfile))
    assert (profile.work_permit, profile.city, profile.skills) == ("permanent", "Saltillo", ["caja", "ventas", "excel"])
    assert profile.experience_years == 1
    assert profile.completed_at == desk.now


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.says("quiero registrarme", "register")
    assert chat.says("¿cuánto cobran?", "faq_cost") == ["utter_faq_cost", "utter_ask_full_name"]
    assert chat.event("send_audio") == ["utter_send_audio", "utter_ask_full_name"]
    assert chat.form == "form_profile"


def test_another_flow_leaves_the_form_and_what_was_told_stays(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.says("quiero registrarme", "register")
    chat.says("Ana López", "inform", 0.5)
    assert chat.says("menú", "show_menu") == ["utter_menu"]
    assert chat.form is None
    assert chat.says("quiero registrarme", "register") == ["utter_register_start", "utter_ask_email"]


def test_three_wrong_answers_bring_help(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    chat.says("quiero registrarme", "register")
    chat.says("Ana López", "inform", 0.5)
    said = [chat.says("mañana", "nlu_fallback", 0.3) for _ in range(3)]
    assert said == [["utter_invalid_email"], ["utter_invalid_email"], ["utter_form_help", "utter_ask_email"]]


def test_any_field_of_the_recap_can_be_corrected(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    assert chat.says("correo: nueva@example.com", "correct_field", field="email") == ["utter_corrected", "utter_recap"]
    assert chat.says("mi apellido está mal", "correct_field", field="last_name") == ["utter_ask_last_name"]
    assert chat.says("Pérez", "inform", 0.5) == ["utter_corrected", "utter_recap"]
    chat.picks("Corregir un dato")
    assert chat.picks("Ubicación") == ["utter_ask_city"]
    assert chat.says("Puebla", "inform", 0.5) == ["utter_corrected", "utter_recap"]
    (profile,) = desk.rows(select(UnitProfile))
    assert (profile.email, profile.last_name, profile.city) == ("nueva@example.com", "Pérez", "Puebla")


def test_vacancies_come_with_reasons_and_lead_to_a_booked_interview(talk: Open, desk: Desk) -> None:
    vacancy(desk, questions=[("yes_no", "¿Puedes trabajar en domingo?", {"answer": True}), ("number", "¿Años?", {"min": 1})])
    user = interviewer(desk)
    slots(desk, user)
    chat = registered(talk())

    assert chat.says("qué vacantes hay", "search_jobs") == ["utter_vacancies_found"]
    assert "está en Saltillo" in chat.value("utter_vacancies_found", "vacancies")
    assert chat.picks("Cajera") == ["utter_vacancy_details"]
    assert chat.picks("Postularme") == ["utter_questions_start", "utter_ask_question_yes_no"]
    assert chat.says("¿qué prestaciones hay?", "faq_benefits") == ["utter_faq_benefits", "utter_ask_question_yes_no"]
    assert chat.says("tal vez", "unsure") == ["utter_invalid_question_yes_no"]
    assert chat.says("sí", "affirm") == ["utter_ask_question_number"]
    assert chat.says("dos", "choose_option") == ["utter_applied", "utter_fairness_statistics", "utter_choose_slot"]
    (application,) = desk.rows(select(Application))
    assert not application.knocked_out
    assert application.score is not None

    first, second = chat.offered[:2]
    assert chat.presses(first["payload"], first["title"]) == ["utter_confirm_slot"]
    assert chat.picks("Otro horario") == ["utter_choose_slot"]
    assert chat.presses(second["payload"], second["title"]) == ["utter_confirm_slot"]
    assert chat.says("sí", "affirm") == ["utter_interview_booked"]
    (interview,) = desk.rows(select(Interview))
    assert str(interview.slot_id) in second["payload"]


def test_applying_asks_for_what_is_missing_and_goes_on(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    slots(desk, interviewer(desk))
    chat = consented(talk())
    assert chat.says("busco trabajo de cajera en Saltillo", "search_jobs", title="cajera", place="Saltillo") == [
        "utter_vacancies_found"
    ]
    chat.picks("Cajera")
    assert chat.says("sí", "affirm") == ["utter_apply_needs_profile", "utter_ask_full_name"]
    assert chat.says("Ana López", "inform", 0.5) == ["utter_ask_email"]
    assert chat.says("ana@example.com", "inform", 0.5) == ["utter_ask_city"]
    assert chat.says("Saltillo", "inform", 0.5) == ["utter_ask_skills"]
    assert chat.says("caja y ventas", "inform", 0.5) == ["utter_applied", "utter_fairness_statistics", "utter_choose_slot"]


def test_statistics_are_offered_once_as_a_link_and_never_asked_for(talk: Open, desk: Desk) -> None:
    for title in ("Cajera o cajero", "Caja y ventas"):
        vacancy(desk, title=title)
    chat = registered(talk())
    chat.says("ver vacantes", "search_jobs")
    chat.picks("Cajera")
    chat.picks("Postularme")
    assert chat.value("utter_fairness_statistics", "url").startswith("http://office.test/estadistica/")
    assert chat.form is None, "nothing waits for an answer"

    chat.says("ver vacantes", "search_jobs")
    chat.picks("Caja")
    assert chat.picks("Postularme") == ["utter_applied", "utter_no_slot_left"]


def test_a_wrong_knock_out_answer_is_left_to_a_person(talk: Open, desk: Desk) -> None:
    vacancy(desk, questions=[("yes_no", "¿Tienes licencia?", {"answer": True})])
    slots(desk, interviewer(desk))
    chat = registered(talk())
    chat.says("ver vacantes", "search_jobs")
    chat.picks("Cajera")
    chat.picks("Postularme")
    assert chat.picks("No") == ["utter_fairness_statistics", "utter_applied_to_review"]
    (application,) = desk.rows(select(Application))
    assert application.knocked_out


def test_applying_twice_says_so(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    chat = registered(talk())
    application = applied(chat, desk)
    assert chat.says("quiero postularme", "apply_job") == ["utter_error_already_applied"]
    assert [row.id for row in desk.rows(select(Application))] == [application.id]


def test_no_slot_left_and_no_vacancy_fits_have_texts_of_their_own(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    assert chat.says("ver vacantes", "search_jobs") == ["utter_no_vacancy_fits"]
    vacancy(desk)
    chat.says("ver vacantes", "search_jobs")
    chat.picks("Cajera")
    assert chat.picks("Postularme") == ["utter_applied", "utter_fairness_statistics", "utter_no_slot_left"]


def test_a_slot_that_was_taken_meanwhile_leads_to_the_others(talk: Open, desk: Desk) -> None:
    offer = vacancy(desk)
    slots(desk, interviewer(desk), 2)
    first, second = registered(talk()), registered(talk())
    for chat in (first, second):
        chat.says("ver vacantes", "search_jobs")
        chat.picks("Cajera")
        chat.picks("Postularme")
        chat.presses(chat.offered[0]["payload"], chat.offered[0]["title"])
    assert first.says("sí", "affirm") == ["utter_interview_booked"]
    assert second.says("sí", "affirm") == ["utter_error_slot_taken", "utter_choose_slot"]
    assert len([button for button in second.offered if button["payload"].startswith("/choose_slot")]) == 1
    assert offer.id


def test_reschedule_confirm_and_cancel(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    slots(desk, interviewer(desk))
    chat = registered(talk())
    interview = booked(chat, desk)

    assert chat.says("cambiar mi entrevista", "reschedule_interview") == ["utter_reschedule_start", "utter_choose_slot"]
    chat.presses(chat.offered[0]["payload"], chat.offered[0]["title"])
    assert chat.says("sí", "affirm") == ["utter_interview_moved_by_you"]
    moved = desk.one(Interview, interview.id)
    assert (moved.slot_id, moved.sequence) != (interview.slot_id, interview.sequence)

    assert chat.says("ahí estaré", "confirm_attendance") == ["utter_attendance_confirmed", "utter_location_request"]
    assert chat.says("ahí estaré", "confirm_attendance")[0] == "utter_attendance_known"
    assert chat.says("agendar", "schedule_interview") == ["utter_interview_ahead"]

    assert chat.says("cancelar mi entrevista", "cancel_interview") == ["utter_ask_cancel_interview"]
    assert chat.says("no", "deny") == ["utter_interview_kept"]
    chat.says("cancelar mi entrevista", "cancel_interview")
    assert chat.says("sí", "affirm") == ["utter_interview_cancelled_by_you"]
    assert desk.one(Interview, interview.id).state == "cancelled"
    assert chat.says("confirmo", "confirm_attendance") == ["utter_no_interview"]
    assert chat.says("agendar otra", "schedule_interview") == ["utter_choose_slot"]


def asked(desk: Desk, interview: Interview, days: int) -> UUID:
    """The team proposes another time; returns the proposal's id, which its buttons carry."""
    slot = desk.one(InterviewSlot, interview.slot_id)
    with desk.work() as uow:
        at = slot.starts_at + timedelta(days=days)
        return proposals.propose(uow, interview.id, at, interview.interviewer_id, on_holiday=True, now=desk.now).id


def test_a_proposed_time_is_accepted_or_declined_by_its_buttons(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    slots(desk, interviewer(desk))
    chat = registered(talk())
    interview = booked(chat, desk)

    first = asked(desk, interview, 1)
    assert chat.event("decline_new_time", "No puedo", proposal_id=str(first)) == ["utter_proposal_declined"]
    assert desk.one(Interview, interview.id).slot_id == interview.slot_id

    second = asked(desk, interview, 2)
    # A button of what was asked before answers nothing that is asked now.
    assert chat.event("accept_new_time", "Sí, me queda", proposal_id=str(first))[0] == "utter_error_proposal_over"
    # A typed yes names nothing: it is asked again, with the buttons of the open question.
    assert chat.says("sí, me queda", "affirm") == ["utter_proposal_open"]
    assert chat.event("accept_new_time", "Sí, me queda", proposal_id=str(second)) == ["utter_interview_moved_by_you"]
    moved = desk.one(Interview, interview.id)
    assert (moved.slot_id != interview.slot_id, moved.sequence) == (True, interview.sequence + 1)
    assert chat.event("accept_new_time", "Sí, me queda", proposal_id=str(second)) == [
        "utter_error_proposal_over", "utter_interview_ahead",
    ]  # fmt: skip


def test_nobody_answers_another_persons_question(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    slots(desk, interviewer(desk))
    interview = booked(registered(talk()), desk)
    proposal = asked(desk, interview, 1)
    stranger = consented(talk())
    assert stranger.event("accept_new_time", "Sí", proposal_id=str(proposal)) == ["utter_error_proposal_over"]
    assert desk.one(Interview, interview.id).slot_id == interview.slot_id


@pytest.mark.parametrize(
    ("latitude", "said"), [(25.4235, ["utter_arrived"]), (25.4332, ["utter_not_arrived"])]
)
def test_arriving_counts_within_two_hundred_metres(talk: Open, desk: Desk, latitude: float, said: list[str]) -> None:
    vacancy(desk)
    user = interviewer(desk)
    desk.slot(user, timedelta(hours=5), latitude=25.4232, longitude=-101.0053)
    chat = registered(talk())
    interview = booked(chat, desk)
    desk.now += timedelta(hours=4, minutes=40)
    assert chat.event("share_location", latitude=latitude, longitude=-101.0053) == said
    assert (desk.one(Interview, interview.id).arrived_at is not None) == (said == ["utter_arrived"])


def test_a_video_interview_asks_for_no_location(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    slots(desk, interviewer(desk), modality="video", video_url="https://video.example/1", address="")
    chat = registered(talk())
    booked(chat, desk)
    assert "https://video.example/1" in chat.value("utter_interview_booked", "where")
    assert chat.says("ahí estaré", "confirm_attendance") == ["utter_attendance_confirmed"]


def test_a_shared_location_shows_what_is_near(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    assert chat.event("share_location", latitude=25.42, longitude=-101.0) == ["utter_nothing_nearby"]
    vacancy(desk)
    assert chat.event("share_location", latitude=25.42, longitude=-101.0) == ["utter_nearby_found"]
    assert chat.says("hay algo cerca", "nearby_jobs") == ["utter_nearby_request"]
    applied(chat, desk)
    assert chat.event("share_location", latitude=25.42, longitude=-101.0) == ["utter_nothing_nearby"]


def test_status_offers_what_can_be_done(talk: Open, desk: Desk) -> None:
    """A time to be booked, then to be moved, then nothing more."""
    vacancy(desk)
    slots(desk, interviewer(desk))
    chat = registered(talk())
    booked(chat, desk)
    assert chat.says("cómo voy", "check_application_status") == ["utter_status_booked"]
    assert chat.picks("Cancelar entrevista") == ["utter_ask_cancel_interview"]
    chat.says("sí", "affirm")
    assert chat.says("cómo voy", "check_application_status") == ["utter_status"]
    chat.says("ya no quiero", "withdraw_application")
    chat.says("sí", "affirm")
    assert chat.says("cómo voy", "check_application_status") == ["utter_status_only"]


def test_status_is_of_the_writer_alone(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    chat, other = registered(talk()), consented(talk())
    assert chat.says("cómo voy", "check_application_status") == ["utter_status_none"]
    application = applied(chat, desk)
    assert chat.says("cómo voy", "check_application_status") == ["utter_status"]
    assert f"#{application.number} Cajera o cajero" in chat.value("utter_status", "status")
    number = str(application.number)
    assert other.says(number, "check_application_status", application_number=number) == ["utter_status_number_unknown"]
    assert other.says("99", "check_application_status", application_number="99") == ["utter_status_number_unknown"]


def test_withdrawing_asks_first(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    slots(desk, interviewer(desk))
    chat = registered(talk())
    booked(chat, desk)
    assert chat.says("retirar", "withdraw_application") == ["utter_ask_withdraw"]
    assert chat.says("no", "deny") == ["utter_withdraw_kept"]
    chat.says("retirar", "withdraw_application")
    assert chat.says("sí", "affirm") == ["utter_withdrawn"]
    assert chat.says("retirar", "withdraw_application") == ["utter_nothing_to_withdraw"]
    assert desk.rows(select(Interview.state)) == ["cancelled"]


def test_an_old_yes_never_answers_a_new_question(talk: Open, desk: Desk) -> None:
    vacancy(desk)
    slots(desk, interviewer(desk))
    chat = registered(talk())
    interview = booked(chat, desk)
    chat.says("cancelar mi entrevista", "cancel_interview")
    assert chat.presses('/affirm{"value": "recap"}', "Sí, está bien") == ["utter_explain_cancel_interview"]
    assert desk.one(Interview, interview.id).state == "booked"


def test_the_bot_counts_one_person_a_chat(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    chat.says("hola", "greet")
    assert desk.rows(select(func.count()).select_from(UnitProfile)) == [1]
    assert desk.rows(select(Conversation.person_id))[0] is not None
