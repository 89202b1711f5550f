"""How a referee is told in the chat, what a whole answer has, and that nothing protected is asked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
import yaml

from contract.text import normalise
from huntred.errors import FieldInvalid
from huntred.references import rules
from huntred.references.rules import COMPETENCES, TERMS_VERSION, AnswerForm, RefereeForm
from tests.bed import ROOT

TODAY = date(2026, 11, 24)
WHOLE = AnswerForm(
    relation_right=True, from_year=2018, to_year=2021, ratings=dict.fromkeys(COMPETENCES), again="no",
    may_share=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("era mi jefa directa", "boss"), ("le reportaba", "boss"), ("Mi jefatura: mi director", "boss"),
        ("éramos pares", "peer"), ("compañera", "peer"), ("me reportaba", "report"), ("yo era su jefe", "report"),
        ("estaba a mi cargo", "report"), ("mi cliente", "client"),
    ],
)  # fmt: skip
def test_relations_as_people_say_them(said: str, code: str) -> None:
    assert rules.relation_of(said) == code


def test_what_is_no_relation_is_refused() -> None:
    with pytest.raises(FieldInvalid):
        rules.relation_of("una amiga de la infancia")


@pytest.mark.parametrize(
    ("said", "years"),
    [
        ("de 2018 a 2021", (2018, 2021)), ("2019", (2019, 2019)), ("desde 2020 a la fecha", (2020, None)),
        ("del 2021 al 2019", (2019, 2021)), ("2022 y todavía", (2022, None)),
    ],
)  # fmt: skip
def test_years_as_people_say_them(said: str, years: tuple[int, int | None]) -> None:
    assert rules.period_of(said, today=TODAY) == years


@pytest.mark.parametrize("said", ["hace mucho", "2031", "1930 a 1935", "tres años"])
def test_years_that_are_none(said: str) -> None:
    with pytest.raises(FieldInvalid):
        rules.period_of(said, today=TODAY)


def test_a_contact_is_a_mail_or_a_number_or_both() -> None:
    assert rules.contact_of("Laura@Example.com") == ("laura@example.com", "")
    assert rules.contact_of("su cel es 844 123 4567") == ("", "+528441234567")
    assert rules.contact_of("laura@example.com o 8441234567") == ("laura@example.com", "+528441234567")
    with pytest.raises(FieldInvalid):
        rules.contact_of("por linkedin")


def test_names_and_companies_lose_what_stands_before_them() -> None:
    assert rules.name_of("se llama Laura Méndez.") == "Laura Méndez"
    assert rules.company_of("trabajamos en Grupo Andino.") == "Grupo Andino"
    assert rules.company_of("Grupo Andino, S.A. de C.V.") == "Grupo Andino, S.A. de C.V."
    for said in ("", "?", "1", "¿quién?"):
        with pytest.raises(FieldInvalid):
            rules.name_of(said)


def test_a_referee_has_all_of_it() -> None:
    form = RefereeForm("Laura Méndez", "boss", "Andino", "", "", 2018, 2021)
    with pytest.raises(FieldInvalid, match="referee_contact"):
        rules.checked(form, today=TODAY)
    kept = rules.checked(replace(form, email="LAURA@example.com"), today=TODAY)
    assert (kept.email, kept.phone) == ("laura@example.com", "")
    with pytest.raises(FieldInvalid, match="referee_period"):
        rules.checked(replace(form, email="l@example.com", to_year=2017), today=TODAY)


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"relation_right": None}, "relation_right"), ({"relation_right": False}, "relation_note"),
        ({"from_year": None}, "worked"), ({"to_year": None}, "worked"), ({"ratings": {}}, "rating_results"),
        ({"again": ""}, "again"), ({"may_share": None}, "may_share"),
    ],
)  # fmt: skip
def test_what_is_sent_lacks_nothing_and_a_draft_may(lacking: dict[str, object], field: str) -> None:
    form = replace(WHOLE, **lacking)  # type: ignore[arg-type]  # by name
    with pytest.raises(FieldInvalid, match=field):
        rules.check_answer(form, today=TODAY, whole=True)
    rules.check_answer(form, today=TODAY, whole=False)


def test_not_observed_is_an_answer_and_six_is_none() -> None:
    rules.check_answer(WHOLE, today=TODAY, whole=True)
    with pytest.raises(FieldInvalid, match="rating_results"):
        rules.check_answer(replace(WHOLE, ratings={"results": 6}), today=TODAY, whole=False)


# LFT 133 and 3: what may never be asked of a candidate, here of somebody else about them.
_PROTECTED = re.compile(
    r"\b(edad|anos tiene|sexo|genero|embaraz|hij[oa]s|casad|solter|matrimoni|religi|sindica|discapaci|salud|enferm"
    r"|etni|indigen|color de piel|orientacion|apariencia|politic|nacionalidad|origen)"
)


def test_a_referee_is_asked_nothing_that_the_law_protects() -> None:
    said = normalise((ROOT / "backoffice" / "templates" / "references" / "texts.html").read_text("utf-8"))
    assert _PROTECTED.findall(said) == []


def test_the_words_that_are_agreed_to_have_their_version() -> None:
    """Whoever changes them gives a new TERMS_VERSION, and puts the new words' marks here."""
    kept = {}
    for unit in ("shared", "huntred_executive"):
        found = yaml.safe_load((ROOT / "domain" / unit / "references.yml").read_text("utf-8"))["responses"]
        kept[unit] = sha256(found["utter_ask_references_consent"][0]["text"].encode()).hexdigest()[:12]
    page = (ROOT / "backoffice" / "templates" / "public" / "references.html").read_text("utf-8")
    assert TERMS_VERSION == "2026-11-29"
    assert kept == {"shared": "b904ccd3a2b8", "huntred_executive": "e99e0644c94a"}
    for promise in ("nunca para qué empresa ni para qué puesto", "decimos tu nombre", "decimos su nombre"):
        assert promise in page
