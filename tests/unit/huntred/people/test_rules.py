"""How answers of people are read: the ways in which Mexicans write names, dates, pay and places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huntred.errors import FieldInvalid
from huntred.people.rules import APPLY_REQUIRED, FIELDS, RECAP_ORDER, missing, parse_field

TODAY = date(2026, 3, 2)


def read(field: str, text: str) -> dict[str, Any]:
    return dict(parse_field(field, text, today=TODAY).columns)


@pytest.mark.parametrize(
    ("text", "first", "last", "second"),
    [
        ("Ana María López de la Cruz", "Ana María", "López", "de la Cruz"),
        ("Beatriz Elena Arriaga Montes de Oca", "Beatriz Elena", "Arriaga", "Montes de Oca"),
        ("luis ponce de león garza", "Luis", "Ponce de León", "Garza"),
        ("me llamo josé luis hernández garcía 😊", "José Luis", "Hernández", "García"),
        ("MI NOMBRE ES JUAN PÉREZ", "Juan", "Pérez", ""),
        ("maría del carmen lópez", "María del Carmen", "López", ""),
        ("María de los Ángeles Pérez Gómez", "María de los Ángeles", "Pérez", "Gómez"),
        ("Luis Peña Nieto", "Luis", "Peña", "Nieto"),
        ("Jean-Baptiste Pierre", "Jean-Baptiste", "Pierre", ""),
        ("Ana", "Ana", "", ""),
        ("Sean O'Brien McAllister", "Sean", "O'Brien", "McAllister"),
    ],
)
def test_full_names(text: str, first: str, last: str, second: str) -> None:
    columns = read("full_name", text)
    assert (columns.get("first_name"), columns.get("last_name", ""), columns.get("second_last_name", "")) == (
        first, last, second,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["3 de mayo del 98", "03/05/1998", "3-5-98", "nací el 3 de mayo de 1998", "Mayo 3, 1998",
                                  "1998-05-03", "3 mayo 1998", "3/mayo/98", "3 of May 1998", "May 3rd, 1998",
                                  "3 mai 1998", "3 de maio de 1998"])  # fmt: skip
def test_birth_dates(text: str) -> None:
    assert read("birth_date", text) == {"birth_date": date(1998, 5, 3)}


def test_a_month_and_a_year_are_no_birth_date() -> None:
    with pytest.raises(FieldInvalid):
        read("birth_date", "May 1998")


def test_two_digits_are_the_year_of_somebody_who_may_work() -> None:
    assert read("birth_date", "1/1/05")["birth_date"].year == 2005
    assert read("birth_date", "1/1/30")["birth_date"].year == 1930


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("15 mil", "15000", "MXN"), ("12-14k", "12000", "MXN"), ("entre 12 y 14 mil pesos", "12000", "MXN"),
        ("$15,000.00 mensuales", "15000", "MXN"), ("15.000", "15000", "MXN"), ("quince mil", "15000", "MXN"),
        ("8 mil quincenales", "16000", "MXN"), ("2,500 semanales", "10833.33", "MXN"), ("400 diarios", "12160", "MXN"),
        ("1,200 usd", "1200", "USD"), ("360000 al año", "30000", "MXN"), ("unos 18 500", "18500", "MXN"),
        ("1.5 millones anuales", "125000", "MXN"),
        ("12 thousand", "12000", "MXN"),
    ],
)  # fmt: skip
def test_pay_by_the_month(text: str, amount: str, currency: str) -> None:
    assert read("salary", text) == {"salary_amount": Decimal(amount), "salary_currency": currency}


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2 años y medio", "2.5"), ("6 meses", "0.5"), ("año y medio", "1.5"), ("ninguna", "0"), ("dos años", "2"),
        ("más de 10 años", "10"), ("3 a 4 años", "3"), ("1 año y 6 meses", "1.5"), ("no tengo", "0"), ("5", "5"),
        ("treinta y cinco años", "35"), ("2 and a half years", "2.5"), ("3 ans", "3"), ("sans expérience", "0"),
        ("2 anos e meio", "2.5"), ("san eksperyans", "0"),
    ],
)  # fmt: skip
def test_years_of_experience(text: str, years: str) -> None:
    assert read("experience_years", text) == {"experience_years": Decimal(years)}


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("ventas, caja y excel", ["ventas", "caja", "excel"]),
        ("sé usar EXCEL, montacargas e inventarios", ["EXCEL", "montacargas", "inventarios"]),
        ("Ventas, ventas; VENTAS", ["Ventas"]),
        ("soldadura\nelectricidad", ["soldadura", "electricidad"]),
        ("LE SÉ A MANEJO DE CAJA, INGLÉS", ["manejo de caja", "inglés"]),
        ("le hago al torno y fresadora", ["torno", "fresadora"]),
    ],
)
def test_skills(text: str, skills: list[str]) -> None:
    assert read("skills", text) == {"skills": skills}


@pytest.mark.parametrize("text", ["cdmx", "vivo en la Ciudad de México", "Estoy en CDMX", "ciudad de mexico"])
def test_a_known_town_has_its_coordinates(text: str) -> None:
    columns = read("city", text)
    assert columns["city"] == "Ciudad de México"
    assert round(columns["latitude"]) == 19


def test_an_unknown_village_is_an_answer_too() -> None:
    assert read("city", "vivo en santa maría del oro chico") == {
        "city": "Santa María del Oro Chico", "state": "", "latitude": None, "longitude": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("email", "mi correo es Ana.Lopez@Example.com.", "ana.lopez@example.com"),
        ("email", "ana arroba example punto com", "ana@example.com"),
        ("email", "ana @ example.com", "ana@example.com"),
        ("phone", "55 1234 5678", "+525512345678"),
        ("phone", "+52 1 55 1234 5678", "+525512345678"),
        ("phone", "+504 9999-8888", "+50499998888"),
        ("nationality", "soy hondureña", "Honduras"),
        ("nationality", "vengo de Haití", "Haití"),
        ("nationality", "mexicana", "México"),
        ("nationality", "Cameroun", "Camerún"),
        ("nationality", "Ayiti", "Haití"),
        ("nationality", "I am from Brazil", "Brasil"),
        ("work_permit", "tengo la tarjeta humanitaria", "humanitarian"),
        ("work_permit", "No", "none"),
        ("work_permit", "residente permanente", "permanent"),
        ("work_permit", "está en trámite", "in_process"),
        ("headline", "trabajo de mesero", "Mesero"),
        ("last_name", "DE LA CRUZ", "de la Cruz"),
        ("second_last_name", "mi apellido es Núñez", "Núñez"),
    ],
)
def test_single_values(field: str, text: str, value: str) -> None:
    assert read(field, text) == {field: value}


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("first_name", "", "missing"), ("first_name", "A1", "not_a_name"), ("first_name", "a" * 61, "too_long"),
        ("first_name", "X", "too_short"), ("full_name", "¿cuánto pagan por semana ahí, eh?", "not_a_name"),
        ("email", "no tengo", "not_an_email"), ("email", " ", "missing"), ("email", "ana@", "not_an_email"),
        ("phone", "123", "not_a_phone"), ("phone", "", "missing"),
        ("birth_date", "ayer", "not_a_date"), ("birth_date", "31/02/1990", "not_a_date"), ("birth_date", "", "missing"),
        ("birth_date", "01/01/2027", "in_future"), ("birth_date", "01/01/2015", "too_young"),
        ("birth_date", "01/01/1850", "not_a_date"),
        ("salary", "lo que sea justo", "not_a_number"), ("salary", "15", "out_of_range"), ("salary", "", "missing"),
        ("experience_years", "80 años", "out_of_range"), ("experience_years", "bastante", "not_a_number"),
        ("experience_years", "", "missing"),
        ("skills", "", "missing"), ("skills", "a", "not_a_skill"), ("skills", "x" * 61, "too_long"),
        ("city", "", "missing"), ("city", "¿dónde?", "not_a_place"), ("city", "x" * 90, "too_long"),
        ("nationality", "terrícola", "not_a_country"), ("nationality", "", "missing"),
        ("work_permit", "quizá", "unknown_permit"), ("work_permit", "", "missing"),
        ("headline", "", "missing"), ("headline", "x" * 130, "too_long"), ("headline", "12", "not_a_headline"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_says_which_field_and_why(field: str, text: str, problem: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        read(field, text)
    assert (refused.value.field, refused.value.problem) == (field, problem)


@given(st.sampled_from(FIELDS), st.text(max_size=200))
def test_whatever_is_typed_is_understood_or_refused(field: str, text: str) -> None:
    try:
        columns = read(field, text)
    except FieldInvalid:
        return
    assert columns


def test_a_field_that_there_is_not() -> None:
    with pytest.raises(LookupError):
        read("sex", "F")


def test_required_fields_come_in_the_order_of_the_recap() -> None:
    assert missing({"first_name": "Ana", "skills": []}, APPLY_REQUIRED) == ["last_name", "email", "city", "skills"]
    assert set(APPLY_REQUIRED) <= set(RECAP_ORDER)


def test_nothing_that_is_protected_is_required_to_apply() -> None:
    """LFT art. 133: neither origin nor age may stand in the way."""
    assert not {"nationality", "birth_date", "sex", "curp"} & set(APPLY_REQUIRED)
