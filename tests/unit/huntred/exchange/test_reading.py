"""Files of other systems: which column is which, what a cell says, and what is never read."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from huntred.errors import FieldInvalid
from huntred.exchange import outgoing
from huntred.exchange.reading import read_person
from huntred.exchange.suggesting import fingerprint, fold, kind_of_stage, never_read, suggest, system_of, systems
from huntred.importing.errors import FileEmpty, FileTooLarge, FileUnreadable
from huntred.importing.files import Bounds, read_table

TODAY = date(2026, 11, 29)


def read(**cells: str) -> Any:
    return read_person(list(cells), list(cells.values()), {name: name for name in cells}, "dmy", today=TODAY)


@pytest.mark.parametrize("key", list(systems()))
def test_an_export_of_each_system_is_recognised_by_its_own_heads(key: str) -> None:
    heads = [names[0] for names in systems()[key]["columns"].values()]
    assert system_of(heads) == key
    told = suggest(heads, [])
    assert told["columns"] == {field: names[0] for field, names in systems()[key]["columns"].items()}


def test_a_few_words_that_anybody_uses_name_no_system() -> None:
    assert system_of(["Nombre", "Correo", "Email", "Phone"]) == ""


def test_columns_are_known_by_words_in_both_languages_and_by_what_stands_in_them() -> None:
    heads = ["Nombre", "Contacto", "Dónde", "Cumple", "Fuente"]
    rows = [["Ana López", "ana@example.com", "55 1234 5601", "13/05/1990", "OCC"], ["Beto Ruiz", "b@example.com", "5512345602", "1/2/1985", ""]]
    told = suggest(heads, rows)
    assert told["columns"] == {
        "full_name": "Nombre", "email": "Contacto", "phone": "Dónde", "birth_date": "Cumple", "source": "Fuente",
    }  # fmt: skip
    assert told["dates"] == "dmy"
    assert suggest(["Birth Date"], [["05/13/1990"], ["1/2/1985"]])["dates"] == "mdy"


@pytest.mark.parametrize(
    "head",
    ["Sexo", "candidate.gender", "maritalStatus", "Estado civil", "Edad", "Religión", "eeoc.race", "Veteran Status",
     "Nacionalidad", "Tiene hijos", "Número de hijos", "Discapacidad", "Sindicato"],
)  # fmt: skip
def test_what_nobody_is_chosen_by_is_never_read(head: str) -> None:
    assert head in never_read([head])
    assert head not in suggest([head, "Nombre"], [["x", "Ana"]])["columns"].values()


@pytest.mark.parametrize("head", ["Estado", "Lenguaje", "Fecha de nacimiento", "Imagen", "Message", "Salary range", "Página"])
def test_words_that_only_look_like_it_are_read(head: str) -> None:
    assert never_read([head]) == {}


def test_a_fingerprint_knows_columns_in_any_order() -> None:
    assert fingerprint(["Correo", "Nombre"]) == fingerprint(["nombre", "CORREO"]) != fingerprint(["Nombre"])
    assert fold("dateOfBirth") == fold("Date of  birth") == "date of birth"


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [("Phone Screen", "screening"), ("Aplicó", ""), ("Rechazado por cliente", "rejected"), ("2nd interview", "interview"),
     ("Hired", "hired"), ("Postulado", "new"), ("Candidate withdrew", "withdrawn"), ("Carta oferta", "offer")],
)  # fmt: skip
def test_a_stage_is_understood_or_asked_about(theirs: str, kind: str) -> None:
    assert kind_of_stage(theirs) == kind


def test_a_row_is_read_as_people_write() -> None:
    found = read(
        full_name="RUIZ SOTO, ana maría", email="<Ana@Example.com>, otra@example.com", phone="(55) 1234-5601 | 5512345602",
        birth_date="03/05/1990", city="Mty", skills="SAP|Excel", salary="18,500", salary_currency="USD", applied_on="1767225600000",
    )  # fmt: skip
    assert found.faults == []
    told = found.columns
    assert (told["first_name"], told["last_name"], told["second_last_name"]) == ("Ana María", "Ruiz", "Soto")
    assert (told["email"], told["phone"]) == ("ana@example.com", "+525512345601")
    assert (told["birth_date_sealed"], told["city"], told["skills"]) == ("1990-05-03", "Monterrey", ["SAP", "Excel"])
    assert (str(told["salary_amount"]), told["salary_currency"]) == ("18500.00", "USD")
    assert found.applied_at.isoformat() == "2026-01-01T00:00:00+00:00"


def test_a_curp_says_the_birth_date_and_a_contradiction_is_a_fault() -> None:
    curp = "HEGG560427MVZRRL04"
    assert read(first_name="Gloria", curp=curp).columns["birth_date_sealed"] == "1956-04-27"
    faults = read(first_name="Gloria", curp=curp, birth_date="01/01/1980").faults
    assert [(one.field, one.problem) for one in faults] == [("birth_date", "differs_from_curp")]


@pytest.mark.parametrize(
    ("cells", "field", "problem"),
    [
        ({"first_name": "Ana"}, "email", "no_way_to_know"),
        ({"email": "a@example.com"}, "first_name", "missing"),
        ({"first_name": "Ana", "email": "ana en casa"}, "email", "not_an_email"),
        ({"first_name": "Ana", "phone": "123"}, "phone", "not_a_phone"),
        ({"first_name": "Ana", "email": "a@example.com", "birth_date": "29/11/2015"}, "birth_date", "too_young"),
        ({"first_name": "Ana", "email": "a@example.com", "applied_on": "29/11/2031"}, "applied_on", "in_future"),
        ({"first_name": "Ana", "email": "a@example.com", "applied_on": "ayer"}, "applied_on", "not_a_date"),
        ({"first_name": "Ana", "curp": "XXXX"}, "curp", "not_a_curp"),
        ({"first_name": "4n4", "email": "a@example.com"}, "first_name", "not_a_name"),
        ({"first_name": "Ana", "email": "a@example.com", "source": "x" * 200}, "source", "too_long"),
    ],
)
def test_what_cannot_be_read_says_which_field_and_why(cells: dict[str, str], field: str, problem: str) -> None:
    assert [(one.field, one.problem) for one in read(**cells).faults] == [(field, problem)]


def test_json_is_read_by_paths_from_lists_answers_and_lines() -> None:
    one = {"id": 9007199254740993, "name": {"first": "Ana"}, "emails": [{"value": "a@x.mx"}], "tags": ["SAP", None], "ok": True}
    for text in (json.dumps([one]), json.dumps({"total": 1, "data": [one]}), json.dumps(one), json.dumps(one) + "\n" + json.dumps(one)):
        heads, rows = read_table(text.encode())
        assert heads == ["id", "name.first", "emails.0.value", "tags", "ok"]
        assert rows[0] == ["9007199254740993", "Ana", "a@x.mx", "SAP", "true"]


@pytest.mark.parametrize(
    ("content", "error"),
    [("[" * 100_000, FileUnreadable), ('[{"a": 1}, 2]', FileUnreadable), ("{broken", FileUnreadable), ("[]", FileEmpty),
     (json.dumps([{"a": n} for n in range(6)]), FileTooLarge), (json.dumps([{str(n): 1 for n in range(9)}]), FileTooLarge)],
)  # fmt: skip
def test_json_that_is_none_or_too_much_is_refused(content: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_table(content.encode(), Bounds(rows=5, columns=8))


@pytest.mark.parametrize(
    ("fields", "file_format"),
    [([], "csv"), ([("email", "")], "csv"), ([("curp", "CURP")], "csv"), ([("email", "a"), ("phone", "a")], "csv"),
     ([("email", "a"), ("phone", "a.b")], "json"), ([("email", "a")], "xml")],
)  # fmt: skip
def test_a_mapping_out_that_cannot_be_written_is_refused(fields: list[tuple[str, str]], file_format: str) -> None:
    with pytest.raises(FieldInvalid):
        outgoing.told_of("people", fields, "iso", file_format)


def test_dots_make_levels() -> None:
    assert outgoing.nested({"name": "Ana", "address.city": "León", "address.state": "Guanajuato"}) == {
        "name": "Ana", "address": {"city": "León", "state": "Guanajuato"},
    }  # fmt: skip


def test_each_system_and_each_field_has_its_words() -> None:
    from backoffice.wording import words
    from huntred.exchange.suggesting import FIELDS

    said = words("es")
    assert set(systems()) == set(said.exchange_systems)
    assert set(FIELDS) == set(said.exchange_fields)
    assert {name for fields in outgoing.FIELDS.values() for name in fields} == set(said.exchange_out_fields)
