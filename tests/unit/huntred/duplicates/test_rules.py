"""Whose names may be one person's, and which value stays."""

from __future__ import annotations

from typing import Any

import pytest

from huntred.duplicates.rules import GROUPS, chosen, further, similar_names, strength


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("María Guadalupe", "Hernández", "Ruiz"), ("Ma. Guadalupe", "Hdez.", "")),
        (("José Luis", "Pérez", "Gómez"), ("Jose", "Perez", "Gomez")),
        (("J. Luis", "Pérez", ""), ("Juan Luis", "Pérez", "")),
        (("Ximena", "de la Torre", ""), ("Ximena", "Torre", "")),
        (("Guadalupe", "Velázquez", ""), ("Guadalupe", "Velasquez", "")),
    ],
)
def test_names_that_may_be_one_persons(first: Any, second: Any) -> None:
    assert similar_names(first, second)
    assert similar_names(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("José", "Pérez", "Gómez"), ("José", "Pérez", "Luna")),
        (("Ana", "Ruiz", ""), ("Eva", "Ruiz", "")),
        (("Ana", "Ruiz", ""), ("Ana", "Paz", "")),
        (("Luis Ángel", "Soto", ""), ("Luis Mario", "Soto", "")),
        (("", "", ""), ("", "", "")),
        (("Ana", "", ""), ("Ana", "", "")),
    ],
)
def test_names_of_two_people(first: Any, second: Any) -> None:
    assert not similar_names(first, second)


def test_a_pair_is_as_sure_as_its_surest_reason() -> None:
    assert strength(["curp"]) > strength(["email", "name"]) > strength(["email"]) > strength(["phone"])
    assert strength(["curp", "email", "phone", "name"]) == 100


def _values(**told: Any) -> dict[str, Any]:
    return {column: None for columns in GROUPS.values() for column in columns} | {"skills": []} | told


def test_nothing_that_only_one_told_is_lost_and_a_choice_counts() -> None:
    kept = _values(email="a@example.com", city="Puebla", state="Puebla", skills=["caja", "Excel"])
    other = _values(email="b@example.com", headline="Cajera", city="León", state="Guanajuato", skills=["excel", "SAP"])

    values = chosen(kept, other, {"city": "other", "skills": "both"})

    assert (values["email"], values["headline"]) == ("a@example.com", "Cajera")
    assert (values["city"], values["state"]) == ("León", "Guanajuato"), "a city goes with its state"
    assert values["skills"] == ["caja", "Excel", "SAP"]


def test_what_goes_on_is_further_than_what_ended_and_a_hire_before_all() -> None:
    assert further("hired", 5) > further("new", 1) > further("rejected", 6)
    assert further("interview", 3) > further("new", 1)
