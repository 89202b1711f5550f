"""Our own model, the default: USE-multilingual joined with a table of stems and n-grams that knows the trade's words.

A vector is the unit vector of `projection(USE(text)) + Σ rows(text)`, over the text in one form (`forms.py`), drawn
towards the occupations that it is near (`memory.py`). USE brings the meaning of ordinary words in both languages, the
table that of titles and skills, the memory what one occupation is called; both were made by `ml/training` of ESCO
(European Commission) and of our lexicon of Mexican terms.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from huntred.matching.ports import Vectors
from ml.embeddings.forms import one_form
from ml.embeddings.table import TitleTable, read_table
from ml.embeddings.use import UseEmbedder

WEIGHTS = Path(__file__).parent / "weights" / "titles.npz"
NAME = "huntred-titles"

_AT_ONCE = 1024


class TitleEmbedder:
    """Implements `huntred.matching.ports.Embedder`. The weights are read at the first question."""

    def __init__(self, table: TitleTable | None = None, use: UseEmbedder | None = None) -> None:
        self._lock = threading.Lock()
        self._table = table
        self._use = use or UseEmbedder()

    @property
    def name(self) -> str:
        return f"{NAME}@{self._read().revision}"

    @property
    def dimensions(self) -> int:
        return int(self._read().rows.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `huntred.matching.ports.Embedder`."""
        table = self._read()
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        formed = [one_form(text) for text in texts]
        said = [number for number, text in enumerate(formed) if text]
        for first in range(0, len(said), _AT_ONCE):
            batch = said[first : first + _AT_ONCE]
            found[batch] = _joined(table, self._use, [formed[number] for number in batch])
        return found

    def _read(self) -> TitleTable:
        with self._lock:
            if self._table is None:
                self._table = read_table(WEIGHTS)
            return self._table


def _joined(table: TitleTable, use: UseEmbedder, texts: Sequence[str]) -> Vectors:
    meaning = (use.encode(texts) - table.centre) @ table.projection
    whole = meaning + table.vocabulary.bags(texts).sums(table.rows)
    joined = _of_length_one(np.asarray(whole, dtype=np.float32))
    return joined if table.memory is None else _of_length_one(table.memory.drawn(joined))


def _of_length_one(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1.0
    return np.asarray(vectors / lengths, dtype=np.float32)
