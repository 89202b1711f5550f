"""How a model of vectors scores a corpus: by cosine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from huntred.matching.ports import Embedder
from ml.evaluation.metrics import Scorer


def vectors(encoder: Embedder, corpus: Sequence[str]) -> Scorer:
    """Score by cosine."""
    encoded = encoder.encode(corpus)
    return lambda queries: np.asarray(encoder.encode(queries) @ encoded.T, dtype=np.float32)
