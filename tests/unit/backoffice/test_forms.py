"""Typed values from posted forms."""

from __future__ import annotations

from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from backoffice.forms import FormReader, read_decimal
from backoffice.vacancy_form import read_vacancy_form
from huntred.errors import FieldInvalid


@pytest.mark.parametrize(
    ("typed", "value"), [("18,500.50", "18500.50"), ("$ 18 500", "18500"), ("0.5", "0.5"), ("-3", "-3")]
)
def test_amounts_as_people_type_them(typed: str, value: str) -> None:
    assert read_decimal(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["doce", "NaN", "Infinity", "1e40", "1.2.3"])
def test_what_is_no_amount_names_the_field(typed: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        FormReader(MultiDict({"salary_min": typed})).decimal("salary_min")
    assert (caught.value.field, caught.value.problem) == ("salary_min", "not_a_number")


@pytest.mark.parametrize(
    ("method", "typed", "problem"),
    [("integer", "dos", "not_a_number"), ("id", "1", "unknown"), ("day", "31/12/2026", "not_a_date"),
     ("time", "9 am", "not_a_time"), ("coordinate", "norte", "not_a_number")],
)  # fmt: skip
def test_each_kind_says_its_problem(method: str, typed: str, problem: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        getattr(FormReader(MultiDict({"x": typed})), method)("x")
    assert caught.value.problem == problem


def test_text_loses_nul_and_edges_and_has_a_longest_length() -> None:
    form = FormReader(MultiDict({"x": " a\x00b \r\n c ", "y": "x" * 11}))

    assert form.text("x") == "ab \n c"
    with pytest.raises(FieldInvalid):
        form.text("y", longest=10)


def test_rows_left_blank_are_no_requirements() -> None:
    form = MultiDict(
        [("title", "Cajera"), ("company_id", "0190a0a0-0000-7000-8000-000000000000"), ("modality", "on_site"),
         ("requirement_name", ""), ("requirement_kind", "skill"), ("requirement_importance", "must"),
         ("requirement_years", ""), ("requirement_name", "Excel"), ("requirement_kind", "skill"),
         ("requirement_importance", "nice"), ("requirement_years", "1.5"), ("question_text", "¿Tienes licencia?"),
         ("question_kind", "yes_no"), ("question_expected", "No"), ("question_text", "¿Cuántos años?"),
         ("question_kind", "number"), ("question_expected", "2"), ("permits", "citizen"), ("permits", "marciano")]
    )  # fmt: skip

    read = read_vacancy_form(form)

    assert [(item.name, item.importance, item.min_years) for item in read.requirements] == [
        ("Excel", "nice", Decimal("1.5"))
    ]
    assert [(item.kind, dict(item.expected)) for item in read.questions] == [
        ("yes_no", {"answer": False}), ("number", {"min": 2}),
    ]  # fmt: skip
    assert read.permits == ("citizen",)
