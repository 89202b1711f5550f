"""Which pairs are learned from together: kindred concepts meet in a batch, so that what is hard is learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.embeddings.table import Floats
from ml.training.concepts import Concept

# Concepts that lie near each other and enter a batch together.
_KINDRED = 8
# How often a pair of languages is drawn, where a concept has both.
_ACROSS, _SPANISH = 0.5, 0.3
_PREFERRED = 0.2

Places = NDArray[np.int64]


class Batches:
    """Draws from concepts, each once a round; before a round they are put into groups that lie near each other."""

    def __init__(
        self, concepts: Sequence[Concept], encode: Callable[[Sequence[str]], Floats], chance: np.random.Generator
    ) -> None:
        """encode: with the weights as they are then."""
        self._concepts, self._encode, self._chance = concepts, encode, chance
        self._waiting: list[int] = []

    def draw(self, size: int) -> tuple[list[str], list[str], list[Concept]]:
        """Return two labels of each of the next `size` concepts, and the concepts."""
        if len(self._waiting) < size:
            self._waiting = self._round()
        taken, self._waiting = self._waiting[:size], self._waiting[size:]
        concepts = [self._concepts[place] for place in taken]
        pairs = [self._pair(concept) for concept in concepts]
        return [left for left, _ in pairs], [right for _, right in pairs], concepts

    def _round(self) -> list[int]:
        encoded = self._encode([(concept.es or concept.en)[0] for concept in self._concepts])
        groups = self._halved(encoded, np.arange(len(self._concepts)))
        return [int(place) for number in self._chance.permutation(len(groups)) for place in groups[number]]

    def _halved(self, encoded: Floats, places: Places) -> list[Places]:
        """Halve along the line through two of them, until the groups are small."""
        if len(places) <= _KINDRED:
            return [places]
        one, other = self._chance.choice(places, 2, replace=False)
        order = places[np.argsort(encoded[places] @ (encoded[one] - encoded[other]), kind="stable")]
        middle = len(order) // 2
        return self._halved(encoded, order[:middle]) + self._halved(encoded, order[middle:])

    def _pair(self, concept: Concept) -> tuple[str, str]:
        drawn = self._chance.random()
        es, en = concept.es, concept.en
        if es and en and (drawn < _ACROSS or (len(es) < 2 and len(en) < 2)):
            pair = self._one(es), self._one(en)
        elif len(es) > 1 and (drawn < _ACROSS + _SPANISH or len(en) < 2):
            pair = self._two(es)
        elif len(en) > 1:
            pair = self._two(en)
        else:
            pair = self._one(es or en), self._one(en or es)
        return pair if self._chance.random() < 0.5 else (pair[1], pair[0])

    def _one(self, labels: Sequence[str]) -> str:
        return labels[0] if self._chance.random() < _PREFERRED else labels[int(self._chance.integers(len(labels)))]

    def _two(self, labels: Sequence[str]) -> tuple[str, str]:
        one, other = self._chance.choice(len(labels), 2, replace=False)
        return labels[int(one)], labels[int(other)]
