"""Dates and pieces of text as Mexicans read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from actions.interviews import distance
from actions.wording import day, folded_in, listed, shortened, speaking, when, when_short, word, words

MEXICO = "America/Mexico_City"
MORNING = datetime(2026, 11, 24, 16, 0, tzinfo=timezone.utc)


def test_a_date_is_written_out_in_the_unit_s_time() -> None:
    assert when(MORNING, MEXICO) == "martes 24 de noviembre a las 10:00"
    assert when(MORNING, "America/Tijuana") == "martes 24 de noviembre a las 8:00"
    assert day(MORNING, MEXICO) == "24 de noviembre"


def test_a_short_date_fits_a_row_of_any_list_all_year() -> None:
    for days in range(366):
        assert len(when_short(MORNING + timedelta(days=days), MEXICO)) <= 24
    assert when_short(MORNING, MEXICO) == "mar 24 nov, 10:00"


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        (["cocina"], "cocina"),
        (["cocina", "limpieza"], "cocina y limpieza"),
        (["caja", "ventas", "atención a clientes"], "caja, ventas y atención a clientes"),
        (["Excel", "Inglés"], "Excel e Inglés"),
        (["costura", "hilado"], "costura e hilado"),
        (["bebidas", "hielo"], "bebidas y hielo"),
    ],
)
def test_a_list_ends_with_its_and(items: list[str], text: str) -> None:
    assert listed(items) == text


@pytest.mark.parametrize(("metres", "text"), [(0, "0 m"), (850, "850 m"), (1200, "1.2 km")])
def test_distances(metres: int, text: str) -> None:
    assert distance(metres) == text


@pytest.mark.parametrize(("text", "whole"), [("ALTO", True), ("¡Alto!", True), ("baja", True), ("planta baja", False)])
def test_a_word_counts_only_as_the_whole_message(text: str, whole: bool) -> None:
    assert folded_in(text, "opt_out_words") is whole


def test_unknown_codes_stay_as_they_are_and_long_texts_are_cut() -> None:
    assert word("fields", "email") == "Correo"
    assert word("fields", "shoe_size") == "shoe_size"
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abc defg", 6) == "abc d…"


def test_another_language_has_its_own_dates_words_and_joints() -> None:
    with speaking("en"):
        assert when(MORNING, MEXICO) == "Tuesday, November 24 at 10:00 AM"
        assert listed(["Excel", "Inglés"]) == "Excel and Inglés"
        assert word("fields", "email") == "Email"
        for days in range(366):
            assert len(when_short(MORNING + timedelta(days=days, hours=12), MEXICO)) <= 24
    with speaking("fr"):
        assert when(MORNING, MEXICO) == "mardi 24 novembre à 10h00"
        assert word("proposal_services", "hr") == "Recursos humanos", "what a language lacks is said in Spanish"
    assert when(MORNING, MEXICO).startswith("martes")


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ht"])
def test_a_language_holds_no_key_that_spanish_lacks(language: str) -> None:
    with speaking(language):
        spoken = words()
    assert set(_paths(spoken)) == set(_paths(words()))


def _paths(told: dict[str, Any], above: str = "") -> Iterator[str]:
    for key, value in told.items():
        yield f"{above}{key}"
        if isinstance(value, dict):
            yield from _paths(value, f"{above}{key}.")


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ht"])
def test_what_may_have_been_meant_fits_a_button(language: str) -> None:
    with speaking(language):
        assert [text for text in words()["meanings"].values() if len(text) > 20] == []


def test_words_that_skip_are_known_whatever_is_spoken() -> None:
    assert folded_in("I don't know", "skip_words") and folded_in("no sé", "skip_words")
