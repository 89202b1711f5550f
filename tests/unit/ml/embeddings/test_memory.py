"""What lies near a known occupation is drawn to it; the rest is left where it is."""

from __future__ import annotations

import numpy as np

from ml.embeddings.memory import Memory

OCCUPATIONS = np.eye(4, dtype=np.float32)[:2]
MEMORY = Memory(OCCUPATIONS)


def _unit(*numbers: float) -> np.ndarray:
    whole = np.array(numbers, dtype=np.float32)
    return whole / np.linalg.norm(whole)


def test_two_names_of_an_occupation_come_nearer() -> None:
    names = np.stack([_unit(1, 0, 0.8, 0), _unit(1, 0, 0, 0.8)])
    drawn = MEMORY.drawn(names)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    assert drawn[0] @ drawn[1] > names[0] @ names[1] + 0.1
    assert drawn[0] @ OCCUPATIONS[0] > names[0] @ OCCUPATIONS[0]


def test_what_is_near_none_stays_where_it_is() -> None:
    far = np.stack([_unit(0.1, 0, 1, 0), np.zeros(4, dtype=np.float32)])
    assert np.allclose(MEMORY.drawn(far), far, atol=1e-3)


def test_many_texts_are_drawn_as_each_alone() -> None:
    many = np.random.default_rng(1).standard_normal((600, 4)).astype(np.float32)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    together = MEMORY.drawn(many)
    assert np.allclose(together[[0, 300, 599]], [MEMORY.drawn(many[[n]])[0] for n in (0, 300, 599)], atol=1e-5)


def test_kin_come_nearer_than_what_is_of_another_group() -> None:
    """Two occupations of a group, and one that is as far from each of them but of another."""
    occupations = np.eye(4, dtype=np.float32)
    memory = Memory(occupations, kin=np.array([0, 0, 1, -1], dtype=np.int16))
    drawn = memory.drawn(occupations)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    assert drawn[0] @ drawn[1] > drawn[0] @ drawn[2] + 0.1
    assert np.allclose(drawn[3], occupations[3], atol=1e-3)
