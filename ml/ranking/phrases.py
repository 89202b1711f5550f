"""The vectors of one ranking: every phrase that it compares, encoded once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from huntred.matching.ports import Embedder, Vectors


class Phrases:
    """Titles, skills and requirements are short and come again; what is longer is told by the mean of its phrases."""

    def __init__(self, encoder: Embedder, texts: Iterable[str]) -> None:
        unique = list(dict.fromkeys(["", *texts]))
        self._row = {text: row for row, text in enumerate(unique)}
        self._vectors = encoder.encode(unique)
        self._centres: dict[tuple[str, ...], Vectors] = {}

    def cosine(self, one: str, other: str) -> float:
        """Return the cosine of two of the phrases; 0 where one is empty."""
        return float(self._vectors[self._row[one]] @ self._vectors[self._row[other]])

    def centre(self, texts: tuple[str, ...]) -> Vectors:
        """Return the direction of a group of phrases: the unit vector of their mean, or zeros where all are empty."""
        known = self._centres.get(texts)
        if known is None:
            total = self._vectors[[self._row[text] for text in texts]].sum(axis=0)
            length = float(np.sqrt(total @ total))
            known = self._centres[texts] = total / length if length else total
        return known
