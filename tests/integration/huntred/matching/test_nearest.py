"""Vacancies found by their vectors, with our own model on real rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select, text

from huntred.db.halfvec import from_wire
from huntred.matching import encoding, nearest, service
from huntred.matching.combining import default_weights
from huntred.matching.encoding import about, encode_waiting, forget_models, progress
from huntred.matching.models import VacancyVector
from huntred.matching.nearest import Nearest
from huntred.matching.ports import CandidateFeatures
from huntred.matching.service import SearchQuery, vacancies_for
from ml.embeddings.cache import CachedEmbedder
from ml.embeddings.index import index_of
from ml.embeddings.registry import embedder
from ml.embeddings.table import read_table
from ml.embeddings.titles import WEIGHTS as TABLE
from ml.embeddings.titles import TitleEmbedder
from ml.ranking import SemanticRanker
from tests.factories.board import Board

MODEL = embedder()
RANKER = SemanticRanker()
WEIGHTS = default_weights()


class _Other:
    """A second model, of another length, to stand beside ours."""

    name, dimensions = "other@1", 3

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[len(text), 1, 0] for text in texts], dtype=np.float32) / np.float32(100)


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nearest]:
    """Reads what changed at every search."""
    monkeypatch.setattr(nearest, "_FRESH_SECONDS", -1.0)
    yield Nearest(MODEL, index_of)


def _encode(board: Board) -> int:
    with board.work() as uow:
        return encode_waiting(uow, MODEL)


def test_what_is_new_or_changed_is_encoded_and_nothing_twice(board: Board) -> None:
    waiter = board.make_vacancy("Mesero", skills=("Atención a clientes", "Inglés"))
    board.make_vacancy("Contador general")
    board.make_vacancy("Velador", state="draft")
    with board.work() as uow:
        assert progress(uow, MODEL.name) == encoding.Progress(MODEL.name, 0, 2)
        assert encode_waiting(uow, MODEL, most=1) == 1
        assert progress(uow, MODEL.name).encoded == 1
    assert _encode(board) == 1
    assert _encode(board) == 0
    with board.work() as uow:
        kept = uow.session.scalars(
            select(VacancyVector.vector).where(VacancyVector.vacancy_id == waiter.id)
        ).one()
        sent = uow.session.scalars(
            select(func.halfvec_send(VacancyVector.vector)).where(VacancyVector.vacancy_id == waiter.id)
        ).one()
    expected = about(MODEL, "Mesero", ("Atención a clientes", "Inglés"))
    assert np.allclose(kept, expected, atol=2e-3)
    assert np.allclose(from_wire([bytes(sent)])[0], kept, atol=1e-3)
    board.session.execute(text("UPDATE vacancies SET title = 'Capitán de meseros' WHERE id = :id"), {"id": waiter.id})
    board.session.execute(text("DELETE FROM vacancy_requirements WHERE name = 'Inglés'"))
    board.session.commit()
    assert _encode(board) == 1


def test_two_models_stand_side_by_side_until_one_is_forgotten(board: Board) -> None:
    board.make_vacancy("Mesero")
    _encode(board)
    with board.work() as uow:
        assert encode_waiting(uow, _Other()) == 1
        assert progress(uow, "other@1").encoded == progress(uow, MODEL.name).encoded == 1
        forget_models(uow, [MODEL.name])
    with board.work() as uow:
        assert uow.session.scalars(select(VacancyVector.model)).all() == [MODEL.name]


def test_other_weights_of_our_own_are_another_model_and_vacancies_are_encoded_anew(
    board: Board, tmp_path: Path
) -> None:
    board.make_vacancy("Mesero")
    assert _encode(board) == 1
    table = read_table(TABLE)
    assert table.memory is not None
    replace(table, memory=replace(table.memory, pull=0.2)).save(tmp_path / "next.npz")
    following = CachedEmbedder(TitleEmbedder(read_table(tmp_path / "next.npz")))
    with board.work() as uow:
        assert encode_waiting(uow, following) == 1
        assert encode_waiting(uow, following) == 0
        kept = {row.model: row.vector for row in uow.session.execute(select(VacancyVector.model, VacancyVector.vector))}
    assert set(kept) == {MODEL.name, following.name}
    assert np.allclose(kept[following.name], about(following, "Mesero", ()), atol=2e-3)
    assert not np.allclose(kept[following.name], kept[MODEL.name], atol=2e-3)


def test_another_unit_sees_no_vector(board: Board) -> None:
    board.make_vacancy("Mesero")
    _encode(board)
    with board.work(units=("huntu",)) as uow:
        assert uow.session.scalars(select(VacancyVector.model)).all() == []


def test_the_nearest_come_first_and_what_waits_to_be_encoded_is_not_left_out(board: Board, near: Nearest) -> None:
    night = board.make_vacancy("Guardia nocturno")
    board.make_vacancy("Contador general")
    _encode(board)
    fresh = board.make_vacancy("Panadero")
    with board.work() as uow:
        found = near.vacancies(uow, CandidateFeatures(title="velador"), "", WEIGHTS, most=1)
    assert found == [night.id, fresh.id]


def test_what_is_within_reach_comes_before_what_is_not_and_a_permit_closes(board: Board, near: Nearest) -> None:
    gdl = {"city": "Guadalajara", "region": "Jalisco", "latitude": 20.6597, "longitude": -103.3496}
    far = board.make_vacancy("Cajera", **(gdl | {"latitude": 25.68, "longitude": -100.31}))
    here = board.make_vacancy("Cajero de banco", **gdl)
    remote = board.make_vacancy("Contador", modality="remote")
    board.make_vacancy("Cajera", permits=["citizen"], **gdl)
    _encode(board)
    wanted = CandidateFeatures(title="cajera", latitude=20.66, longitude=-103.35)
    with board.work() as uow:
        assert near.vacancies(uow, wanted, "temporary", WEIGHTS, most=2)[0] == here.id
        assert set(near.vacancies(uow, wanted, "temporary", WEIGHTS)) == {here.id, remote.id, far.id}
        assert len(near.vacancies(uow, wanted, "", WEIGHTS, most=10)) == 4


def test_what_changes_is_read_again(board: Board, near: Nearest) -> None:
    first = board.make_vacancy("Soldador")
    _encode(board)
    wanted = CandidateFeatures(title="soldador")
    with board.work() as uow:
        assert near.vacancies(uow, wanted, "", WEIGHTS) == [first.id]
    later = [board.make_vacancy(f"Soldador {number}") for number in range(3)]
    _encode(board)
    with board.work() as uow:
        assert set(near.vacancies(uow, wanted, "", WEIGHTS)) == {first.id, *(vacancy.id for vacancy in later)}
    board.session.execute(
        text("UPDATE vacancies SET state = 'closed', updated_at = clock_timestamp() WHERE id = :id"), {"id": first.id}
    )
    board.session.commit()
    with board.work() as uow:
        assert first.id not in near.vacancies(uow, wanted, "", WEIGHTS)


def test_among_many_the_same_work_is_found_as_when_all_are_ranked(
    board: Board, near: Nearest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("Mesero", "Contador general", "Soldador", "Velador", "Panadero", "Cajera"):
        board.make_vacancy(title)
    _encode(board)
    person = board.make_person()
    monkeypatch.setattr(service, "RANKED_WHOLE", 3)
    monkeypatch.setattr(service, "WORTH_RANKING", 2)
    read: list[int] = []
    kept = service.repository.open_vacancies

    def counted(*given: object, **named: object) -> object:
        rows = kept(*given, **named)  # type: ignore[arg-type]
        read.append(len(rows))
        return rows

    monkeypatch.setattr(service.repository, "open_vacancies", counted)
    with board.work() as uow:
        query = SearchQuery(title="mesera")
        whole = vacancies_for(uow, RANKER, person.person_id, query, now=board.now)
        among = vacancies_for(uow, RANKER, person.person_id, query, now=board.now, nearest=near)
    assert [ranked.vacancy.title for ranked in among] == [ranked.vacancy.title for ranked in whole] == ["Mesero"]
    assert read[0] == 6
    assert read[1] < 6
