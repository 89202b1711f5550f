"""Vacancies for a person and people for a vacancy, with the real ranker on real rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract.encryption import Cipher
from contract.ids import new_id
from huntred.db.base import KeyRing
from huntred.errors import NotFound
from huntred.matching.service import SearchQuery, match_of, people_for, vacancies_for
from ml.ranking import SemanticRanker
from tests.factories.board import Board

RANKER = SemanticRanker()


def codes(found: object) -> set[str]:
    return {reason.code for reason in found.reasons}  # type: ignore[attr-defined]


def test_the_work_that_was_asked_for_comes_first_with_its_reasons(board: Board) -> None:
    waiter = board.make_vacancy("Mesero o mesera", skills=("Atención a clientes",), salary_max=Decimal(12000))
    board.make_vacancy("Contador general")
    board.make_vacancy("Operario de producción")
    person = board.make_person(skills=["servicio al cliente"])
    with board.work() as uow:
        found = vacancies_for(
            uow, RANKER, person.person_id, SearchQuery(title="busco trabajo de mesera", salary=Decimal(10000)),
            now=board.now,
        )  # fmt: skip
    assert [ranked.vacancy.id for ranked in found] == [waiter.id]
    assert {"title_close", "skills_met", "same_city", "salary_meets"} <= codes(found[0])
    assert 0 < found[0].score <= 1


def test_nothing_is_shown_where_nothing_fits(board: Board) -> None:
    board.make_vacancy("Operario de producción")
    with board.work() as uow:
        assert (
            vacancies_for(uow, RANKER, board.make_person().person_id, SearchQuery(title="astronauta"), now=board.now)
            == []
        )


def test_who_asks_for_nothing_is_ranked_by_the_profile(board: Board) -> None:
    board.make_vacancy("Contador general", skills=("Contabilidad",))
    store = board.make_vacancy("Auxiliar de almacén", skills=("Inventarios",))
    person = board.make_person(headline="Almacenista", skills=["control de inventarios"])
    with board.work() as uow:
        found = vacancies_for(uow, RANKER, person.person_id, SearchQuery(), now=board.now)
    assert found[0].vacancy.id == store.id


def test_a_town_that_is_named_leaves_out_what_is_out_of_reach(board: Board) -> None:
    here = board.make_vacancy("Cajera", city="Guadalajara", region="Jalisco", latitude=20.6597, longitude=-103.3496)
    board.make_vacancy("Cajera")
    far = board.make_person()
    with board.work() as uow:
        found = vacancies_for(uow, RANKER, far.person_id, SearchQuery(title="cajera", city="gdl"), now=board.now)
        assert [ranked.vacancy.id for ranked in found] == [here.id]
        nowhere = vacancies_for(uow, RANKER, far.person_id, SearchQuery(title="cajera", city="Mérida"), now=board.now)
        assert len(nowhere) == 2
        assert all({"far", "other_city"} & {gap.code for gap in ranked.gaps} for ranked in nowhere)


def test_what_was_applied_for_is_not_shown_again(board: Board) -> None:
    person, vacancy = board.make_person(), board.make_vacancy("Cajera")
    withdrawn = board.make_vacancy("Cajera de medio tiempo")
    board.make_application(vacancy, person)
    board.make_application(withdrawn, person, stage="withdrawn")
    with board.work() as uow:
        found = vacancies_for(uow, RANKER, person.person_id, SearchQuery(title="cajera"), now=board.now)
    assert [ranked.vacancy.id for ranked in found] == [withdrawn.id]


def test_a_permit_opens_or_closes_a_vacancy_and_an_unknown_one_is_said(board: Board) -> None:
    board.make_vacancy("Cajera", permits=["citizen", "permanent"])
    told, refused, unknown = (board.make_person(work_permit=permit) for permit in ("permanent", "in_process", ""))
    with board.work() as uow:
        shown = [
            vacancies_for(uow, RANKER, person.person_id, SearchQuery(title="cajera"), now=board.now)
            for person in (told, refused, unknown)
        ]
    assert [len(found) for found in shown] == [1, 0, 1]
    assert "permit_unknown" in {gap.code for gap in shown[2][0].gaps}


def test_sex_birth_nationality_and_name_change_nothing(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same work told by people who differ in all that must not count: the same score to the last digit."""
    monkeypatch.setattr(KeyRing, "cipher", Cipher({"t": b"0" * 32}))
    monkeypatch.setattr(KeyRing, "lookup_key", b"l" * 32)
    vacancy = board.make_vacancy("Cajera", skills=("Manejo de efectivo", "Excel"))
    board.make_vacancy("Vendedor de piso", skills=("Ventas",))
    work = {"headline": "Cajera", "skills": ["manejo de caja"], "experience_years": Decimal(2)}
    people = [
        board.make_person("Juan", nationality="MX", birth_date_sealed="1999-01-01", **work),
        board.make_person(
            "Wideline", last_name="Jean", nationality="HT", birth_date_sealed="1961-05-02", **work
        ),
        board.make_person("María", nationality="", **work),
    ]
    with board.work() as uow:
        rankings = [
            [
                (r.vacancy.id, r.score, r.reasons, r.gaps)
                for r in vacancies_for(uow, RANKER, p.person_id, SearchQuery(), now=board.now)
            ]
            for p in people
        ]
        ranked = people_for(uow, RANKER, vacancy.id)
    assert rankings[0] == rankings[1] == rankings[2]
    said = [(person.score, person.reasons, person.gaps, person.requirements) for person in ranked]
    assert {person.profile.id for person in ranked} == {person.id for person in people}
    assert said[0] == said[1] == said[2]


def test_people_for_a_vacancy_carry_the_state_of_each_requirement(board: Board) -> None:
    vacancy = board.make_vacancy("Auxiliar contable", skills=("Excel avanzado", "Contabilidad", "SAP"))
    good = board.make_person(headline="Auxiliar contable", skills=["excel", "contabilidad"])
    silent = board.make_person(headline="Contador", skills=[])
    board.make_person(headline="", skills=[])
    with board.work() as uow:
        found = people_for(uow, RANKER, vacancy.id)

    assert [person.profile.id for person in found] == [good.id, silent.id]
    assert [(state.name, state.state) for state in found[0].requirements] == [
        ("Excel avanzado", "partly"),
        ("Contabilidad", "met"),
        ("SAP", "not"),
    ]
    assert [state.state for state in found[1].requirements] == ["unknown", "partly", "unknown"]


def test_one_match_is_the_same_as_in_the_list(board: Board) -> None:
    vacancy, person = board.make_vacancy("Cajera"), board.make_person(headline="Cajera")
    with board.work() as uow:
        alone = match_of(uow, RANKER, person.person_id, vacancy.id)
        listed = vacancies_for(uow, RANKER, person.person_id, SearchQuery(), now=board.now)[0]
        assert alone.score == listed.score
        with pytest.raises(NotFound):
            match_of(uow, RANKER, person.person_id, new_id())
        with pytest.raises(NotFound):
            people_for(uow, RANKER, new_id())
