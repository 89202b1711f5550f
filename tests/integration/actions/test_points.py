"""Points and rewards in the chat."""

from __future__ import annotations

from sqlalchemy import select

from huntred.gains.models import Gain, Reward, RewardRequest
from huntred.people.models import UnitProfile
from tests.factories.desk import Desk
from tests.integration.actions.test_candidate_road import Open, consented


def with_points(desk: Desk, points: int) -> None:
    [profile] = desk.rows(select(UnitProfile))
    desk.add(
        Gain(
            unit=profile.unit, person_id=profile.person_id, event="profile_completed", source_id=profile.id,
            points=points, at=desk.now,
        )
    )  # fmt: skip


def test_somebody_without_points_hears_how_they_are_earned(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    assert chat.says("mis puntos", "ask_points") == ["utter_points_none"]
    assert chat.titles == ["Completar perfil", "Invitar amigos", "Menú"]


def test_points_level_badges_and_rewards_are_shown_and_one_is_asked_for(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    with_points(desk, 180)
    assert chat.says("cuántos puntos tengo", "ask_points") == ["utter_points", "utter_rewards"]
    assert chat.value("utter_points", "points") == "180"
    assert chat.value("utter_points", "level") == " (nivel Raíces)"
    assert chat.value("utter_points", "more") == (
        "Siguiente nivel, Comunidad, en 220 puntos. Insignias: Perfil listo."
    )
    assert chat.titles[:3] == ["Revisión de tu CV", "Hora de mentoría", "Curso corto"]
    assert chat.offered[1]["description"] == "180 puntos"

    assert chat.picks("Hora de mentoría") == ["utter_ask_reward", "utter_confirm_reward"]
    assert chat.picks("Sí, pídela") == ["utter_reward_asked"]
    [request] = desk.rows(select(RewardRequest))
    assert (request.name, request.cost_points, request.state) == ("Hora de mentoría", 180, "asked")

    chat.says("mis puntos", "ask_points")
    assert chat.value("utter_points", "points") == "0"
    assert chat.offered[1]["description"] == "En espera de respuesta"
    assert chat.picks("Hora de mentoría") == ["utter_error_reward_asked_already"]


def test_what_one_cannot_afford_is_said_before_anything_is_asked(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    with_points(desk, 100)
    chat.says("recompensas", "ask_points")
    assert chat.picks("Curso corto") == ["utter_error_points_short"]
    assert desk.rows(select(RewardRequest)) == []


def test_a_no_keeps_the_points_and_unsure_explains(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    with_points(desk, 100)
    chat.says("recompensas", "ask_points")
    chat.picks("Revisión")
    assert chat.says("no sé", "unsure") == ["utter_explain_reward"]
    assert chat.says("no", "deny") == ["utter_reward_kept"]
    assert desk.rows(select(RewardRequest)) == []


def test_a_reward_that_rests_meanwhile_or_is_none_is_gone(talk: Open, desk: Desk) -> None:
    chat = consented(talk())
    with_points(desk, 100)
    chat.says("recompensas", "ask_points")
    chat.picks("Revisión")
    desk.execute("UPDATE rewards SET active = false")
    assert chat.picks("Sí, pídela") == ["utter_error_reward_gone"]
    assert chat.event("choose_reward", "x", reward_id="nada") == ["utter_error_reward_gone"]
    assert chat.says("recompensas", "ask_points") == ["utter_points", "utter_rewards_none"]
    assert len(desk.rows(select(Reward.id))) == 6


def test_without_consent_the_points_wait_for_it(talk: Open) -> None:
    chat = talk()
    chat.says("hola", "greet")
    chat.says("mis puntos", "ask_points")
    assert chat.picks("Sí, acepto") == ["utter_privacy_accepted", "utter_points_none"]


def test_a_unit_that_plays_no_points_says_so(talk: Open) -> None:
    chat = consented(talk("huntred_executive"))
    assert chat.says("mis puntos", "ask_points") == ["utter_no_points"]


def test_in_the_middle_of_a_form_the_question_is_answered_and_asked_again(talk: Open) -> None:
    chat = consented(talk())
    chat.says("registrarme", "register")
    assert chat.says("para qué sirven los puntos", "ask_points") == ["utter_ask_points", "utter_ask_full_name"]
