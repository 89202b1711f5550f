"""The judge sees what is wrong with a conversation, and nothing else."""

from __future__ import annotations

import pytest

from tests.simulation.judge import (
    DEAD_END,
    ERROR,
    LOOP,
    UNANSWERED,
    UNFINISHED,
    UNOPENED,
    Exchange,
    faults,
    transcript,
)  # fmt: skip

OPENED = Exchange("hola", ["¡Hola!", "¿Lo aceptas?"], ["utter_welcome", "utter_privacy_notice"])


def found(*exchanges: Exchange, finished: bool = True) -> dict[str, int]:
    return dict(faults([OPENED, *exchanges], frozenset({"utter_rephrase"}), finished=finished))


def test_nothing_is_wrong_with_a_question_a_button_a_form_or_a_farewell() -> None:
    assert found(
        Exchange("a", ["¿Qué más?"], ["utter_x"]), Exchange("b", ["Listo."], ["utter_x"], options=["Menú"]),
        Exchange("c", ["Tu nombre:"], ["utter_x"], in_form=True), Exchange("d", ["Adiós."], ["utter_goodbye"]),
        Exchange("e", [], [], silent=True),
    ) == {}  # fmt: skip


@pytest.mark.parametrize(
    ("exchange", "fault"),
    [
        (Exchange("a", [], []), UNANSWERED),
        (Exchange("a", ["Listo."], ["utter_x"]), DEAD_END),
        (Exchange("a", ["Se quedó {name}. ¿Sí?"], ["utter_x"]), ERROR),
        (Exchange("a", ["Algo falló, ¿sigues?"], ["utter_error_unexpected"]), ERROR),
    ],
)
def test_each_fault_is_seen(exchange: Exchange, fault: str) -> None:
    assert found(exchange) == {fault: 1}


def test_four_equal_replies_are_a_loop_however_they_are_worded() -> None:
    same = [Exchange("?", [f"No entendí, ¿{n}?"], ["utter_rephrase"]) for n in range(4)]
    assert found(*same[:3]) == {}
    assert found(*same) == {LOOP: 1}
    values = [Exchange("?", [f"¿{n}?"], ["utter_recap"]) for n in range(4)]
    assert found(*values) == {}


def test_an_opening_without_the_notice_and_a_goal_never_reached() -> None:
    first = Exchange("hola", ["¡Hola! ¿Qué tal?"], ["utter_welcome"])
    assert dict(faults([first], frozenset(), finished=False)) == {UNOPENED: 1, UNFINISHED: 1}


def test_a_transcript_shows_who_said_what() -> None:
    shown = transcript([OPENED, Exchange("x", [], [])], {UNANSWERED: 1}, "1:amigro:0 plain")
    assert shown.startswith("# 1:amigro:0 plain\n# unanswered=1")
    assert "> hola\n  ¡Hola!   [utter_welcome]" in shown
    assert "> x\n  …" in shown
