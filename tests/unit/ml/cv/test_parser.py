"""From the text of CVs to their fields. The layouts of `benchmarks/cv_set` are drawn here too, without Pango's."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.cv_scores import scores
from benchmarks.cv_set import LAYOUTS, Sample
from benchmarks.cv_set.truth import person
from huntred.cv.ports import Cv, Found
from ml.cv.files import read
from ml.cv.parser import CvParser

TODAY = date(2026, 11, 28)
FORM = """CURRICULUM VITAE
Nombre: Pedro Ramírez Soto
Edad: 34 años
Estado civil: Casado
Domicilio: Calle 5 de Mayo #123, Col. Centro, León, Gto.
Teléfono: (477) 123-4567
E-mail: pedro_ramirez@example.com

ESCOLARIDAD
Primaria: Escuela Benito Juárez (1994-2000)
Bachillerato: CBTIS 148 (2003-2006)

EXPERIENCIA LABORAL
Empresa: Calzado Andrea S.A. de C.V.
Puesto: Técnico de mantenimiento
Periodo: Marzo 2015 - a la fecha
Actividades: Mantenimiento preventivo.
Reparación de motores.
Jefe inmediato: Ing. José Torres

Empresa: Curtidos Bengala
Puesto: Ayudante general
Periodo: Enero 2010 - Febrero 2015
Actividades: Limpieza y acarreo de material.
Motivo de salida: Mejor oportunidad

IDIOMAS
Inglés 40%

REFERENCIAS
Ing. José Torres, tel. 4777654321
"""
ENGLISH = """Laura Fernanda Castillo
Senior Product Manager
Mexico City, Mexico · laura.castillo@example.com · +52 1 55 4321 8765 · github.com/lcastillo

WORK EXPERIENCE
Clip, Mexico City — Senior Product Manager
March 2020 – Present
• Led a squad of 12.

Accenture — Business Analyst
08/2014 – 05/2017
• Gathered requirements.

EDUCATION
Tecnológico de Monterrey — B.S. in Industrial Engineering, 2009 – 2014

SKILLS
Python (5 years), Excel (advanced), Juggling

LANGUAGES
Spanish (native), English (C2)
"""
PROFILE = """Contact
+52 33 1122 3344 (Mobile)
rodrigo.vega@example.com

Top Skills
Python

Certifications
Google Data Analytics

Rodrigo Vega Martínez
Data Analyst at Mercado Libre
Guadalajara, Jalisco, México

Experience

Mercado Libre
4 years 3 months

Senior Data Analyst
January 2023 - Present (3 years 11 months)

Data Analyst
September 2022 - December 2022 (4 months)

Oracle
Junior Analyst
July 2020 - August 2022 (2 years 2 months)
Reporting in Excel.
"""


def parsed(parser: CvParser, text: str) -> Cv:
    return parser.parse(read(text.encode()), TODAY)


def value(found: Found | None) -> str | None:
    return found.value if found else None


def jobs(cv: Cv) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(value(one.title), value(one.employer), value(one.start), value(one.end)) for one in cv.experience]


def test_a_form_of_labels(parser: CvParser) -> None:
    cv = parsed(parser, FORM)
    assert value(cv.contact.name) == "Pedro Ramírez Soto"
    assert value(cv.contact.phone) == "+524771234567"
    assert value(cv.contact.location) == "Calle 5 de Mayo #123, Col. Centro, León, Gto."
    assert jobs(cv) == [
        ("Técnico de mantenimiento", "Calzado Andrea S.A. de C.V.", "2015-03", None),
        ("Ayudante general", "Curtidos Bengala", "2010-01", "2015-02"),
    ]
    assert [one.value for one in cv.experience[0].duties] == ["Mantenimiento preventivo.", "Reparación de motores."]
    assert [(value(one.degree), value(one.institution)) for one in cv.education] == [
        ("Primaria", "Escuela Benito Juárez"),
        ("Bachillerato", "CBTIS 148"),
    ]


def test_nothing_protected_is_a_field(parser: CvParser) -> None:
    """LFT 133: age and marital status stay in the text of the CV."""
    from ml.cv.wire import plain

    fields = {key: told for key, told in plain(parsed(parser, FORM)).items() if key != "evidence"}
    assert "Casado" not in str(fields) and "34 años" not in str(fields)


def test_english_with_levels_and_years(parser: CvParser) -> None:
    cv = parsed(parser, ENGLISH)
    assert cv.language == "en"
    assert jobs(cv) == [
        ("Senior Product Manager", "Clip", "2020-03", None),
        ("Business Analyst", "Accenture", "2014-08", "2017-05"),
    ]
    assert value(cv.contact.phone) == "+525543218765"
    assert [one.value for one in cv.contact.links] == ["github.com/lcastillo"]
    skills = {one.name.value: one for one in cv.skills}
    assert skills["Python"].id == "python" and skills["Python"].years == 5
    assert skills["Excel"].id == "excel" and value(skills["Excel"].level) == "advanced"
    assert skills["Juggling"].id is None
    assert [(one.language, value(one.level)) for one in cv.languages] == [("es", "native"), ("en", "C2")]


def test_roles_of_one_employer(parser: CvParser) -> None:
    cv = parsed(parser, PROFILE)
    assert value(cv.contact.name) == "Rodrigo Vega Martínez"
    assert [one.value for one in cv.certifications] == ["Google Data Analytics"]
    assert jobs(cv) == [
        ("Senior Data Analyst", "Mercado Libre", "2023-01", None),
        ("Data Analyst", "Mercado Libre", "2022-09", "2022-12"),
        ("Junior Analyst", "Oracle", "2020-07", "2022-08"),
    ]
    assert cv.experience[1].months == 4
    (excel,) = [one for one in cv.skills if one.id == "excel"]
    assert excel.last_used == "2022-08" and excel.years == 2.2


def test_overlaps_count_once(parser: CvParser) -> None:
    cv = parsed(
        parser,
        "Ana López Ruiz\nana@example.com\n\nEXPERIENCIA\nCajera\nTiendas Sur\nEne 2020 - Dic 2020\n- Cobrar.\n"
        "Vendedora\nTiendas Norte\nJul 2020 - Mar 2021\n- Vender.\n",
    )
    assert [one.months for one in cv.experience] == [12, 9]
    assert cv.total_months == 15


def test_every_value_stands_where_its_span_says(parser: CvParser) -> None:
    cv = parsed(parser, ENGLISH)
    told = [cv.contact.email, cv.contact.name, *(one.employer for one in cv.experience), *(one.name for one in cv.skills)]
    for found in told:
        assert found is not None
        assert cv.pages[found.span.page - 1][found.span.start : found.span.end] == found.value


def test_a_text_that_is_no_cv_gives_nothing_rather_than_an_error(parser: CvParser) -> None:
    cv = parsed(parser, "Lista del mandado: jitomate, cebolla, chile, cilantro, limones y tortillas para el domingo.")
    assert cv.experience == () and cv.education == () and cv.contact.email is None and cv.total_months == 0


@pytest.mark.parametrize("layout", [one for one in LAYOUTS if one.name in {
    "caps_word", "table_word", "job_board", "network_export", "plain_text"
}], ids=lambda layout: layout.name)  # fmt: skip
@pytest.mark.parametrize("seed", [11, 12])
def test_a_drawn_layout_is_read(parser: CvParser, layout: object, seed: int) -> None:
    sample = Sample(layout, seed, person(seed, "es"))  # type: ignore[arg-type]
    found = scores(sample, parser.parse(read(sample.content()), TODAY))
    # A narrow column breaks some certifications where nothing tells it.
    assert {field: score for field, score in found.items() if score < 1 and field != "certifications"} == {}
