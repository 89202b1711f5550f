"""A mentor in the chat: field, mentor, time, a yes, and taking it back."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from huntred.mentoring.models import MentorSession
from tests.factories.desk import Desk
from tests.factories.mentors import mentor
from tests.factories.talk import Talk

Open = Callable[..., Talk]


def opened(talk: Open, unit: str = "huntu") -> Talk:
    chat = talk(unit)
    chat.says("hola", "greet")
    chat.picks("Sí, acepto")
    chat.says("no", "deny")
    return chat


def test_from_the_wish_to_the_session_and_back(talk: Open, desk: Desk) -> None:
    mentor(desk)
    mentor(desk, name="Bruno Gil", email="bruno@example.com", fields=("law",))
    chat = opened(talk)

    assert chat.says("quiero un mentor", "find_mentor") == ["utter_ask_mentor_field"]
    assert chat.titles[:2] == ["Finanzas y contabilidad", "Derecho"]
    assert chat.says("mmm lo que sea", "inform", 0.4) == ["utter_invalid_mentor_field"]
    # A question in between is answered and the field asked for again.
    assert chat.says("¿cobran?", "faq_cost") == ["utter_faq_cost", "utter_ask_mentor_field"]
    assert chat.says("contaduría", "inform", 0.5) == ["utter_mentors_found"]
    told = chat.value("utter_mentors_found", "mentors")
    assert "Laura Méndez" in told and "Por qué: su campo es Finanzas y contabilidad" in told and "Bruno" not in told

    assert chat.picks("Laura") == ["utter_choose_mentor_time"]
    assert chat.presses(chat.offered[1]["payload"], chat.offered[1]["title"]) == ["utter_confirm_mentor"]
    assert chat.says("no", "deny") == ["utter_choose_mentor_time"]
    chat.presses(chat.offered[0]["payload"], chat.offered[0]["title"])
    assert chat.picks("Sí, pídesela") == ["utter_mentor_asked"]
    [session] = desk.rows(select(MentorSession))
    assert (session.state, session.field, str(session.conversation_id)) == (
        "asked", "finance", chat.sender.partition(":")[2],
    )  # fmt: skip

    assert chat.says("mi mentoría", "find_mentor") == ["utter_mentor_asked_ahead"]
    assert chat.picks("Cancelar sesión") == ["utter_ask_cancel_mentor"]
    assert chat.says("no", "deny") == ["utter_mentor_kept"]
    chat.says("mi mentoría", "find_mentor")
    chat.picks("Cancelar sesión")
    assert chat.says("sí", "affirm") == ["utter_mentor_cancelled_by_you"]
    assert desk.one(MentorSession, session.id).state == "cancelled"
    assert chat.event("cancel_mentor_session", "Cancelar sesión") == ["utter_no_mentor_session"]


def test_the_field_that_is_named_is_not_asked_for(talk: Open, desk: Desk) -> None:
    mentor(desk)
    chat = opened(talk)
    assert chat.says("busco mentoría en finanzas", "find_mentor") == ["utter_mentors_found"]
    assert chat.says("busco mentoría en medicina", "find_mentor") == ["utter_no_mentor"]


def test_the_profile_tells_the_field(talk: Open, desk: Desk) -> None:
    mentor(desk)
    chat = opened(talk)
    desk.execute("UPDATE unit_profiles SET headline = 'Auxiliar de contabilidad'")
    assert chat.says("quiero un mentor", "find_mentor") == ["utter_mentors_found"]


def test_a_time_that_somebody_took_meanwhile_is_said_and_others_are_offered(talk: Open, desk: Desk) -> None:
    mentor(desk)
    slow, fast = opened(talk), opened(talk)
    for chat in (slow, fast):
        chat.says("mentoría en finanzas", "find_mentor")
        chat.picks("Laura")
        chat.presses(chat.offered[0]["payload"], chat.offered[0]["title"])
    assert fast.picks("Sí, pídesela") == ["utter_mentor_asked"]
    assert slow.picks("Sí, pídesela") == ["utter_error_mentor_time_taken", "utter_choose_mentor_time"]


def test_without_mentors_and_elsewhere_nothing_is_promised(talk: Open, desk: Desk) -> None:
    assert opened(talk).says("quiero un mentor", "find_mentor") == ["utter_no_mentor_yet"]
    assert opened(talk, "amigro").says("quiero un mentor", "find_mentor") == ["utter_find_mentor"]


def test_a_made_up_button_leads_nowhere(talk: Open, desk: Desk) -> None:
    mentor(desk)
    chat = opened(talk)
    assert chat.event("choose_mentor", "x", mentor_id="nobody") == ["utter_ask_mentor_field"]
    chat.says("menú", "show_menu")
    assert chat.event("choose_mentor_time", "x", mentor_id="nobody", value="ayer") == ["utter_ask_mentor_field"]
    assert desk.rows(select(MentorSession)) == []
