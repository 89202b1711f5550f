from __future__ import annotations

import numpy as np
import pytest

from ml.embeddings.features import Vocabulary, hashes, words
from ml.training.concepts import Concept
from ml.training.contrastive import Learner, Rates

LEFT = ["plomero", "velador", "cajero", "soldador"]
RIGHT = ["fontanero", "vigilante nocturno", "cobrador de caja", "welder"]
CONCEPTS = [Concept((one,), (other,)) for one, other in zip(LEFT, RIGHT, strict=True)]


def _learner(temperature: float = 0.05) -> Learner:
    known = sorted({feature for text in LEFT + RIGHT for word in words(text) for feature in hashes(word)})
    chance = np.random.default_rng(3)
    projection = chance.standard_normal((8, 6)).astype(np.float32)
    vocabulary = Vocabulary(np.array(known, dtype=np.uint32))
    rates = Rates(dropped=0.0, temperature=temperature)
    return Learner(vocabulary, projection, np.zeros(8, dtype=np.float32), rates, chance)


def _meaning() -> np.ndarray:
    return np.random.default_rng(4).standard_normal((8, 8)).astype(np.float32)


def test_what_means_the_same_comes_near_and_the_rest_apart() -> None:
    learner, meaning = _learner(), _meaning()
    first = learner.step(LEFT, RIGHT, CONCEPTS, meaning, pace=1.0)
    for _ in range(60):
        last = learner.step(LEFT, RIGHT, CONCEPTS, meaning, pace=1.0)
    near = learner.encode(LEFT, meaning[:4]) @ learner.encode(RIGHT, meaning[4:]).T
    assert last < first / 10
    assert (near.argmax(axis=1) == np.arange(4)).all()


def test_the_slope_is_that_of_the_loss() -> None:
    """Against differences: moving one weight changes the loss as its slope says."""
    learner, meaning = _learner(temperature=1.0), _meaning()
    seen = {}

    def loss() -> float:
        unit = learner.encode([*LEFT, *RIGHT], meaning)
        forth = learner._loss([*LEFT, *RIGHT], CONCEPTS, unit[:4], unit[4:])[0]
        back = learner._loss([*RIGHT, *LEFT], CONCEPTS, unit[4:], unit[:4])[0]
        return (forth + back) / 2

    def keep(slope: np.ndarray, pace: float) -> None:
        seen["slope"] = slope

    learner._move_projection = keep  # type: ignore[method-assign]
    learner._move_rows = lambda *given: None  # type: ignore[method-assign]
    learner.step(LEFT, RIGHT, CONCEPTS, meaning, pace=1.0)
    for place in ((0, 0), (3, 2), (7, 5)):
        learner.projection[place] += 1e-2
        above = loss()
        learner.projection[place] -= 2e-2
        below = loss()
        learner.projection[place] += 1e-2
        assert seen["slope"][place] == pytest.approx((above - below) / 2e-2, rel=0.05, abs=1e-3)


def test_concepts_that_share_a_label_are_no_negatives_of_each_other() -> None:
    learner = _learner()
    unit = np.eye(6, dtype=np.float32)[[0, 0]]
    apart, _ = learner._loss(["a", "b", "c", "d"], [Concept(("a",), ("c",)), Concept(("b",), ("d",))], unit, unit)
    same, _ = learner._loss(
        ["a", "b", "c", "d"], [Concept(("a", "x"), ("c",)), Concept(("b", "x"), ("d",))], unit, unit
    )
    assert apart == pytest.approx(np.log(2), abs=1e-4)
    assert same == pytest.approx(0.0, abs=1e-4)
