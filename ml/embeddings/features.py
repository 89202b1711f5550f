"""What the table looks up of a text: its stems and the character n-grams of them, each by its hash."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contract.text import normalise
from ml.embeddings.stems import stem

Rows = NDArray[np.int64]

_WORD = re.compile(r"[a-z0-9+#]+")
_SHORTEST, _LONGEST = 3, 5
# Longer text says no more of a title, and takes longer.
_MOST_WORDS = 40


def words(text: str) -> list[str]:
    """Return the folded stems of a text in one form."""
    return [stem(word) for word in _WORD.findall(normalise(text))[:_MOST_WORDS]]


def hashes(word: str) -> list[int]:
    """Return the hashes (32 bits) of a stem's features: itself and its n-grams, its two ends marked."""
    padded = f"<{word}>"
    found = {f"={word}"}
    for size in range(_SHORTEST, _LONGEST + 1):
        found |= {padded[start : start + size] for start in range(len(padded) - size + 1)}
    return sorted(zlib.crc32(feature.encode()) for feature in found)


@dataclass(frozen=True)
class Bags:
    """Texts as sums of rows. `rows` of word w: rows[word_starts[w]:word_starts[w + 1]]; words of text t likewise."""

    rows: Rows
    word_starts: Rows
    words: Rows
    text_starts: Rows

    def sums(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return texts × d: of each text's words the sum by the root of their number, each word a like sum of rows."""
        return _sums(_sums(table[self.rows], self.word_starts)[self.words], self.text_starts)


def _sums(parts: NDArray[np.float32], starts: Rows) -> NDArray[np.float32]:
    counts = np.diff(starts)
    found = np.zeros((len(counts), parts.shape[1]), dtype=np.float32)
    filled = counts > 0
    if filled.any():
        found[filled] = np.add.reduceat(parts, starts[:-1][filled], axis=0)
        found[filled] /= np.sqrt(counts[filled])[:, None]
    return found


class Vocabulary:
    """Which features have a row. What is not among them says nothing."""

    def __init__(self, known: NDArray[np.uint32]) -> None:
        """known: hashes in ascending order; the row is the place in it."""
        self.known = known
        self._rows: dict[str, Rows] = {}

    def rows_of(self, word: str) -> Rows:
        """Return the rows of one stem."""
        rows = self._rows.get(word)
        if rows is None:
            wanted = np.array(hashes(word), dtype=np.uint32)
            places = np.minimum(np.searchsorted(self.known, wanted), max(0, len(self.known) - 1))
            rows = places[self.known[places] == wanted].astype(np.int64) if len(self.known) else places[:0]
            if len(self._rows) >= 50_000:
                self._rows.clear()
            self._rows[word] = rows
        return rows

    def bags(self, texts: Sequence[str]) -> Bags:
        """Return the texts (in one form) as sums of rows; every word is summed once."""
        said = [words(text) for text in texts]
        numbers = {word: number for number, word in enumerate(dict.fromkeys(w for line in said for w in line))}
        rows = [self.rows_of(word) for word in numbers]
        return Bags(
            np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64),
            starts(map(len, rows)),
            np.array([numbers[word] for line in said for word in line], dtype=np.int64),
            starts(map(len, said)),
        )


def starts(lengths: Iterable[int]) -> Rows:
    """Return where each run of a concatenation begins, and its end last."""
    return np.concatenate([[0], np.cumsum(np.fromiter(lengths, dtype=np.int64))]).astype(np.int64)
