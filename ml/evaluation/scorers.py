"""How a model of vectors scores a corpus: by cosine alone, or joined with the letters that texts share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from huntred.matching.ports import Embedder
from ml.embeddings.forms import one_form
from ml.evaluation.lexical import CharacterTfidf
from ml.evaluation.metrics import Scorer

# What the shared letters add to the cosine, from how many on: fewer say nothing, least of all across languages.
# Chosen on the first half of MELO's half and on the Mexican development set.
_LETTERS, _FEW = np.float32(0.3), np.float32(0.3)


def vectors(encoder: Embedder, corpus: Sequence[str]) -> Scorer:
    """Score by cosine."""
    encoded = encoder.encode(corpus)
    return lambda queries: np.asarray(encoder.encode(queries) @ encoded.T, dtype=np.float32)


def hybrid(encoder: Embedder, corpus: Sequence[str]) -> Scorer:
    """Score by cosine, and by the cosine of character n-grams where texts share letters."""
    by_meaning = vectors(encoder, corpus)
    by_letters = CharacterTfidf([one_form(text) for text in corpus])

    def score(queries: Sequence[str]) -> NDArray[np.float32]:
        letters = by_letters([one_form(query) for query in queries])
        return np.asarray(by_meaning(queries) + _LETTERS * np.maximum(letters - _FEW, 0), dtype=np.float32)

    return score
