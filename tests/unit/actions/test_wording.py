"""Dates and pieces of text as Mexicans read them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from actions.interviews import distance
from actions.wording import day, folded_in, listed, shortened, when, when_short, word

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
