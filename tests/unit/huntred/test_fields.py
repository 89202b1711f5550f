"""Which field of study or work a text names."""

from __future__ import annotations

import pytest

from huntred import fields


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("quiero un mentor de finanzas", "finance"), ("estudio contaduría pública", "finance"),
        ("me gustaría platicar con alguien que programe en Python", "technology"), ("busco mentoría en marketing", "marketing"),
        ("soy de ing. industrial, ingeniería industrial", "engineering"), ("estudio ingeniería civil", "construction"),
        ("psicología", "people"), ("Salud", "health"), ("diseño gráfico y ux", "design"), ("DERECHO", "law"),
    ],
)  # fmt: skip
def test_a_field_is_recognised_as_people_say_it(said: str, field: str) -> None:
    assert fields.named_in(said)[0] == field


@pytest.mark.parametrize("said", ["quiero mentoría", "hola", "necesito ayuda con mi vida", "una persona"])
def test_what_names_no_field_gives_none(said: str) -> None:
    assert fields.named_in(said) == []


def test_every_name_is_recognised_as_its_own_field() -> None:
    for code in fields.codes():
        assert fields.named_in(fields.name(code))[0] == code
