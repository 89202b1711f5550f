"""What a letter tells of a vacancy, and which letters tell of none."""

from __future__ import annotations

import pytest

from huntred.importing.adverts import told
from huntred.importing.letters import is_vacancy, read_letter, why_unread
from ml.lexicon.advert import LexiconAdvertReader

LETTER = """Hola, buen día:

Solicitamos Auxiliar de Almacén para nuestra planta en Puebla.

Empresa: Abarrotes del Norte
Horario: lunes a viernes de 8:00 a 17:00
Sueldo: $9,500 a $11,000 mensuales
Vacantes: 3

Requisitos:
- 2 años de experiencia en almacén
- Manejo de montacargas
- SAP
Deseable:
- Inglés

Ofrecemos:
- Prestaciones de ley
- Comedor
"""
CV = """Ana Ruiz
Objetivo profesional: crecer en una empresa.
Experiencia laboral
Cajera, Abarrotes del Norte, 2019-2023. Funciones: cobro y atención a clientes.
Formación académica: bachillerato. Referencias personales: a solicitud.
"""


def test_a_letter_is_read_to_the_cells_of_a_row() -> None:
    cells = told(read_letter(LETTER, "Vacante"), LexiconAdvertReader()).cells
    assert cells["title"] == "Auxiliar de Almacén"
    assert (cells["company"], cells["city"], cells["openings"]) == ("Abarrotes del Norte", "Puebla", "3")
    assert cells["salary"] == "$9,500 a $11,000 mensuales"
    assert cells["schedule"] == "lunes a viernes de 8:00 a 17:00"
    assert cells["benefits"] == "Prestaciones de ley\nComedor"
    assert cells["min_experience_years"] == "2"
    assert "SAP" in cells["must"]
    assert "montacargas" in cells["must"].lower()
    assert "inglés" in cells["languages"].lower()
    assert cells["description"].startswith("Hola")


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Vacante: Gerente de ventas", "Gerente de ventas"), ("RV: Nueva vacante - Contador senior", "Contador senior"),
        ("Se solicita chofer repartidor para Toluca", "Chofer repartidor"), ("Buscamos cajera/o en Puebla", "Cajera/o"),
        ("Urge soldador", "Soldador"), ("Requisición de personal: 2 guardias de seguridad", "Guardias de seguridad"),
        ("Hola", None),
    ],
)  # fmt: skip
def test_the_position_stands_after_what_opens_it(subject: str, title: str | None) -> None:
    assert read_letter("Sueldo a convenir.", subject).cells.get("title") == title


def test_what_cannot_be_read_is_left_to_a_person() -> None:
    cells = read_letter("Puesto: Cajera\nSueldo: a convenir\nVacantes: varias\nModalidad: Home office").cells
    assert "salary" not in cells
    assert "openings" not in cells
    assert cells["modality"] == "remote"


@pytest.mark.parametrize(
    ("text", "vacancy"),
    [
        (LETTER, True), ("Buscamos cajera. Sueldo $9,000 mensuales. Manda tu CV a este correo.", True),
        ("Vacante de soldadura, requisitos: 2 años, ofrecemos sueldo base", True), (CV, False),
        ("Buen día, les comparto mi CV para la vacante de cajera. Me interesa el puesto, tengo experiencia en cajas.", False),
        ("Adjunto mi currículum, me postulo al puesto de chofer. Busco trabajo con horario fijo y sueldo semanal.", False),
        ("Te envío la factura de agosto.", False), ("", False), ("¿Nos vemos el martes a las 10?", False),
    ],
)  # fmt: skip
def test_a_vacancy_is_told_from_what_is_none(text: str, vacancy: bool) -> None:
    assert is_vacancy(text) is vacancy


def test_a_hostile_text_takes_no_time() -> None:
    for text in ("a" * 200_000, "Puesto:" * 20_000, "en A " * 40_000, ":\n" * 50_000):
        is_vacancy(text)
        read_letter(text, text)


def test_each_reason_has_its_words() -> None:
    assert why_unread("cv_locked").startswith("está protegido")
    assert why_unread("vacancy") == ""
