"""Where the vectors of a shelf lie: in this process's memory, or in a vector database that all processes ask.

Either is told of rows by their places on the shelf, in the order in which they were put there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from huntred.matching.ports import StoreDown, VectorIndex, Vectors, VectorStore

logger = logging.getLogger(__name__)

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

# So many rows are named one by one; where more are allowed, the nearest of all are asked for, and more of them until
# enough of those are allowed.
_NAMED = 2_000
_MORE, _MOST_ASKED = 4, 32_000


class Meaning(Protocol):
    """in_memory: whether it wants the vectors themselves."""

    in_memory: bool

    def add(self, ids: Sequence[UUID], vectors: Vectors) -> None: ...

    def settle(self, kept: Places) -> None:
        """Leave out all but these places, which are numbered anew in this order."""
        ...

    def nearest(self, asked: NDArray[np.float32], most: int, allowed: Mask) -> Places:
        """Return the places of the nearest in meaning among those allowed, the nearest first."""
        ...

    def cosines(self, asked: NDArray[np.float32], places: Places) -> NDArray[np.float32]:
        """Return how near these places are in meaning."""
        ...


class InMemory:
    """Those that are indexed, and those that came later: so that a change need not move the many."""

    in_memory = True

    def __init__(self, index_of: Callable[[Vectors], VectorIndex]) -> None:
        self._index_of = index_of
        self._index: VectorIndex | None = None
        self._vectors: Vectors = np.zeros((0, 0), dtype=np.float32)
        self._later: Vectors = np.zeros((0, 0), dtype=np.float32)

    def add(self, ids: Sequence[UUID], vectors: Vectors) -> None:
        self._later = np.concatenate([self._later, vectors]) if self._later.size else vectors

    def settle(self, kept: Places) -> None:
        vectors = np.concatenate([self._vectors, self._later]) if self._vectors.size else self._later
        self._vectors = vectors if len(kept) == len(vectors) else vectors[kept]
        self._index, self._later = self._index_of(self._vectors), self._vectors[:0]

    def nearest(self, asked: NDArray[np.float32], most: int, allowed: Mask) -> Places:
        if self._index is None:
            return np.zeros(0, dtype=np.int64)
        indexed = len(self._vectors)
        found = self._index.search(asked, most, allowed[:indexed])
        later = np.flatnonzero(allowed[indexed:]) + indexed
        places = np.concatenate([found.places, later])
        scores = np.concatenate([found.scores, self._later[later - indexed] @ asked])
        return places[np.argsort(-scores, kind="stable")[:most]]

    def cosines(self, asked: NDArray[np.float32], places: Places) -> NDArray[np.float32]:
        indexed = len(self._vectors)
        found = np.empty(len(places), dtype=np.float32)
        late = places >= indexed
        found[~late] = self._vectors[places[~late]] @ asked
        found[late] = self._later[places[late] - indexed] @ asked
        return found


class InStore:
    """Of one unit, kind and model. Where the database does not answer, nothing is near: words and places still find."""

    in_memory = False

    def __init__(self, store: VectorStore, kind: str, model: str, unit: str) -> None:
        self._store, self._where = store, (kind, model, unit)
        self._ids: list[UUID] = []
        self._place: dict[UUID, int] = {}

    def add(self, ids: Sequence[UUID], vectors: Vectors) -> None:
        self._place |= {id_: len(self._ids) + number for number, id_ in enumerate(ids)}
        self._ids += ids

    def settle(self, kept: Places) -> None:
        if len(kept) < len(self._ids):
            self._ids = [self._ids[place] for place in kept]
            self._place = {id_: place for place, id_ in enumerate(self._ids)}

    def nearest(self, asked: NDArray[np.float32], most: int, allowed: Mask) -> Places:
        among = np.flatnonzero(allowed)
        if not len(among) or not asked.any():
            return among[:0]
        if len(among) <= _NAMED:
            found = self._asked(asked, most, [self._ids[place] for place in among])
            return np.array([self._place[id_] for id_, _ in found], dtype=np.int64)
        wanted = most
        while True:
            found = self._asked(asked, wanted, None)
            # The database may know of a row that was taken away since, or not yet be told of one.
            near = [self._place[id_] for id_, _ in found if id_ in self._place]
            places = np.array([place for place in near if allowed[place]], dtype=np.int64)[:most]
            if len(places) >= min(most, len(among)) or len(found) < wanted or wanted >= _MOST_ASKED:
                return places
            wanted = min(wanted * _MORE, _MOST_ASKED)

    def cosines(self, asked: NDArray[np.float32], places: Places) -> NDArray[np.float32]:
        scores: dict[UUID, float] = {}
        ids = [self._ids[place] for place in places]
        if asked.any():
            for first in range(0, len(ids), _NAMED):
                named = ids[first : first + _NAMED]
                scores |= dict(self._asked(asked, len(named), named))
        return np.array([scores.get(id_, 0.0) for id_ in ids], dtype=np.float32)

    def _asked(
        self, asked: NDArray[np.float32], most: int, among: Sequence[UUID] | None
    ) -> list[tuple[UUID, float]]:
        try:
            return self._store.nearest(*self._where, asked, most, among)
        except StoreDown as error:
            logger.warning("searching without vectors: %s", error)
            return []
