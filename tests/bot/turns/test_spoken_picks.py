"""A choice in a person's own words finds the one option that it means, and a sentence is left to the model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.spoken_picks import Spoken, by_words
from bot.turn import OfferedOption


def _option(kind: str, number: int, title: str, description: str = "") -> OfferedOption:
    return OfferedOption(f"{kind}:{number}", title, kind, {"number": str(number)}, number, False, False, description, 7)


JOBS = [
    _option("choose_vacancy", 1, "Ayudante de cocina", "Monterrey · $9,500.00 MXN mensuales"),
    _option("choose_vacancy", 2, "Dirección de Finanzas (CFO)", "Ciudad de México · $210,000.00 MXN mensuales"),
    _option("choose_vacancy", 3, "Dirección de Finanzas (CFO)", "Guadalajara · $230,000.00 MXN mensuales"),
    OfferedOption("search", "Otra búsqueda", "new_search", {}, 4, False, False, "", 7),
]
TIMES = [
    _option("choose_slot", 1, "lun 30 nov, 9:00", "Videollamada"),
    _option("choose_slot", 2, "lun 30 nov, 13:00", "Av. Paseo de las Palmas 735, Miguel Hidalgo"),
    _option("choose_slot", 3, "mar 1 dic, 9:00", "Videollamada"),
    _option("choose_slot", 4, "mar 1 dic, 16:30", "Av. Paseo de las Palmas 735, Miguel Hidalgo"),
    _option("choose_slot", 5, "mié 2 dic, 10:00", "Videollamada"),
]


def _earlier(options: list[OfferedOption]) -> list[OfferedOption]:
    """The same, once something else was shown."""
    newer = OfferedOption("apply_job", "Postularme", "apply_job", {}, 1, False, False, "", 8)
    return [newer, *(replace(option, ord=-option.ord) for option in options)]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("la segunda", 2), ("mejor muéstreme la tercera", 3), ("la última", 3), ("me interesa la 2", 2),
        ("quiero la número 3 por favor", 3), ("el primero", 1), ("la dos", 2), ("a ver la 1era", 1),
        ("la de Guadalajara", 3), ("me late la de cocina", 1), ("el puesto de finanzas en Guadalajara", 3),
        ("esa de la CDMX", 2), ("the second one", 2),
    ],
)  # fmt: skip
def test_of_vacancies(said: str, number: int) -> None:
    assert by_words(said, JOBS) == Spoken(JOBS[number - 1])


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("el miércoles", 5), ("el martes por videollamada", 3), ("martes a las 9", 3), ("lunes 9 am", 1),
        ("el lunes a la 1", 2), ("el lunes 30 en la tarde", 2), ("el 2 de diciembre", 5), ("a las 10", 5),
        ("a las 4:30", 4), ("las 4:30 pm del martes", 4), ("el martes en la mañana", 3), ("a las diez por favor", 5),
        ("el segundo", 2), ("la tercera opción", 3), ("miércoles 10:00", 5), ("el martes 1 a las 16:30", 4),
        ("el miercoles me queda bien", 5),
    ],
)  # fmt: skip
def test_of_times(said: str, number: int) -> None:
    assert by_words(said, TIMES) == Spoken(TIMES[number - 1])


@pytest.mark.parametrize("said", ["el martes", "por videollamada", "el lunes 30", "el domingo", "la novena", "a las 5"])
def test_where_several_or_none_fit_the_choice_is_asked_for_again(said: str) -> None:
    assert by_words(said, TIMES) == Spoken(None)


@pytest.mark.parametrize(
    "said",
    [
        "el martes no puedo", "sí, pero ¿quién me entrevista?", "no", "sí", "hola", "¿cuánto tarda?", "mañana",
        "tengo 2 años de experiencia", "quiero otra cosa", "", "¿y el sueldo?", "el lunes llego tarde de mi otro trabajo",
    ],
)  # fmt: skip
def test_a_sentence_is_no_choice(said: str) -> None:
    assert by_words(said, TIMES) is None
    assert by_words(said, JOBS) is None


@pytest.mark.parametrize("said", ["cocina", "finanzas", "Monterrey", "busco de cocina", "es mi primera vez"])
def test_a_search_is_no_choice(said: str) -> None:
    assert by_words(said, JOBS) is None


def test_the_list_before_can_still_be_chosen_from() -> None:
    assert by_words("mejor la tercera", _earlier(JOBS)) == Spoken(replace(JOBS[2], ord=-3))
    assert by_words("mejor el miércoles", _earlier(TIMES)) == Spoken(replace(TIMES[4], ord=-5))


def test_what_fits_nothing_of_the_list_before_is_a_sentence() -> None:
    assert by_words("el domingo", _earlier(TIMES)) is None


def test_a_question_of_a_form_is_answered_with_nothing_from_the_list_before() -> None:
    assert by_words("dos", _earlier(JOBS), in_form=True) is None


def test_an_older_list_or_one_that_expired_is_gone() -> None:
    other = OfferedOption("yes", "Sí", "affirm", {"value": "x"}, -1, False, False, "", 8)
    newest = OfferedOption("menu", "Menú", "show_menu", {}, 1, False, False, "", 9)
    assert by_words("la segunda", [newest, other, *_earlier(JOBS)[1:]]) is None
    assert by_words("la segunda", [replace(option, expired=True) for option in JOBS]) is None
