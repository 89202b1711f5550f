from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from huntred.applications import rules
from huntred.errors import FieldInvalid


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Sí", True),
        ("si, claro que sí", True),
        ("¡Claro!", True),
        ("Sí tengo", True),
        ("no", False),
        ("No, todavía no", False),
        ("para nada", False),
        ("nunca", False),
    ],
)
def test_yes_and_no_in_many_words(text: str, answer: bool) -> None:
    assert rules.read_answer("yes_no", text) is answer


@pytest.mark.parametrize("text", ["", "no sé", "No sé bien", "tal vez", "depende", "mañana", "a veces sí"])
def test_what_is_neither_is_asked_again(text: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        rules.read_answer("yes_no", text)
    assert refused.value.problem == "neither_yes_nor_no"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", Decimal(3)),
        ("como 2 años", Decimal(2)),
        ("2,5", Decimal("2.5")),
        ("tres", Decimal(3)),
        ("unos quince años", Decimal(15)),
        ("ninguno", Decimal(0)),
    ],
)
def test_numbers_in_digits_and_words(text: str, number: Decimal) -> None:
    assert rules.read_answer("number", text) == number


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(FieldInvalid):
        rules.read_answer("number", "muchos")


@pytest.mark.parametrize(
    ("kind", "expected", "value", "passed"),
    [
        ("yes_no", {"answer": True}, True, True),
        ("yes_no", {"answer": True}, False, False),
        ("yes_no", {"answer": False}, False, True),
        ("number", {"min": 2}, Decimal(2), True),
        ("number", {"min": 2}, Decimal("1.9"), False),
        ("number", {"min": 1, "max": 3}, Decimal(4), False),
        ("number", {"max": 3}, Decimal(0), True),
    ],
)
def test_an_answer_passes_or_not(kind: str, expected: dict[str, Any], value: bool | Decimal, passed: bool) -> None:
    assert rules.passes(kind, expected, value) is passed


def test_only_a_step_along_the_road_leads_forward() -> None:
    assert rules.is_forward("new", "interview")
    assert not rules.is_forward("offer", "interview")
    assert not rules.is_forward("interview", "interview")
    assert not rules.is_forward("rejected", "interview")
    assert not rules.is_forward("new", "withdrawn")


@pytest.mark.parametrize(
    ("days", "ageing_days", "age"),
    [(0, 3, "fresh"), (2.9, 3, "fresh"), (3, 3, "due"), (5.9, 3, "due"), (6, 3, "late"), (400, None, "fresh")],
)
def test_a_card_ages_by_the_days_of_its_stage(days: float, ageing_days: int | None, age: str) -> None:
    now = datetime(2026, 3, 2, 15, 0, tzinfo=timezone.utc)
    assert rules.ageing(now - timedelta(days=days), ageing_days, now) == age
