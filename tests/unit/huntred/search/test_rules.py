"""How what is typed is read, and how alike names are."""

from __future__ import annotations

import pytest

from huntred.search import rules


@pytest.mark.parametrize(
    ("typed", "words", "number", "email"),
    [
        ("  Ana   NÚÑEZ ", ("ana", "nunez"), None, ""),
        ("5007", ("5007",), 5007, ""),
        ("99999999999999", ("9999999999",), None, ""),
        ("+52 (871) 123-4567", ("8711234567",), None, ""),
        ("Ana@Example.com", ("ana@example.com",), None, "ana@example.com"),
        ("ana ana ana", ("ana",), None, ""),
        ("uno dos tres cuatro cinco seis siete", ("uno", "dos", "tres", "cuatro", "cinco", "seis"), None, ""),
        ("' | & ! :*", (), None, ""),
        ("٣٤", (), None, ""),
    ],
)
def test_typed(typed: str, words: tuple[str, ...], number: int | None, email: str) -> None:
    read = rules.read(typed)

    assert (read.words, read.number, read.email) == (words, number, email)


def test_the_name_as_typed_is_closest() -> None:
    typed = rules.read("maria solis")
    names = ["Marta Solís", "Mariana Solís", "María Solís", "María del Carmen Solís Ocampo", ""]

    ordered = sorted(names, key=lambda name: -rules.closeness(typed, name))

    assert ordered == ["María Solís", "Mariana Solís", "María del Carmen Solís Ocampo", "Marta Solís", ""]
