"""Vectors in Qdrant behind the same port: its own client with its server in this process, on real rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from qdrant_client import QdrantClient
from sqlalchemy import text

from huntred.matching import encoding, meaning, nearest
from huntred.matching.combining import default_weights
from huntred.matching.meaning import InMemory, InStore, Meaning
from huntred.matching.mirroring import Mirror
from huntred.matching.nearest import Nearest
from huntred.matching.ports import CandidateFeatures, StoreDown
from huntred.matching.providers.qdrant import QdrantStore
from huntred.matching.shelving import PEOPLE, VACANCIES
from ml.embeddings.index import index_of
from ml.embeddings.registry import embedder
from ml.ranking import SemanticRanker
from tests.factories.board import Board

MODEL = embedder()
WEIGHTS = default_weights()
UNIT, KIND = "amigro", "vacancies"


@pytest.fixture
def store() -> Iterator[QdrantStore]:
    with warnings.catch_warnings():
        # Within the process it has no index, and says so.
        warnings.filterwarnings("ignore", message="Payload indexes have no effect")
        warnings.filterwarnings("ignore", message="Local mode performs exact")
        yield QdrantStore(QdrantClient(":memory:"))


@pytest.fixture
def mirror(store: QdrantStore) -> Mirror:
    return Mirror(store)


def encoded(board: Board, mirror: Mirror, **unit: Any) -> int:
    """Encode what waits and bring it over; return how many vectors went."""
    with board.work(**unit) as uow:
        encoding.encode_waiting(uow, MODEL)
        encoding.encode_people(uow, MODEL, SemanticRanker())
        code = uow.unit
    return sum(mirror.keep(board.engine, code, kind, MODEL.name, now=board.now) for kind in (VACANCIES, PEOPLE))


def units(count: int, dimensions: int = 16, seed: int = 3) -> Any:
    rows = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def ids(count: int) -> list[UUID]:
    return [UUID(int=number + 1) for number in range(count)]


def test_it_finds_what_memory_finds(store: QdrantStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "_NAMED", 50)
    vectors, names = units(400), ids(400)
    store.keep(KIND, "m@1", UNIT, [(name, 1) for name in names], vectors)
    ours: Sequence[Meaning] = (InMemory(index_of), InStore(store, KIND, "m@1", UNIT))
    for one in ours:
        one.add(names[:300], vectors[:300])
        one.settle(np.arange(300))
        one.add(names[300:], vectors[300:])
    dice = np.random.default_rng(9)
    for share in (1.0, 0.5, 0.2, 0.05, 0.0):
        allowed = dice.random(400) < share
        asked = units(1, seed=int(share * 100) + 20)[0]
        here, there = (one.nearest(asked, 20, allowed) for one in ours)
        assert there.tolist() == here.tolist(), share
        places = dice.permutation(400)[:120]
        assert np.allclose(ours[1].cosines(asked, places), ours[0].cosines(asked, places), atol=2e-3)
    kept = np.flatnonzero(dice.random(400) < 0.7)
    for one in ours:
        one.settle(kept)
    everything = np.ones(len(kept), dtype=bool)
    here, there = (one.nearest(vectors[kept[5]], 10, everything) for one in ours)
    assert there.tolist() == here.tolist() and here[0] == 5


def test_nothing_that_is_meant_is_near_to_nothing(store: QdrantStore) -> None:
    store.keep(KIND, "m@1", UNIT, [(name, 1) for name in ids(3)], units(3))
    there = InStore(store, KIND, "m@1", UNIT)
    there.add(ids(3), units(3))
    silent = np.zeros(16, dtype=np.float32)
    assert there.nearest(silent, 2, np.ones(3, dtype=bool)).tolist() == []
    assert there.cosines(silent, np.arange(3)).tolist() == [0, 0, 0]


def test_units_kinds_and_models_are_kept_apart(store: QdrantStore) -> None:
    for number, (kind, model, unit) in enumerate(
        (("vacancies", "m@1", "amigro"), ("vacancies", "m@1", "huntu"), ("people", "m@1", "amigro"),
         ("vacancies", "m@2", "amigro"))
    ):  # fmt: skip
        store.keep(kind, model, unit, [(UUID(int=number + 1), 7)], units(1))
    asked = units(1)[0]
    assert [id_.int for id_, _ in store.nearest("vacancies", "m@1", "amigro", asked, 9)] == [1]
    assert [id_.int for id_, _ in store.nearest("vacancies", "m@1", "huntu", asked, 9)] == [2]
    assert store.nearest("vacancies", "m@1", "huntu", asked, 9, [UUID(int=1)]) == [], "another unit's by its id"
    assert store.known("people", "m@1", "amigro") == {UUID(int=3): 7}
    store.forget("vacancies", "m@1", "huntu", [UUID(int=1), UUID(int=2)])
    assert (store.count("vacancies", "m@1", "amigro"), store.count("vacancies", "m@1", "huntu")) == (1, 0)
    store.forget_models("vacancies", ["m@1"])
    assert (store.count("vacancies", "m@2", "amigro"), store.count("people", "m@1", "amigro")) == (0, 1)


def test_a_search_finds_by_it_what_it_finds_in_memory(
    board: Board, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "_FRESH_SECONDS", -1.0)
    for title in ("Mesero", "Contador general", "Soldador", "Velador", "Panadero", "Cajera"):
        board.make_vacancy(title)
    for headline in ("Guardia de seguridad", "Auxiliar contable", "Cocinera"):
        board.make_person(headline=headline, skills=[])
    assert encoded(board, mirror) == 9
    memory, database = Nearest(MODEL, index_of), Nearest(MODEL, index_of, mirror.store)
    with board.work() as uow:
        for title in ("vigilante nocturno", "mesera", "cajero"):
            wanted = CandidateFeatures(title=title)
            here, there = (one.vacancies(uow, wanted, "", WEIGHTS, most=3) for one in (memory, database))
            assert there == here and here, title
    later = board.make_vacancy("Vigilante")
    board.session.execute(
        text("UPDATE vacancies SET state = 'closed', updated_at = clock_timestamp() WHERE title = 'Velador'")
    )
    board.session.commit()
    assert encoded(board, mirror) >= 1
    with board.work() as uow:
        wanted = CandidateFeatures(title="velador")
        here, there = (one.vacancies(uow, wanted, "", WEIGHTS, most=3) for one in (memory, database))
    assert there == here and here[0] == later.id


def test_what_changed_goes_over_and_what_was_erased_leaves(board: Board, mirror: Mirror) -> None:
    vacancy, person = board.make_vacancy("Mesero"), board.make_person(headline="Cocinera", skills=[])
    assert encoded(board, mirror) == 2
    store = mirror.store
    before = store.known("vacancies", MODEL.name, UNIT)[vacancy.id]
    board.session.execute(text("UPDATE vacancies SET title = 'Panadero' WHERE id = :id"), {"id": vacancy.id})
    board.session.commit()
    assert encoded(board, mirror) >= 1
    assert store.known("vacancies", MODEL.name, UNIT)[vacancy.id] > before
    expected = float(encoding.about(MODEL, "Panadero", ()) @ encoding.about(MODEL, "Panadero", ()))
    found = store.nearest("vacancies", MODEL.name, UNIT, encoding.about(MODEL, "Panadero", ()), 1)
    assert found[0][0] == vacancy.id and found[0][1] == pytest.approx(expected, abs=5e-3)
    with board.work() as uow:
        encoding.forget_person(uow, person.person_id)
    encoded_people = mirror.keep(board.engine, UNIT, PEOPLE, MODEL.name, now=board.now)
    assert encoded_people == 0 and store.known("people", MODEL.name, UNIT) == {}


def test_a_database_that_was_lost_is_filled_again_and_a_strangers_point_goes_within_the_hour(
    board: Board, mirror: Mirror
) -> None:
    board.make_vacancy("Mesero")
    assert encoded(board, mirror) == 1
    store = mirror.store
    (own,) = store.known("vacancies", MODEL.name, UNIT)
    store.forget_models("vacancies", [])
    assert mirror.keep(board.engine, UNIT, VACANCIES, MODEL.name, now=board.now) == 1
    store.forget("vacancies", MODEL.name, UNIT, [own])
    store.keep("vacancies", MODEL.name, UNIT, [(UUID(int=9), 1)], units(1, MODEL.dimensions))
    mirror.keep(board.engine, UNIT, VACANCIES, MODEL.name, now=board.now + timedelta(minutes=5))
    assert set(store.known("vacancies", MODEL.name, UNIT)) == {UUID(int=9)}, "the numbers are the same"
    mirror.keep(board.engine, UNIT, VACANCIES, MODEL.name, now=board.now + timedelta(minutes=61))
    assert set(store.known("vacancies", MODEL.name, UNIT)) == {own}


def test_where_it_does_not_answer_words_still_find(board: Board, mirror: Mirror) -> None:
    mesero = board.make_vacancy("Mesero de restaurante")
    board.make_vacancy("Contador general")
    encoded(board, mirror)
    away = QdrantStore.at("http://127.0.0.1:9", seconds=1)
    with pytest.raises(StoreDown, match="Qdrant"):
        away.count("vacancies", MODEL.name, UNIT)
    with board.work() as uow:
        found = Nearest(MODEL, index_of, away).vacancies(uow, CandidateFeatures(title="mesero"), "", WEIGHTS, most=1)
    assert found == [mesero.id]
