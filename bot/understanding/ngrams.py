"""N-grams of words and of letters as weighted sparse rows (tf-idf), kept as plain text and numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

_LONGEST_WORDS = 2
_LETTERS = range(2, 5)


def word_grams(words: Sequence[str]) -> list[str]:
    """Words, and words that follow each other."""
    grams = list(words)
    for length in range(2, _LONGEST_WORDS + 1):
        grams += [" ".join(words[at : at + length]) for at in range(len(words) - length + 1)]
    return grams


def letter_grams(words: Sequence[str]) -> list[str]:
    """Letters that follow each other within a word; a blank stands for its edges."""
    grams = []
    for word in words:
        padded = f" {word} "
        for length in _LETTERS:
            grams += [padded[at : at + length] for at in range(max(1, len(padded) - length + 1))]
    return grams


class GramIndex:
    """Which n-grams count, and how much. cut: words → n-grams. rare: one in fewer examples than this is left out."""

    def __init__(self, cut: Callable[[Sequence[str]], list[str]], rare: int) -> None:
        self._cut = cut
        self._rare = rare
        self._places: dict[str, int] = {}
        self._weights: NDArray[np.float32] = np.zeros(0, dtype=np.float32)

    def __len__(self) -> int:
        return len(self._places)

    def learn(self, examples: Sequence[Sequence[str]]) -> None:
        """Take the n-grams of the examples (their words); rare ones weigh more."""
        seen = Counter(gram for words in examples for gram in set(self._cut(words)))
        grams = sorted(gram for gram, count in seen.items() if count >= self._rare)
        self._places = {gram: place for place, gram in enumerate(grams)}
        counts = np.array([seen[gram] for gram in grams], dtype=np.float64)
        self._weights = (np.log((1 + len(examples)) / (1 + counts)) + 1).astype(np.float32)

    def rows(self, messages: Sequence[Sequence[str]]) -> sp.csr_matrix:
        """Return one unit row a message; its n-grams that are not known count for nothing."""
        places: list[int] = []
        values: list[NDArray[np.float32]] = []
        ends = [0]
        for words in messages:
            known = Counter(self._places[gram] for gram in self._cut(words) if gram in self._places)
            own = np.fromiter(known, dtype=np.int32, count=len(known))
            often = np.fromiter(known.values(), dtype=np.float32, count=len(known))
            row = (1 + np.log(often)) * self._weights[own]
            length = float(np.sqrt(row @ row)) or 1.0
            places += own.tolist()
            values.append(row / np.float32(length))
            ends.append(len(places))
        data = np.concatenate(values) if values else np.zeros(0, dtype=np.float32)
        return sp.csr_matrix((data, places, ends), shape=(len(messages), len(self)), dtype=np.float32)

    def save(self, folder: Path, name: str) -> None:
        grams = json.dumps(list(self._places), ensure_ascii=False)
        (folder / f"{name}.json").write_text(grams, encoding="utf-8")
        np.save(folder / f"{name}.npy", self._weights, allow_pickle=False)

    def load(self, folder: Path, name: str) -> None:
        grams = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        self._places = {gram: place for place, gram in enumerate(grams)}
        self._weights = np.load(folder / f"{name}.npy", allow_pickle=False)
