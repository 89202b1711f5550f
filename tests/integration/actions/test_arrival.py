"""Whoever comes by a campaign's link is told who we are and shown the notice, and then led to what it was about."""

from __future__ import annotations

import pytest

from huntred.tracking import service
from huntred.tracking.service import CampaignForm
from tests.factories.desk import Desk
from tests.factories.talk import Talk
from tests.integration.actions.test_candidate_road import Open, consented, vacancy

OPENING = ["utter_welcome", "utter_privacy_notice"]


def came(talk: Talk, desk: Desk, unit: str = "amigro", **values: object) -> Talk:
    form = CampaignForm(**({"name": "Volante", "channel": "web"} | values))  # type: ignore[arg-type]
    with desk.work(unit) as uow:
        talk.campaign = service.create(uow, form, None, now=desk.now).code
    return talk


@pytest.mark.parametrize(("text", "intent"), [("", "greet"), ("busco trabajo", "search_jobs"), ("sí", "affirm")])
def test_the_vacancy_of_the_campaign_follows_the_notice(talk: Open, desk: Desk, text: str, intent: str) -> None:
    wanted = vacancy(desk)
    chat = came(talk(), desk, start="vacancy", vacancy_id=wanted.id)
    assert chat.says(text, intent) == OPENING
    assert chat.picks("Sí, acepto") == ["utter_privacy_accepted", "utter_vacancy_details"]
    assert chat.value("utter_vacancy_details", "title") == wanted.title
    assert chat.slots["vacancy_id"] == str(wanted.id)


def test_somebody_s_own_words_say_more_than_the_campaign(talk: Open, desk: Desk) -> None:
    chat = came(talk(), desk, start="search")
    chat.says("quiero registrarme", "register")
    assert chat.picks("Sí, acepto")[:2] == ["utter_privacy_accepted", "utter_register_start"]


@pytest.mark.parametrize("start", ["search", "register"])
def test_a_flow_begins_once_they_agreed(talk: Open, desk: Desk, start: str) -> None:
    vacancy(desk)
    chat = came(talk(), desk, start=start)
    chat.says("", "greet")
    heard = chat.picks("Sí, acepto")
    assert heard[0] == "utter_privacy_accepted" and "utter_ask_learn_more" not in heard and chat.form


def test_a_campaign_that_leads_to_the_menu_opens_as_always(talk: Open, desk: Desk) -> None:
    chat = came(talk(), desk)
    assert chat.says("", "greet") == OPENING
    assert chat.picks("Sí, acepto") == ["utter_privacy_accepted", "utter_ask_learn_more"]


def test_whoever_agreed_before_is_led_there_at_once(talk: Open, desk: Desk) -> None:
    wanted = vacancy(desk)
    chat = came(consented(talk()), desk, start="vacancy", vacancy_id=wanted.id)
    assert chat.says("", "greet") == ["utter_welcome_again", "utter_vacancy_details"]


def test_a_vacancy_that_is_filled_is_told_and_others_are_looked_for(talk: Open, desk: Desk) -> None:
    wanted = vacancy(desk)
    chat = came(talk(), desk, start="vacancy", vacancy_id=wanted.id)
    desk.execute("UPDATE vacancies SET state = 'filled' WHERE id = :id", id=wanted.id)
    chat.says("", "greet")
    heard = chat.picks("Sí, acepto")
    assert heard[:2] == ["utter_privacy_accepted", "utter_error_vacancy_not_open"] and chat.form == "form_search"


def test_the_code_of_another_unit_means_nothing(talk: Open, desk: Desk) -> None:
    chat = talk("huntu", "telegram")
    came(chat, desk, "amigro", start="search")
    chat.says("", "greet")
    assert chat.picks("Sí, acepto") == ["utter_privacy_accepted", "utter_ask_learn_more"]
