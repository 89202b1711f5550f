"""Job postings as rows, whatever a page puts into its linked data."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest

from huntred.importing.plain import linked_data, plain_text
from huntred.importing.postings import Posting, read_postings
from huntred.importing.rules import FIELDS, read_rows
from huntred.importing.telling import pay_told, years_told
from tests.factories.job_site import POSTING, page_of

TODAY = date(2026, 2, 1)
URL = "https://empleos.example/1"


def read(**values: Any) -> Posting:
    (posting,) = read_postings(page_of(POSTING | values), URL, TODAY)
    return posting


def test_a_posting_in_any_wrapping_is_found_once() -> None:
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": POSTING}]}
    typed = POSTING | {"@type": ["Thing", "http://schema.org/JobPosting"]}
    for page in (page_of(POSTING), page_of([POSTING]), page_of(listed), page_of(POSTING, POSTING), page_of(typed),
                 "<SCRIPT TYPE='application/ld+json' id=a>" + page_of(POSTING).split(">", 5)[5]):  # fmt: skip
        assert [one.cells["company"] for one in read_postings(page, URL, TODAY)] == ["Despacho Sur"]
    broken = '<script type="application/ld+json">{broken</script>' + page_of(POSTING)
    assert len(read_postings(broken, URL, TODAY)) == 1, "one broken piece does not hide another"


def test_scripts_and_marks_never_reach_the_text() -> None:
    marked = (
        "<p onclick='x()'>Hola</p><script>alert(1)</script><style>p{}</style><img src=x onerror=alert(2)>"
        "<ul><li>Uno</li><li>Dos &amp; tres</li></ul><!-- oculto --><iframe src=x>dentro</iframe> a < b"
    )
    assert plain_text(marked) == "Hola\n\n• Uno\n• Dos & tres\na < b"
    assert plain_text("&lt;p&gt;Hola&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;") == "Hola"
    for hostile in ("<" * 200_000, "<!--" * 50_000, "<script" * 30_000, "<a " * 60_000, "&lt;" * 50_000, "<p>" * 70_000):
        began = time.monotonic()
        plain_text(hostile)
        list(linked_data(hostile * 10))
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("values", "cells", "notes"),
    [
        ({"baseSalary": {"currency": "MXN", "value": {"value": 300, "unitText": "DAY"}}},
         {"salary_min": "300", "salary_max": "300", "salary_period": "day", "salary_currency": "MXN"}, ()),
        ({"baseSalary": "12,000", "salaryCurrency": "USD"}, {"salary_min": "12000", "salary_currency": "USD"}, ()),
        ({"baseSalary": {"currency": "MXN", "value": {"minValue": 9, "maxValue": 3, "unitText": "HOUR"}}},
         {"salary_min": "3", "salary_max": "9", "salary_period": "hour"}, ()),
        ({"baseSalary": {"currency": "CAD", "value": 5}}, {"salary_min": None}, ("salary_currency",)),
        ({"baseSalary": {"currency": "MXN", "value": {"value": 5, "unitText": "LUNA"}}}, {"salary_min": None}, ("salary_period",)),
        ({"baseSalary": {"value": {"value": "NaN"}}}, {"salary_min": None}, ()),
        ({"baseSalary": None}, {"salary_min": None}, ()),
        ({"validThrough": "2026-01-31T10:00:00Z"}, {}, ("expired",)),
        ({"validThrough": "mañana"}, {}, ()),
        ({"jobLocationType": "TELECOMMUTE", "jobLocation": []}, {"modality": "remote", "city": None}, ()),
        ({"jobLocation": [{"address": "Av. Juárez 1, Puebla"}, 7]}, {"address": "Av. Juárez 1, Puebla"}, ()),
        ({"hiringOrganization": "Norte <b>SA</b>"}, {"company": "Norte SA"}, ()),
        ({"totalJobOpenings": 3, "experienceRequirements": {"monthsOfExperience": 18}},
         {"openings": "3", "min_experience_years": "1.5"}, ()),
        ({"employmentType": ["PART_TIME", "intern"], "workHours": "9 a 13"}, {"schedule": "Medio tiempo, Prácticas, 9 a 13"}, ()),
        ({"title": ["Cajera"], "description": 5, "skills": {"name": "Excel"}}, {"title": "Cajera"}, ()),
    ],
)  # fmt: skip
def test_what_it_says_becomes_cells_that_a_file_could_have(
    values: dict[str, Any], cells: dict[str, str | None], notes: tuple[str, ...]
) -> None:
    posting = read(**values)
    assert {field: posting.cells.get(field) for field in cells} == cells
    assert posting.notes == notes
    (row,) = read_rows(list(posting.cells), [list(posting.cells.values())], {name: name for name in posting.cells})
    assert row.faults == () and set(posting.cells) <= set(FIELDS)


def test_skills_and_qualifications_are_listed_one_by_one() -> None:
    posting = read(skills="Excel, SAP; CONTPAQi", qualifications=["<li>Licenciatura en contaduría, con cédula profesional y título</li>"])
    assert posting.asked == ("Excel", "SAP", "CONTPAQi", "Licenciatura en contaduría, con cédula profesional y título")
    assert "Requisitos:\n• Excel" in posting.cells["description"]


def test_pay_and_years_are_read_from_sentences() -> None:
    assert pay_told("Somos 5000 personas\nSueldo: $2,800 a $3,200 semanales, netos") == {
        "salary_min": "2800", "salary_max": "3200", "salary_period": "week",
    }  # fmt: skip
    assert pay_told("Salario de 1500 dólares al mes") == {
        "salary_min": "1500", "salary_max": "1500", "salary_period": "month", "salary_currency": "USD",
    }  # fmt: skip
    assert pay_told("Pago quincenal y sueldo competitivo") == {"salary_period": "fortnight"}
    assert pay_told("Contratación inmediata, 12,000 clientes") == {}
    assert years_told("Mínimo 3 años de experiencia") == "3" and years_told("Experiencia: 2+ años en caja") == "2"
    assert years_told("Tenemos 40 años en el mercado") == ""
