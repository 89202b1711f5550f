"""The vectors of one ranking: every phrase that it compares, encoded once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from huntred.matching.ports import Embedder, Vectors
from ml.embeddings.cache import content_hash

_KEY_BYTES = 16
# Half precision: it moves a cosine by less than a thousandth.
_KEPT = np.dtype("<f2")


class Phrases:
    """Titles, skills and requirements are short and come again."""

    def __init__(self, encoder: Embedder, texts: Iterable[str], kept: Sequence[bytes] = ()) -> None:
        """kept: phrases that were encoded before, as `packed` gave them."""
        unique = list(dict.fromkeys(["", *texts]))
        self._row = {text: row for row, text in enumerate(unique)}
        known = _unpacked(kept, encoder.dimensions)
        places = [known[0].get(content_hash(text), -1) if known[0] else -1 for text in unique]
        missing = [text for text, place in zip(unique, places, strict=True) if place < 0]
        if len(missing) == len(unique):
            self._vectors = encoder.encode(unique)
            return
        self._vectors = known[1][places]
        self._vectors[[place < 0 for place in places]] = encoder.encode(missing)

    def cosine(self, one: str, other: str) -> float:
        """Return the cosine of two of the phrases; 0 where one is empty."""
        # The last bits of a sum depend on where its terms lie in memory: the same phrases must give the same score.
        return round(float(self._vectors[self._row[one]] @ self._vectors[self._row[other]]), 6)


def packed(encoder: Embedder, texts: Sequence[Sequence[str]]) -> list[bytes]:
    """Return, for each list of phrases, each phrase's hash and vector."""
    everything = list(dict.fromkeys(text for of_one in texts for text in of_one))
    rows = encoder.encode(everything).astype(_KEPT)
    each = {text: content_hash(text) + row.tobytes() for text, row in zip(everything, rows, strict=True)}
    return [b"".join(each[text] for text in dict.fromkeys(of_one)) for of_one in texts]


def _unpacked(kept: Sequence[bytes], dimensions: int) -> tuple[dict[bytes, int], Vectors]:
    kind = np.dtype([("key", f"V{_KEY_BYTES}"), ("vector", _KEPT, (dimensions,))])
    rows = np.frombuffer(b"".join(kept), dtype=kind)
    vectors = rows["vector"].astype(np.float32)
    return {key: row for row, key in enumerate(rows["key"].tolist())}, vectors
