"""Vectors by model and the hash of the text, in the process and beside it: titles and skills come again."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence

import numpy as np

from huntred.matching.ports import Embedder, Vectors
from ml.embeddings.shared import SharedVectors

# 1 KB each at 256 dimensions: the vectors of one process stay within some 40 MB, whatever the model.
_KEPT_BYTES = 40_000_000


def content_hash(text: str) -> bytes:
    """Return the key of a text: 16 bytes, the same for the same words whatever their spacing."""
    return hashlib.blake2b(" ".join(text.split()).encode(), digest_size=16).digest()


class CachedEmbedder:
    """Encodes what it has not seen, each text once, and forgets what was not asked for longest."""

    def __init__(self, encoder: Embedder, shared: SharedVectors | None = None) -> None:
        """shared: what other processes encoded."""
        self._encoder, self._shared = encoder, shared
        self._lock = threading.Lock()
        self._kept: dict[bytes, Vectors] = {}

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dimensions(self) -> int:
        return self._encoder.dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `huntred.matching.ports.Embedder`."""
        keys = [content_hash(text) for text in texts]
        with self._lock:
            known = {key: self._kept.pop(key) for key in dict.fromkeys(keys) if key in self._kept}
            # Put back last, so that what is not asked for comes to stand first.
            self._kept |= known
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            fresh = self._fetch(missing)
            self._keep(fresh)
            known |= fresh
        if not keys:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack([known[key] for key in keys])

    def _fetch(self, missing: dict[bytes, str]) -> dict[bytes, Vectors]:
        """Take from the shared ones what is there, encode the rest and share it."""
        found = self._shared.get(self.name, list(missing)) if self._shared else {}
        rest = {key: text for key, text in missing.items() if key not in found}
        if rest:
            encoded = dict(zip(rest, self._encoder.encode(list(rest.values())), strict=True))
            if self._shared:
                self._shared.put(self.name, encoded)
            found |= encoded
        return found

    def _keep(self, fresh: dict[bytes, Vectors]) -> None:
        most = _KEPT_BYTES // (4 * self.dimensions)
        with self._lock:
            self._kept |= {key: vector.copy() for key, vector in fresh.items()}
            for key in list(self._kept)[: max(0, len(self._kept) - most)]:
                del self._kept[key]


def unshared(embedder: Embedder) -> Embedder:
    """Return the same model with a cache of its own that nobody else reads: for what people wrote."""
    return CachedEmbedder(embedder._encoder) if isinstance(embedder, CachedEmbedder) else embedder
