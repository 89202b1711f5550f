"""What finds titles by their letters alone: BM25 of words, TF-IDF of character n-grams. Floors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from contract.text import normalise
from ml.embeddings.stems import stem

_WORD = re.compile(r"[a-z0-9+#]+")
# Robertson's usual constants.
_K1, _B = 1.5, 0.75
_SHORTEST, _LONGEST = 3, 5

_Terms = Callable[[str], list[str]]


class Postings:
    """Sparse document vectors by term: each term's documents and what it weighs in them."""

    def __init__(self, vectors: Sequence[dict[int, float]]) -> None:
        terms = np.array([term for vector in vectors for term in vector], dtype=np.int64)
        documents = np.repeat(np.arange(len(vectors)), [len(vector) for vector in vectors])
        weights = np.array([weight for vector in vectors for weight in vector.values()], dtype=np.float32)
        order = np.argsort(terms, kind="stable")
        self._documents, self._weights = documents[order], weights[order]
        self._starts = np.searchsorted(terms[order], np.arange(int(terms.max(initial=-1)) + 2))
        self._size = len(vectors)

    def scores(self, query: dict[int, float]) -> NDArray[np.float32]:
        """Return the inner product of a sparse query with every document."""
        found = np.zeros(self._size, dtype=np.float32)
        for term, weight in query.items():
            part = slice(self._starts[term], self._starts[term + 1])
            found[self._documents[part]] += weight * self._weights[part]
        return found


class Bm25:
    """BM25 over folded stems."""

    def __init__(self, corpus: Sequence[str]) -> None:
        counted = [Counter(words(text)) for text in corpus]
        self._numbers, frequency = _vocabulary(counted)
        size = max(1, len(corpus))
        mean = max(1.0, sum(sum(counts.values()) for counts in counted) / size)
        rarity = {term: float(np.log(1 + (size - n + 0.5) / (n + 0.5))) for term, n in frequency.items()}
        vectors = []
        for counts in counted:
            length = _K1 * (1 - _B + _B * sum(counts.values()) / mean)
            vectors.append(
                {self._numbers[t]: rarity[t] * n * (_K1 + 1) / (n + length) for t, n in counts.items()}
            )
        self._postings = Postings(vectors)

    def __call__(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return the scores of every document, queries × documents."""
        return np.stack([self._postings.scores(self._asked(query)) for query in queries])

    def _asked(self, query: str) -> dict[int, float]:
        return {self._numbers[t]: float(n) for t, n in Counter(words(query)).items() if t in self._numbers}


class CharacterTfidf:
    """Cosine of TF-IDF vectors over character 3- to 5-grams within words; 0 to 1."""

    def __init__(self, corpus: Sequence[str]) -> None:
        counted = [Counter(grams(text)) for text in corpus]
        self._numbers, frequency = _vocabulary(counted)
        size = len(corpus)
        self._rarity = {term: float(np.log((1 + size) / (1 + n))) + 1.0 for term, n in frequency.items()}
        self._postings = Postings([self._vector(counts) for counts in counted])

    def __call__(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return the cosines with every document, queries × documents."""
        return np.stack([self._postings.scores(self._vector(Counter(grams(query)))) for query in queries])

    def _vector(self, counts: Counter[str]) -> dict[int, float]:
        # What the corpus lacks still lengthens a query, so it is weighed before it is left out.
        unknown = float(np.log(1 + len(self._numbers))) + 1.0
        weights = {term: (1 + np.log(n)) * self._rarity.get(term, unknown) for term, n in counts.items()}
        length = float(np.sqrt(sum(weight * weight for weight in weights.values()))) or 1.0
        return {self._numbers[t]: float(weight) / length for t, weight in weights.items() if t in self._numbers}


def words(text: str) -> list[str]:
    """Return the folded stems of a text."""
    return [stem(word) for word in _WORD.findall(normalise(text))]


def grams(text: str) -> list[str]:
    """Return the character n-grams of a text's folded words, each word with a space on both sides."""
    found = []
    for word in _WORD.findall(normalise(text)):
        padded = f" {word} "
        for size in range(_SHORTEST, _LONGEST + 1):
            found += [padded[start : start + size] for start in range(max(1, len(padded) - size + 1))]
    return found


def _vocabulary(counted: Sequence[Counter[str]]) -> tuple[dict[str, int], Counter[str]]:
    frequency = Counter(term for counts in counted for term in counts)
    return {term: number for number, term in enumerate(frequency)}, frequency
