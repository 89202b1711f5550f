from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.evaluation.metrics import measure
from ml.evaluation.sets import RetrievalSet


def test_figures_as_they_are_reckoned_by_hand() -> None:
    """Relevant at ranks 1 and 3: AP = (1/1 + 2/3) / 2; relevant at rank 2 only: AP = RR = 1/2."""
    wanted = RetrievalSet(
        (("q1", "one"), ("q2", "two")),
        (("a", ""), ("b", ""), ("c", ""), ("d", "")),
        {"q1": frozenset({"a", "c"}), "q2": frozenset({"b"})},
    )
    scores = {"one": [0.9, 0.8, 0.7, 0.1], "two": [0.9, 0.8, 0.7, 0.1]}

    def scorer(queries: Sequence[str]) -> NDArray[np.float32]:
        return np.array([scores[query] for query in queries], dtype=np.float32)

    found = measure(wanted, scorer)
    assert found.mean_average_precision == pytest.approx(((1 + 2 / 3) / 2 + 1 / 2) / 2)
    assert found.mean_reciprocal_rank == pytest.approx(0.75)
    assert found.queries == 2


def test_a_concept_scores_as_its_best_label_and_what_the_corpus_lacks_was_not_found() -> None:
    wanted = RetrievalSet(
        (("q", "x"),), (("a", ""), ("b", ""), ("c", ""), ("b", "")), {"q": frozenset({"b", "missing"})}
    )
    found = measure(wanted, lambda queries: np.array([[0.5, 0.1, 0.2, 0.9]], dtype=np.float32))
    assert found.mean_reciprocal_rank == 1.0
    assert found.mean_average_precision == pytest.approx(0.5)
