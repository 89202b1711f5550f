from __future__ import annotations

import pytest

from ml.embeddings.forms import one_form


@pytest.mark.parametrize(
    "forms",
    [
        ("cajero", "Cajera", "cajero/a", "CAJERO(A)", "cajero (a)", "cajer@", "cajerx", "cajero/cajera", "cajero o cajera"),
        ("director técnico", "directora técnica", "director técnico/directora técnica", "director/a técnico/a"),
        ("vendedor de piso", "vendedora de piso", "vendedor/ra de piso", "Vendedor(a) de  piso", "vendedor / a de piso"),
        ("auxiliar administrativo", "auxiliar administrativa", "auxiliar administrativo/a"),
        ("jefe de enfermería", "jefa de enfermería", "jefe/a de enfermería"),
        ("ingeniero civil", "ingeniera civil", "ingenierx civil"),
        ("enfermeros", "enfermeras", "enfermer@s", "enfermeros/as", "enfermeros y enfermeras"),
        ("contador público", "contadora pública"),
        ("abogado", "abogada", "abogado/a"),
    ],
)  # fmt: skip
def test_all_forms_of_a_title_are_one(forms: tuple[str, ...]) -> None:
    assert {one_form(form) for form in forms} == {forms[0]}


@pytest.mark.parametrize(
    "text",
    ["operador de fábrica", "compras y ventas", "linux", "soporte ti", "mantenimiento de carreteras", "ventas", "ux/ui",
     "auxiliar de farmacia", "data entry", ""],
)  # fmt: skip
def test_what_has_one_form_stays(text: str) -> None:
    assert one_form(text) == text
