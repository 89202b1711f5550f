from __future__ import annotations

import pytest

from ml.cv.headings import OF_PEOPLE, inline_section, label, section_of


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("EXPERIENCIA LABORAL", "experience"),
        ("E X P E R I E N C I A", "experience"),
        ("Donde he trabajado", "experience"),
        ("3. Historial de empleos", "experience"),
        ("Formación académica y cursos", "education"),
        ("Educación continua", "certifications"),
        ("Conocimientos de idiomas", "languages"),
        ("Habilidades y competencias técnicas:", "skills"),
        ("Areas of Expertise", "skills"),
        ("Sobre mí", "summary"),
        ("DATOS PERSONALES", "contact"),
        ("Referencias laborales", "references"),
        ("Licenses & Certifications", "certifications"),
    ],
)
def test_a_heading_is_known_by_its_words(text: str, section: str) -> None:
    assert section_of(text) == section


@pytest.mark.parametrize(
    "text",
    ["Gerente de ventas", "Trabajo en equipo con el área de sistemas.", "Universidad de Guadalajara", "Personal", "Excel", ""],
)
def test_what_names_something_else_is_none(text: str) -> None:
    assert section_of(text) == ""


def test_labels_are_read_for_what_is_looked_for() -> None:
    assert label("Puesto: Chofer") == ("title", 8)
    assert label("Domicilio: Calle 5")[0] == "other_job"
    assert label("Domicilio: Calle 5", OF_PEOPLE)[0] == "address"
    assert label("Chofer de reparto") == ("", 0)


def test_a_heading_may_share_its_line() -> None:
    section, at = inline_section("Idiomas: inglés avanzado")
    assert section == "languages" and "Idiomas: inglés avanzado"[at:] == "inglés avanzado"
