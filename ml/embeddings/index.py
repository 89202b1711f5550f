"""Finds the nearest of many vectors in memory: exactly up to 200,000, by an inverted index beyond.

The index is IVF: vectors lie in lists by their nearest centre (k-means), and a search reads the lists whose centres
are nearest to what is asked (Jégou et al. 2011), in float32. What is added later joins its list; what is removed
leaves a gap. Filters go first: where few rows are allowed, those alone are compared, exactly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huntred.matching.ports import Found, Vectors

Places = NDArray[np.int64]

EXACT_UP_TO = 200_000
# Reading this share of the rows, one by one, costs about what the lists cost.
_SELECTIVE = 0.05
_SAMPLE_PER_CENTRE = 32
_ROUNDS = 5
_AT_ONCE = 16_384


class ExactIndex:
    """Compares with every row."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def search(self, query: NDArray[np.float32], most: int, allowed: NDArray[np.bool_] | None = None) -> Found:
        """Return the `most` nearest of the rows that are allowed (all, if none is given). query: d."""
        if allowed is None:
            return _best(np.arange(len(self._vectors)), self._vectors @ query, most)
        return _among(self._vectors, query, most, np.flatnonzero(allowed))


class IvfIndex:
    """Compares with the rows of the nearest lists."""

    def __init__(self, vectors: Vectors, *, lists: int | None = None, probes: int | None = None, seed: int = 1) -> None:
        """lists: about twice the root of the rows unless given. probes: how many of them a search reads."""
        chance = np.random.default_rng(seed)
        size = lists or max(1, int(2 * np.sqrt(len(vectors))))
        self._probes = probes or max(1, size // 60)
        sample = chance.permutation(len(vectors))[: size * _SAMPLE_PER_CENTRE]
        self._centres = _centres(vectors[np.sort(sample)], size, chance)
        nearest = _nearest(vectors, self._centres)
        self._places = np.argsort(nearest, kind="stable")
        self._starts = np.searchsorted(nearest[self._places], np.arange(size + 1))
        # In the order of the lists, so that reading one is reading a run of memory.
        self._vectors = vectors[self._places]
        self._row_of = np.empty(len(vectors), dtype=np.int64)
        self._row_of[self._places] = np.arange(len(vectors))

    def search(self, query: NDArray[np.float32], most: int, allowed: NDArray[np.bool_] | None = None) -> Found:
        """Return about the `most` nearest of the rows that are allowed (all, if none is given). query: d."""
        if allowed is not None:
            among = np.flatnonzero(allowed)
            if len(among) <= _SELECTIVE * len(allowed):
                rows = self._row_of[among]
                return _best(among, self._vectors[rows] @ query, most)
        by_centre = self._centres @ query
        lists = np.argpartition(-by_centre, min(self._probes, len(by_centre) - 1))[: self._probes]
        runs = [slice(self._starts[number], self._starts[number + 1]) for number in lists]
        places = np.concatenate([self._places[run] for run in runs])
        scores = np.concatenate([self._vectors[run] @ query for run in runs])
        if allowed is not None:
            kept = allowed[places]
            places, scores = places[kept], scores[kept]
        return _best(places, scores, most)


def index_of(vectors: Vectors) -> ExactIndex | IvfIndex:
    """Return the index that suits the number of vectors."""
    return ExactIndex(vectors) if len(vectors) <= EXACT_UP_TO else IvfIndex(vectors)


def _among(vectors: Vectors, query: NDArray[np.float32], most: int, among: Places) -> Found:
    if len(among) <= _SELECTIVE * len(vectors):
        return _best(among, vectors[among] @ query, most)
    return _best(among, (vectors @ query)[among], most)


def _best(places: Places, scores: NDArray[np.float32], most: int) -> Found:
    if len(scores) > most:
        kept = np.argpartition(-scores, most)[:most]
        places, scores = places[kept], scores[kept]
    order = np.lexsort((places, -scores))
    return Found(places[order], scores[order])


def _centres(sample: Vectors, size: int, chance: np.random.Generator) -> Vectors:
    """Spherical k-means; a centre that nobody is near takes a vector of the sample."""
    centres = sample[chance.permutation(len(sample))[:size]].copy()
    for _ in range(_ROUNDS):
        nearest = _nearest(sample, centres)
        order = np.argsort(nearest, kind="stable")
        used, first = np.unique(nearest[order], return_index=True)
        centres = sample[chance.integers(len(sample), size=len(centres))]
        centres[used] = np.add.reduceat(sample[order], first, axis=0)
        centres /= np.linalg.norm(centres, axis=1, keepdims=True) + np.float32(1e-8)
    return centres


def _nearest(vectors: Vectors, centres: Vectors) -> Places:
    parts = [
        (vectors[first : first + _AT_ONCE] @ centres.T).argmax(axis=1) for first in range(0, len(vectors), _AT_ONCE)
    ]
    return np.concatenate(parts)
