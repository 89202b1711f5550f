"""What a process keeps of one unit in memory, to search it: words, the columns that filters go by, and what is meant.

Rows of the arrays are places; a place is never given again until the shelf is tidied.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from huntred.matching.lexemes import Terms
from huntred.matching.meaning import Mask, Meaning
from huntred.matching.ports import Vectors
from huntred.matching.words import WordIndex

# What came after the indexes were built is compared one by one, until it is this share of all.
_UNINDEXED = 0.1


class Shelf:
    """Not for several threads at once: `nearest.py` holds a lock."""

    def __init__(self, meaning: Meaning, kinds: Mapping[str, Any]) -> None:
        """kinds: the columns by name, with their numpy type."""
        self.meaning = meaning
        self.ids: list[UUID] = []
        self.columns: dict[str, NDArray[Any]] = {name: np.zeros(0, dtype=kind) for name, kind in kinds.items()}
        self.alive: Mask = np.zeros(0, dtype=bool)
        # Nobody is left out for not being encoded yet.
        self.unencoded: dict[UUID, None] = {}
        # When it was read last, by the database's clock, which transactions were not over then (from this one on), and
        # what of each row was read.
        self.seen: datetime | None = None
        self.horizon = ""
        self.versions: dict[UUID, datetime] = {}
        self.made_at, self.read_at = time.monotonic(), float("-inf")
        self._permits: dict[frozenset[str], int] = {}
        self._place: dict[UUID, int] = {}
        self._terms: list[Terms] = []
        # Of those that are indexed, and of those that came later: so that a change need not move the many.
        self._words, self._later_words = WordIndex([]), WordIndex([])
        self._indexed = 0

    def permits_number(self, permits: Sequence[str]) -> int:
        """Return the number that stands in the column for these work permits; none: all, or not told."""
        return self._permits.setdefault(frozenset(permits), len(self._permits))

    def accepting(self, permits: Sequence[str]) -> Mask:
        """Which rows go with any of these work permits; where either side names none, nothing is ruled out."""
        fits = [not kept or not permits or bool(kept & set(permits)) for kept in self._permits]
        return np.asarray(np.array(fits, dtype=bool)[self.columns["permits"]])

    def take_away(self, id_: UUID) -> None:
        """Forget a row, if it is here; a new state of it may be put in afterwards."""
        self.unencoded.pop(id_, None)
        self.versions.pop(id_, None)
        place = self._place.pop(id_, None)
        if place is not None:
            self.alive[place] = False

    def put(self, ids: Sequence[UUID], vectors: Vectors, terms: Sequence[Terms], columns: Mapping[str, Any]) -> None:
        """Add rows, and index them where they have become many."""
        if not ids:
            return
        self.meaning.add(ids, vectors)
        for name, kept in self.columns.items():
            self.columns[name] = np.concatenate([kept, np.array(columns[name], dtype=kept.dtype)])
        self.alive = np.concatenate([self.alive, np.ones(len(ids), dtype=bool)])
        self._place |= {id_: len(self.ids) + number for number, id_ in enumerate(ids)}
        self.ids += ids
        self._terms += terms
        if len(self.ids) - self._indexed > _UNINDEXED * len(self.ids):
            self._tidy()
            self._words, self._indexed = WordIndex(self._terms), len(self.ids)
        self._later_words = WordIndex(self._terms[self._indexed :])

    def word_scores(self, asked: dict[int, float]) -> NDArray[np.float32]:
        """Return every place's score by the words that it shares with what is asked."""
        return np.concatenate([self._words.scores(asked), self._later_words.scores(asked)])

    def _tidy(self) -> None:
        """Leave out the places that were given up."""
        kept = np.flatnonzero(self.alive)
        self.meaning.settle(kept)
        if len(kept) == len(self.ids):
            return
        self.ids = [self.ids[place] for place in kept]
        self._place = {id_: place for place, id_ in enumerate(self.ids)}
        self._terms = [self._terms[place] for place in kept]
        self.alive = self.alive[kept]
        self.columns = {name: column[kept] for name, column in self.columns.items()}
