"""What the ranker shows for each thing that a vacancy asks for, and what can never move it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from huntred.matching.ports import CandidateFeatures, Evidence, Match, RequirementFeatures, VacancyFeatures
from ml.lexicon.reading import read_titles
from ml.ranking import SemanticRanker
from ml.ranking.words import asked_of, level_of, said_of

RANKER = SemanticRanker()
MONTERREY = {"city": "Monterrey", "region": "Nuevo León", "latitude": 25.6866, "longitude": -100.3161}
OFFICE = VacancyFeatures(
    UUID(int=1), "Contador general", seniority="senior", min_experience_years=Decimal(4), salary_max=Decimal(30000),
    schedule="Lunes a sábado, rolar turnos, disponibilidad para viajar",
    requirements=(
        RequirementFeatures("CONTPAQi"), RequirementFeatures("Nómina", importance="nice"),
        RequirementFeatures("Inglés avanzado", "language"),
    ),
    **MONTERREY,
)  # fmt: skip


def only(candidate: CandidateFeatures, offered: VacancyFeatures = OFFICE) -> Match:
    return RANKER.rank(candidate, [offered])[0]


def shown(found: Match, feature: str) -> Evidence:
    return next(item for item in found.evidence if item.feature == feature)


def test_each_thing_that_is_asked_for_has_a_state_and_the_words_that_show_it() -> None:
    found = only(
        CandidateFeatures(
            title="Contadora Sr.", skills=("nómina",), experience_years=Decimal(2), salary_monthly=Decimal(28000),
            background="Llevé la contabilidad de tres empresas. Uso CONTPAQi todos los días. Puedo rolar turnos.",
            **MONTERREY,
        )
    )  # fmt: skip
    assert {item.feature for item in found.evidence} == {
        "title", "must", "nice", "languages", "experience", "seniority", "place", "salary", "availability",
    }  # fmt: skip
    accounting = shown(found, "must")
    assert (accounting.state, accounting.quote, accounting.stands_in) == (
        "met", "Uso CONTPAQi todos los días.", "experience_text",
    )  # fmt: skip
    payroll = shown(found, "nice")
    assert (payroll.state, payroll.quote, payroll.stands_in) == ("met", "nómina", "skills")
    assert shown(found, "languages").state == "unknown"  # nobody is asked for languages
    years = shown(found, "experience")
    assert (years.state, years.quote, years.values) == ("partly", "2", {"years": "2", "asked": "4"})
    assert (shown(found, "seniority").state, shown(found, "seniority").quote) == ("met", "Contadora Sr.")
    assert (shown(found, "salary").state, shown(found, "salary").quote) == ("met", "$28,000.00 MXN")
    assert (shown(found, "place").state, shown(found, "place").stands_in) == ("met", "city")
    time = {item.values["what"]: item.state for item in found.evidence if item.feature == "availability"}
    assert time == {"rotating": "met", "travel": "unknown"}


def test_who_told_nothing_has_nothing_but_unknowns() -> None:
    found = only(CandidateFeatures())
    assert {item.state for item in found.evidence} == {"unknown"}
    assert {item.worth for item in found.evidence} == {None}
    assert found.score == Decimal("0.5")


def test_not_knowing_is_better_than_knowing_that_it_is_not_so() -> None:
    told = CandidateFeatures(title="Contadora senior", skills=("CONTPAQi", "nómina", "inglés avanzado"), **MONTERREY)
    silent = only(told).score
    assert only(replace(told, experience_years=Decimal(0))).score < silent
    assert only(replace(told, salary_monthly=Decimal(90000))).score < silent
    assert only(replace(told, background="No puedo viajar.")).score < silent
    assert (
        only(replace(told, city="Mérida", region="Yucatán", latitude=20.97, longitude=-89.62)).score
        < only(replace(told, city="", region="", latitude=None, longitude=None)).score
    )


@pytest.mark.parametrize(
    ("field", "from_worse_to_better"),
    [
        ("experience_years", [Decimal(number) for number in range(12)]),
        ("salary_monthly", [Decimal(number) for number in range(60000, 8000, -4000)]),
        ("skills", [("ventas", "Excel", "CONTPAQi", "nómina", "inglés avanzado")[:number] for number in range(1, 6)]),
        ("latitude", [25.6866 + away for away in (9, 3, 1, 0.7, 0.5, 0.3, 0.1, 0.0)]),
        ("title", ["Ayudante de contador", "Contador junior", "Contador", "Contador general senior"]),
    ],
)
def test_a_better_person_never_ranks_lower(field: str, from_worse_to_better: list[Any]) -> None:
    person = CandidateFeatures(title="Contador general", skills=("ventas",), **(MONTERREY | {"city": "San Nicolás"}))
    scores = [only(replace(person, **{field: value})).score for value in from_worse_to_better]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1]


def test_a_level_is_read_from_the_title_only_where_it_names_one() -> None:
    assert level_of("Cajera") is None
    levels = [level_of(name) for name in ("Becaria", "Analista Jr.", "Analista", "Coordinador de ventas", "Gerenta de planta",
                                          "Directora de operaciones", "Directora general")]  # fmt: skip
    assert levels == [1, 3, 3, 4, 5, 6, 7]


def test_what_is_ruled_out_is_told_from_what_is_offered() -> None:
    assert asked_of("Turno nocturno y fines de semana") == ("nights", "weekends")
    said = said_of("Disponibilidad inmediata. No puedo trabajar de noche, pero sí fines de semana.")
    assert set(said.no) == {"nights"}
    assert set(said.yes) == {"immediate", "weekends"}
    assert set(said_of("No puedo viajar").no) == {"travel"}


FORMS = [
    ("cajero", "cajera", "cajero(a)"), ("mesero", "mesera", "mesero/a"), ("contador", "contadora", "contador(a)"),
    ("auxiliar administrativo", "auxiliar administrativa", "auxiliar administrativo/a"),
    ("vendedor", "vendedora", "vendedor@"), ("enfermero", "enfermera", "enfermerx"),
    ("ingeniero industrial", "ingeniera industrial", "ingeniero(a) industrial"),
    ("cocinero", "cocinera", "cocinero o cocinera"), ("director de finanzas", "directora de finanzas", "dirección de finanzas"),
    ("coordinador de compras", "coordinadora de compras", "coordinador/a de compras"),
    ("ejecutivo de ventas", "ejecutiva de ventas", "ejecutivo(a) de ventas"), ("maestro", "maestra", "maestro(a)"),
    ("abogado", "abogada", "abogado/a"), ("supervisor de producción", "supervisora de producción", "supervisor(a) de producción"),
]  # fmt: skip


@pytest.mark.parametrize("forms", FORMS, ids=lambda forms: forms[0])
def test_the_gender_of_a_word_ranks_nobody(forms: tuple[str, ...]) -> None:
    """The first twenty of some hundred vacancies, and of people, are the same whichever form is written."""
    pool = sorted({title.es[0] for title in read_titles()})[::14]
    offered = [VacancyFeatures(UUID(int=number), title) for number, title in enumerate(pool, 1)]
    people = [(UUID(int=number), CandidateFeatures(title=title)) for number, title in enumerate(pool, 1)]
    for ranked in (
        [RANKER.rank(CandidateFeatures(title=form, asks_for_title=True), offered) for form in forms],
        [RANKER.rank_people(VacancyFeatures(UUID(int=0), form), people) for form in forms],
    ):
        first, *others = ({match.subject_id for match in matches[:20]} for matches in ranked)
        for other in others:
            assert len(first & other) / 20 >= 0.95
