"""The ranker with its real model: what belongs together, what does not, and what is said about it."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from huntred.matching.ports import CandidateFeatures, Match, RequirementFeatures, VacancyFeatures
from ml.ranking import SemanticRanker

RANKER = SemanticRanker()
MONTERREY = {"city": "Monterrey", "region": "Nuevo León", "latitude": 25.6866, "longitude": -100.3161}
TITLES = (
    "Operario de producción", "Auxiliar de almacén", "Mesera o mesero", "Chofer repartidor", "Cajera o cajero",
    "Auxiliar de limpieza", "Guardia de seguridad", "Dirección de Finanzas (CFO)", "Becaria o becario de Marketing Digital",
    "Desarrolladora o desarrollador Backend Junior", "Ayudante de cocina", "Soldadora o soldador MIG", "Camarista",
    "Cuidadora o cuidador de personas mayores", "Gerencia de Planta", "Ayudante de albañil",
)  # fmt: skip


def vacancy(number: int, title: str = "Cajera", skills: tuple[Any, ...] = (), **values: Any) -> VacancyFeatures:
    wanted = tuple(skill if isinstance(skill, RequirementFeatures) else RequirementFeatures(skill) for skill in skills)
    return VacancyFeatures(UUID(int=number), title, requirements=wanted, **(MONTERREY | values))


def codes(reasons: Any) -> set[str]:
    return {reason.code for reason in reasons}


def only(candidate: CandidateFeatures, offered: VacancyFeatures) -> Match:
    return RANKER.rank(candidate, [offered])[0]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("mesera", "Mesera o mesero"),
        ("busco chamba en una fábrica", "Operario de producción"),
        ("quiero manejar una camioneta", "Chofer repartidor"),
        ("bodeguero", "Auxiliar de almacén"),
        ("afanadora", "Auxiliar de limpieza"),
        ("velador", "Guardia de seguridad"),
        ("director de finanzas", "Dirección de Finanzas (CFO)"),
        ("prácticas de mercadotecnia", "Becaria o becario de Marketing Digital"),
        ("programadora", "Desarrolladora o desarrollador Backend Junior"),
        ("SOLDADOR", "Soldadora o soldador MIG"),
        ("recamarera de hotel", "Camarista"),
        ("cuidar personas mayores", "Cuidadora o cuidador de personas mayores"),
        ("peon de obra", "Ayudante de albañil"),
        ("cobrar en caja", "Cajera o cajero"),
    ],
)
def test_mexican_words_find_the_work_that_is_meant(said: str, title: str) -> None:
    offered = [vacancy(i, name) for i, name in enumerate(TITLES)]
    best = RANKER.rank(CandidateFeatures(title=said, asks_for_title=True), offered)[0]
    assert best.fits
    assert TITLES[best.subject_id.int] == title


@pytest.mark.parametrize("said", ["astronauta", "contador", "dentista", "piloto de avión comercial"])
def test_work_that_nobody_offers_fits_nothing_that_is_other_work(said: str) -> None:
    """ "Piloto" may sound like driving; a cashier's place must never be shown for it."""
    offered = [vacancy(1, "Cajera o cajero"), vacancy(2, "Auxiliar de limpieza"), vacancy(3, "Mesera o mesero")]
    assert not any(match.fits for match in RANKER.rank(CandidateFeatures(title=said, asks_for_title=True), offered))


def test_a_candidate_has_no_field_for_what_must_not_count() -> None:
    """LFT 133: nothing of this can reach a ranker, because the type has no place for it."""
    names = {field.name for field in fields(CandidateFeatures)}
    forbidden = {
        "sex", "gender", "birth", "age", "nationality", "origin", "name", "disability", "health", "religion",
        "orientation", "marital", "permit", "photo", "curp",
    }  # fmt: skip
    assert not {name for name in names for word in forbidden if word in name.split("_")}


def test_skills_are_met_partly_or_not_and_unknown_is_said() -> None:
    offered = vacancy(
        1, "Auxiliar contable",
        (
            "Contabilidad", RequirementFeatures("Excel avanzado"), RequirementFeatures("Inglés", "language"),
            RequirementFeatures("Constancia de sueldos", "certification"),
        ),
    )  # fmt: skip
    told = only(CandidateFeatures(skills=("contabilidad", "hojas de cálculo")), offered)
    assert [state.state for state in told.requirements] == ["met", "partly", "unknown", "unknown"]
    assert "skills_met" in codes(told.reasons)
    silent = only(CandidateFeatures(title="", skills=()), offered)
    assert {state.state for state in silent.requirements} == {"unknown"}
    assert "skills_unknown" in codes(silent.gaps)


def test_doing_the_work_is_not_holding_the_paper() -> None:
    offered = vacancy(
        1, "Montacarguista",
        ("Operación de montacargas", RequirementFeatures("Constancia DC-3 de montacargas", "certification")),
    )  # fmt: skip
    told = only(CandidateFeatures(skills=("montacargas",)), offered)
    assert [state.state for state in told.requirements] == ["met", "unknown"]


def test_too_few_years_meet_a_requirement_partly() -> None:
    offered = vacancy(1, skills=(RequirementFeatures("Ventas", min_years=Decimal(3)),))
    states = [
        only(CandidateFeatures(skills=("ventas",), experience_years=years), offered).requirements[0].state
        for years in (Decimal(1), Decimal(3), None)
    ]
    assert states == ["partly", "met", "met"]


def test_a_must_weighs_more_than_a_wish() -> None:
    must = vacancy(1, skills=(RequirementFeatures("Ventas"), RequirementFeatures("Excel", importance="nice")))
    wish = vacancy(2, skills=(RequirementFeatures("Ventas", importance="nice"), RequirementFeatures("Excel")))
    ranked = RANKER.rank(CandidateFeatures(skills=("ventas",)), [wish, must])
    assert [match.subject_id.int for match in ranked] == [1, 2]


def test_near_goes_before_far_and_both_say_so() -> None:
    here = CandidateFeatures(title="cajera", **MONTERREY)
    near = vacancy(1, city="Apodaca", latitude=25.7806, longitude=-100.1881)
    far = vacancy(2, city="Mérida", region="Yucatán", latitude=20.9674, longitude=-89.5926)
    remote = vacancy(3, city="", latitude=None, longitude=None, remote=True)
    ranked = {match.subject_id.int: match for match in RANKER.rank(here, [far, near, remote])}
    assert ranked[1].score > ranked[2].score
    assert ranked[3].score > ranked[2].score
    assert "near" in codes(ranked[1].reasons)
    assert {"far"} <= codes(ranked[2].gaps)
    assert "remote" in codes(ranked[3].reasons)
    assert ranked[1].distance_km == pytest.approx(16.6, abs=0.5)


def test_places_without_coordinates_are_told_apart_by_name() -> None:
    somewhere = CandidateFeatures(title="cajera", city="Monterrey", region="Nuevo León")
    same = vacancy(1, latitude=None, longitude=None)
    state = vacancy(2, city="Linares", latitude=None, longitude=None)
    other = vacancy(3, city="Mérida", region="Yucatán", latitude=None, longitude=None)
    ranked = RANKER.rank(somewhere, [other, state, same])
    assert [match.subject_id.int for match in ranked] == [1, 2, 3]
    assert "same_city" in codes(ranked[0].reasons)
    assert "other_city" in codes(ranked[1].gaps)
    unknown = only(CandidateFeatures(title="cajera"), same)
    assert "place_unknown" in codes(unknown.gaps)


@pytest.mark.parametrize(
    ("wanted", "top", "code"),
    [
        (Decimal(10000), Decimal(11000), "salary_meets"),
        (Decimal(10000), Decimal(9200), "salary_close"),
        (Decimal(10000), Decimal(6000), "salary_below"),
        (None, Decimal(6000), "salary_unknown"),
        (Decimal(10000), None, "salary_not_published"),
    ],
)
def test_pay_is_compared_where_both_are_known(wanted: Decimal | None, top: Decimal | None, code: str) -> None:
    match = only(CandidateFeatures(salary_monthly=wanted), vacancy(1, salary_max=top))
    assert code in codes(match.reasons) | codes(match.gaps)


def test_pay_in_another_currency_is_not_compared() -> None:
    match = only(
        CandidateFeatures(salary_monthly=Decimal(900)), vacancy(1, salary_max=Decimal(900), salary_currency="USD")
    )
    assert "salary_unknown" in codes(match.gaps)


def test_years_beyond_those_asked_for_are_worth_nothing_more() -> None:
    offered = vacancy(1, min_experience_years=Decimal(2))
    scores = [
        only(CandidateFeatures(experience_years=years), offered)
        for years in (Decimal(2), Decimal(30), Decimal(1), None)
    ]
    assert scores[0].score == scores[1].score > scores[2].score
    assert "experience_short" in codes(scores[2].gaps)
    assert "experience_unknown" in codes(scores[3].gaps)


def test_scores_are_between_nothing_and_all_and_come_again() -> None:
    best = CandidateFeatures(
        title="Cajera", skills=("ventas",), experience_years=Decimal(3), salary_monthly=Decimal(9000), **MONTERREY
    )
    offered = [
        vacancy(1, "Cajera", ("Ventas",), salary_max=Decimal(9000), min_experience_years=Decimal(1)),
        vacancy(2, "Soldador"),
    ]
    first = RANKER.rank(best, offered)
    assert first == SemanticRanker().rank(best, offered)
    assert all(0 <= match.score <= 1 for match in first)
    assert first[0].score == 1


def test_equal_ones_keep_their_order_and_nothing_ranks_nothing() -> None:
    alike = [vacancy(number) for number in (5, 3, 9)]
    assert [match.subject_id.int for match in RANKER.rank(CandidateFeatures(title="cajera"), alike)] == [5, 3, 9]
    assert RANKER.rank(CandidateFeatures(), []) == []
    assert RANKER.rank_people(vacancy(1), []) == []


def test_people_are_ranked_as_vacancies_are() -> None:
    offered = vacancy(1, "Cajera", ("Manejo de efectivo",))
    good = CandidateFeatures(title="Cajera", skills=("corte de caja",), **MONTERREY)
    people = [(UUID(int=7), replace(good, title="Soldador", skills=("soldadura",))), (UUID(int=8), good)]
    ranked = RANKER.rank_people(offered, people)
    assert [match.subject_id.int for match in ranked] == [8, 7]
    assert ranked[0].score == only(good, offered).score


def test_who_told_nothing_may_see_everything() -> None:
    assert only(CandidateFeatures(), vacancy(1, "Soldador")).fits


def test_data_entry_is_office_work_before_it_is_the_training_of_ai() -> None:
    titles = ["Entrenador de IA", "Científico de datos", "Auxiliar administrativo", "Operador de captura", "Mesero"]
    offered = [vacancy(number, title) for number, title in enumerate(titles)]
    ranked = RANKER.rank(CandidateFeatures(title="capturista", asks_for_title=True), offered)
    order = [titles[match.subject_id.int] for match in ranked]
    assert order[0] == "Operador de captura"
    assert order[1] == "Auxiliar administrativo"
    assert order[-1] == "Mesero"
