from __future__ import annotations

import pytest

from ml.embeddings.stems import stem
from ml.ranking.lexicon import phrase, without_fillers


@pytest.mark.parametrize(
    ("one", "other"),
    [("mesera", "meseros"), ("vendedores", "vendedor"), ("cajas", "caja"), ("alemanes", "aleman")],
)
def test_number_and_gender_fold(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Busco chamba de mesero", "mesero"),
        ("hola, quiero trabajar en una fábrica por favor", "fábrica"),
        ("trabajo de lo que sea", ""),
        ("Director de Finanzas", "director finanzas"),
    ],
)
def test_words_that_say_nothing_are_left_out(text: str, kept: str) -> None:
    assert without_fillers(text) == kept


def test_words_for_the_same_work_meet() -> None:
    assert phrase("intendente").work & phrase("Auxiliar de limpieza").work
    assert phrase("chofer").work & phrase("Chofer repartidor").work
    assert not phrase("soldador").work & phrase("Chofer repartidor").work
    assert phrase("prepa").skills & phrase("Preparatoria terminada").skills


def test_a_level_is_seen_and_is_no_word_of_its_own() -> None:
    assert phrase("Excel avanzado").level
    assert phrase("Excel avanzado").stems == phrase("excel").stems
    assert not phrase("excel").level
