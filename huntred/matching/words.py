"""BM25 in memory, over stems that are numbers (`lexemes.py`). Robertson's formula and usual constants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from huntred.matching.lexemes import Terms

_K1, _B = 1.2, 0.75


class WordIndex:
    """Documents in the order given; a document is its stems, each as often as it counts."""

    def __init__(self, documents: Sequence[Terms]) -> None:
        self._size = len(documents)
        lengths = np.array([len(one) for one in documents], dtype=np.int64)
        terms = np.concatenate(documents) if documents else np.zeros(0, dtype=np.uint32)
        # A pair of term and document in one number: counting equal ones counts the term in the document.
        pairs = (terms.astype(np.uint64) << np.uint64(32)) | np.repeat(np.arange(self._size, dtype=np.uint64), lengths)
        pairs, counts = np.unique(pairs, return_counts=True)
        self._terms, self._starts = np.unique((pairs >> np.uint64(32)).astype(np.uint32), return_index=True)
        self._ends = np.append(self._starts[1:], len(pairs))
        self._documents = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32)
        mean = max(1.0, float(lengths.mean())) if self._size else 1.0
        against = (_K1 * (1 - _B + _B * lengths / mean)).astype(np.float32)
        times = counts.astype(np.float32)
        self._weights = times * np.float32(_K1 + 1) / (times + against[self._documents])

    def scores(self, asked: dict[int, float]) -> NDArray[np.float32]:
        """Return every document's score. asked: how much each stem counts in the question."""
        found = np.zeros(self._size, dtype=np.float32)
        for term, weight in asked.items():
            row = int(np.searchsorted(self._terms, np.uint32(term)))
            if row == len(self._terms) or int(self._terms[row]) != term:
                continue
            part = slice(self._starts[row], self._ends[row])
            number = int(self._ends[row] - self._starts[row])
            rarity = np.log(1 + (self._size - number + 0.5) / (number + 0.5))
            found[self._documents[part]] += np.float32(weight * rarity) * self._weights[part]
        return found
