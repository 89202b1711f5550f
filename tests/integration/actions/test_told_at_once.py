"""Several facts in one message, and corrections of one thing while another is asked for."""

from __future__ import annotations

from sqlalchemy import select

from huntred.people.models import UnitProfile
from tests.factories.desk import Desk
from tests.factories.talk import Talk
from tests.integration.actions.test_candidate_road import Open, consented, registered


def registering(talk: Open) -> Talk:
    chat = consented(talk("huntu", "web"))
    chat.says("quiero registrarme", "register")
    return chat


def test_what_was_told_at_once_is_not_asked_for_again(talk: Open, desk: Desk) -> None:
    chat = registering(talk)
    told = "Soy Ana López Cruz, mi correo es ana@example.com, vivo en Saltillo y mi número es 844 123 4567"
    facts = {"name": "Ana López Cruz", "email": "ana@example.com", "place": "Saltillo", "phone": "844 123 4567"}
    assert chat.says(told, "inform", **facts) == ["utter_ask_headline"]
    (profile,) = desk.rows(select(UnitProfile))
    assert (profile.first_name, profile.last_name, profile.email) == ("Ana", "López", "ana@example.com")
    assert (profile.city, profile.phone) == ("Saltillo", "+528441234567")


def test_a_correction_of_another_field_keeps_the_question(talk: Open, desk: Desk) -> None:
    chat = registering(talk)
    chat.says("Ana López Cruz", "inform", name="Ana López Cruz")
    chat.says("ana@exmaple.com", "inform", email="ana@exmaple.com")
    heard = chat.says("no, mi correo es ana@example.com", "correct_field", email="ana@example.com")
    assert heard == ["utter_corrected", "utter_ask_phone"]
    assert desk.rows(select(UnitProfile.email)) == ["ana@example.com"]
    assert chat.says("844 123 4567", "inform", phone="844 123 4567") == ["utter_ask_city"]


def test_a_correction_that_names_no_field_is_of_what_it_looks_like(talk: Open, desk: Desk) -> None:
    chat = registered(talk())
    assert chat.says("no, es otra@example.com", "correct_field", email="otra@example.com") == [
        "utter_corrected", "utter_recap",
    ]  # fmt: skip
    assert desk.rows(select(UnitProfile.email)) == ["otra@example.com"]


def test_a_position_is_not_taken_for_skills_nor_an_age_for_experience(talk: Open, desk: Desk) -> None:
    chat = registering(talk)
    chat.says("Ana López Cruz, 25 años", "inform", name="Ana López Cruz", years="25")
    assert desk.rows(select(UnitProfile.experience_years)) == [None]
    for answer in ("ana@example.com", "844 123 4567", "Saltillo"):
        chat.says(answer, "inform", 0.5)
    said = chat.says("ayudante de cocina", "inform", title="ayudante", skill="cocina")
    assert said == ["utter_ask_experience_years"]
    assert desk.rows(select(UnitProfile.headline)) == ["Ayudante de cocina"]
    assert desk.rows(select(UnitProfile.skills)) == [[]]
