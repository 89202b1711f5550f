"""The vectors of one ranking: every phrase that it compares, encoded once."""

from __future__ import annotations

from collections.abc import Iterable

from huntred.matching.ports import Embedder


class Phrases:
    """Titles, skills and requirements are short and come again."""

    def __init__(self, encoder: Embedder, texts: Iterable[str]) -> None:
        unique = list(dict.fromkeys(["", *texts]))
        self._row = {text: row for row, text in enumerate(unique)}
        self._vectors = encoder.encode(unique)

    def cosine(self, one: str, other: str) -> float:
        """Return the cosine of two of the phrases; 0 where one is empty."""
        return float(self._vectors[self._row[one]] @ self._vectors[self._row[other]])
