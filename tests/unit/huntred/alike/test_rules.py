"""Near copies are found, and what is the same but for a shift, a branch or a town is not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from huntred.alike.reading import Traits, read, read_shifts, read_title
from huntred.alike.rules import Likeness, compare
from huntred.alike.shingles import prints_of, shared, shingles_of
from ml.lexicon.positions import LexiconTitles

TITLES = LexiconTitles()
TEXT = """Empresa de abarrotes con 30 años en el mercado solicita personal para el área de cajas. Actividades: cobro de
mercancía, arqueo y corte de caja, atención a clientes en piso, acomodo de producto y limpieza del área de trabajo.
Requisitos: secundaria terminada, de 6 meses a 1 año de experiencia en caja, trato amable y disponibilidad para trabajar
fines de semana. Ofrecemos sueldo base, prestaciones de ley desde el primer día, comedor, uniformes y descuentos en tienda."""
CASHIER = Traits(
    "Cajero/a", company="Abarrotes del Norte, S.A. de C.V.", city="Puebla", description=TEXT,
    salary_min=Decimal(9000), salary_max=Decimal(10500),
)  # fmt: skip


def likeness(first: Traits, second: Traits) -> Likeness | None:
    one, other = (read(traits, TITLES.concept_of(traits.title)) for traits in (first, second))
    assert compare(one, other) == compare(other, one), "whichever comes first"
    return compare(one, other)


def other(**changes: Any) -> Traits:
    return replace(CASHIER, **changes)


@pytest.mark.parametrize(
    ("copy", "reasons"),
    [
        (other(), ("title", "company", "text", "place", "salary")),
        (other(title="CAJERA"), ("title", "company", "text", "place", "salary")),
        (other(title="Cajeros (as) urgente", company="ABARROTES DEL NORTE"), ("title", "company", "text", "place", "salary")),
        (other(description="", salary_min=None, salary_max=None), ("title", "company", "place")),
        (other(title="Vacante: Cobradora de caja", city=""), ("title", "company", "text", "salary")),
        (other(description=TEXT.replace("30 años", "más de 30 años").replace("comedor", "vales de despensa")),
         ("title", "company", "text", "place", "salary")),
        (other(company="Recursos y Talento Puebla"), ("title", "text", "place", "salary")),
        (other(company=""), ("title", "text", "place", "salary")),
        (other(salary_min=Decimal(12000), salary_max=Decimal(13000)), ("title", "company", "text", "place")),
        (other(schedule="lunes a sábado"), ("title", "company", "text", "place", "salary")),
    ],
)  # fmt: skip
def test_near_copies_are_alike(copy: Traits, reasons: tuple[str, ...]) -> None:
    found = likeness(CASHIER, copy)
    assert found is not None
    assert found.reasons == reasons
    assert 40 <= found.strength <= 100


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (CASHIER, other(city="Toluca")),
        (other(title="Cajero turno matutino"), other(title="Cajero turno vespertino")),
        (other(schedule="de 7:00 a 15:00"), other(schedule="15:00 a 23:00 hrs")),
        (other(title="Cajera sucursal Centro"), other(title="Cajera, Sucursal Las Torres")),
        (other(title="Cajera - Tienda Angelópolis"), other(title="Cajera - Tienda Cholula")),
        (other(title="Cajero Norte"), other(title="Cajero Sur")),
        (other(address="Av. Juárez 120, Col. Centro"), other(address="Av. Juárez 918, Col. La Paz")),
        (other(address="Calle 5 de mayo, Centro"), other(address="Bulevar Forjadores, Cuautlancingo")),
        (CASHIER, other(kind="internship")),
        (CASHIER, other(title="Almacenista")),
        (other(title="Desarrollo Java"), other(title="Desarrollo Python")),
        (other(title="Contador Jr"), other(title="Contador Sr")),
        (other(description="", seniority="junior"), other(description="", seniority="manager")),
        (other(description=""), other(description="", salary_min=Decimal(20000), salary_max=Decimal(22000))),
        (CASHIER, other(company="Tiendas del Sur", description="")),
    ],
)  # fmt: skip
def test_what_differs_in_what_makes_two_of_one_is_not_alike(first: Traits, second: Traits) -> None:
    assert likeness(first, second) is None


def test_a_title_is_taken_apart() -> None:
    title = read_title("Aux. de Almacén, Sucursal Centro (turno nocturno) Jr", TITLES.concept_of("Aux. de Almacén"))
    assert title.core == {"auxiliar", "almacen"}
    assert (title.concept, title.branch, title.levels) == ("almacenista", {"centro"}, {"junior"})
    assert read_title("Gerente de tienda").branch == frozenset(), "what is sold to is no branch"


@pytest.mark.parametrize(
    ("schedule", "shifts"),
    [
        ("de 7:00 a 15:00", {"morning"}), ("2 pm - 10 pm", {"afternoon"}), ("22:00 a 6:00", {"night"}),
        ("rolar turnos", {"rotating"}), ("lunes a viernes", set()), ("L-V 8 a.m. a 5 p.m., sáb 9 a 14", {"morning"}),
    ],
)  # fmt: skip
def test_a_shift_is_read_by_its_name_or_its_hours(schedule: str, shifts: set[str]) -> None:
    assert read_shifts("Operación de máquinas", schedule) == shifts


def test_near_copies_share_a_print_and_strangers_do_not() -> None:
    mine, near = shingles_of(TEXT), shingles_of(TEXT.replace("30 años", "veinte años").replace("comedor", "vales"))
    stranger = shingles_of("Buscamos una persona para dirigir el área de finanzas de un grupo industrial. " * 3 + TEXT[:40])
    assert (shared(mine, near) or 0) > 0.8
    assert set(prints_of(mine)) & set(prints_of(near))
    assert not set(prints_of(mine)) & set(prints_of(stranger))
    assert prints_of(mine) == prints_of(shingles_of(TEXT)), "the same each time"
    assert all(-(2**63) <= key < 2**63 for key in prints_of(mine))
    assert shared(mine, shingles_of("muy corto")) is None
    assert prints_of(shingles_of("muy corto")) == []
