from __future__ import annotations

import numpy as np
import pytest

from ml.embeddings.index import ExactIndex, IvfIndex, index_of


def _vectors(size: int, seed: int = 1) -> np.ndarray:
    """In forty clusters, as titles are."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(7).standard_normal((40, 16))
    made = centres[chance.integers(40, size=size)] + 0.3 * chance.standard_normal((size, 16))
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


VECTORS = _vectors(4000)
QUERIES = _vectors(30, seed=2)


def test_exact_search_is_exact_best_first_with_equals_in_order() -> None:
    found = ExactIndex(VECTORS).search(QUERIES[0], 10)
    assert found.places.tolist() == np.argsort(-(VECTORS @ QUERIES[0]), kind="stable")[:10].tolist()
    twice = np.repeat(VECTORS[:1], 5, axis=0)
    assert ExactIndex(twice).search(VECTORS[0], 5).places.tolist() == [0, 1, 2, 3, 4]
    assert ExactIndex(VECTORS[:3]).search(QUERIES[0], 10).places.size == 3


def test_the_lists_hold_nearly_all_that_exact_search_finds() -> None:
    exact, lists = ExactIndex(VECTORS), IvfIndex(VECTORS, lists=60, probes=6)
    shared = [
        len(set(exact.search(query, 20).places) & set(lists.search(query, 20).places)) / 20 for query in QUERIES
    ]
    assert np.mean(shared) >= 0.95
    # And not by reading everything.
    assert len(lists.search(QUERIES[0], 4000).places) < 2000


@pytest.mark.parametrize("share", [0.01, 0.5])
@pytest.mark.parametrize("kind", [ExactIndex, IvfIndex])
def test_only_what_is_allowed_is_found(kind: type[ExactIndex] | type[IvfIndex], share: float) -> None:
    allowed = np.random.default_rng(3).random(len(VECTORS)) < share
    found = kind(VECTORS).search(QUERIES[1], 15, allowed)
    assert len(found.places) == 15
    assert allowed[found.places].all()
    if share < 0.05:
        best = np.flatnonzero(allowed)[np.argsort(-(VECTORS[allowed] @ QUERIES[1]), kind="stable")[:15]]
        assert found.places.tolist() == best.tolist()
    assert kind(VECTORS).search(QUERIES[1], 15, np.zeros(len(VECTORS), dtype=bool)).places.size == 0


def test_the_number_of_vectors_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(index_of(VECTORS), ExactIndex)
    monkeypatch.setattr("ml.embeddings.index.EXACT_UP_TO", 3999)
    assert isinstance(index_of(VECTORS), IvfIndex)
