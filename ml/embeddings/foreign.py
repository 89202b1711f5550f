"""Any model of sentence-transformers, which is installed only where one is wanted (requirements/models.txt)."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from huntred.matching.ports import Vectors


class NotInstalled(Exception):
    """sentence-transformers or the model's weights are not on this machine; the message says what to do."""


class ForeignEmbedder:
    """Implements `huntred.matching.ports.Embedder` with a model of sentence-transformers, on the CPU."""

    def __init__(self, model: str, revision: str) -> None:
        """model: a name or a folder. revision: a commit; empty for a folder. Raises NotInstalled."""
        try:
            library: Any = importlib.import_module("sentence_transformers")
        except ImportError as error:
            raise NotInstalled(
                f"{model!r} needs sentence-transformers: install requirements/models.txt into .venv/app"
            ) from error
        try:
            self._model = library.SentenceTransformer(model, revision=revision or None, device="cpu")
        except (OSError, ValueError) as error:
            raise NotInstalled(f"{model!r} cannot be loaded: {error}") from error
        self.name = f"{Path(model).name if Path(model).is_dir() else model}@{revision or 'local'}"
        self.dimensions = int(self._model.get_sentence_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `huntred.matching.ports.Embedder`."""
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        said = [number for number, text in enumerate(texts) if text.strip()]
        if said:
            found[said] = self._model.encode(
                [texts[number] for number in said], batch_size=64, normalize_embeddings=True, show_progress_bar=False
            )
        return found
