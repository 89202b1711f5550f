"""Our own model as a module of sentence-transformers, so that its evaluators, losses and trainer take it.

    from sentence_transformers import SentenceTransformer
    from ml.embeddings.sentence_module import TitleModule
    model = SentenceTransformer(modules=[TitleModule()])

The table and the projection are parameters; USE stays as it is. `TitleModule.table()` gives what was learned back.
Needs requirements/models.txt; nothing of the platform imports this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.models import InputModule

from ml.embeddings.forms import one_form
from ml.embeddings.table import TitleTable, read_table
from ml.embeddings.titles import WEIGHTS
from ml.embeddings.use import UseEmbedder

_FILE = "titles.npz"


class TitleModule(InputModule):  # type: ignore[misc]  # sentence-transformers is installed only where it is wanted
    """texts → unit vectors, as `ml.embeddings.titles` makes them."""

    def __init__(self, table: TitleTable | None = None) -> None:
        super().__init__()
        self._table = table or read_table(WEIGHTS)
        self._use = UseEmbedder()
        self.rows = torch.nn.Parameter(torch.from_numpy(self._table.rows.copy()))
        self.projection = torch.nn.Parameter(torch.from_numpy(self._table.projection.copy()))

    def tokenize(self, texts: Sequence[str], **_: Any) -> dict[str, torch.Tensor]:
        """Return the rows of each word, the words of each text, and what USE makes of the text."""
        formed = [one_form(text) for text in texts]
        bags = self._table.vocabulary.bags(formed)
        # USE of nothing would say something: an empty text stays the zero vector.
        said = np.array([[1.0] if text else [0.0] for text in formed], dtype=np.float32)
        meaning = (self._use.encode(formed) - self._table.centre) * said
        return {
            "rows": torch.from_numpy(bags.rows), "word_starts": torch.from_numpy(bags.word_starts),
            "words": torch.from_numpy(bags.words), "text_starts": torch.from_numpy(bags.text_starts),
            "meaning": torch.from_numpy(meaning),
        }  # fmt: skip

    def forward(self, features: dict[str, torch.Tensor], **_: Any) -> dict[str, torch.Tensor]:
        """Add `sentence_embedding`, texts × d."""
        by_word = _sums(self.rows[features["rows"]], features["word_starts"])
        joined = _sums(by_word[features["words"]], features["text_starts"]) + features["meaning"] @ self.projection
        features["sentence_embedding"] = torch.nn.functional.normalize(joined, dim=-1)
        return features

    def get_sentence_embedding_dimension(self) -> int:
        return int(self.projection.shape[1])

    def table(self) -> TitleTable:
        """Return the weights as they are now."""
        rows, projection = (parameter.detach().cpu().numpy() for parameter in (self.rows, self.projection))
        return TitleTable(self._table.vocabulary, rows, projection, self._table.centre, self._table.revision)

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        self.table().save(Path(output_path) / _FILE)

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **_: Any) -> TitleModule:
        return cls(read_table(Path(model_name_or_path) / subfolder / _FILE))


def _sums(parts: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
    """Sum the runs, each by the root of its length; an empty run is zero."""
    counts = torch.diff(starts)
    runs = torch.repeat_interleave(torch.arange(len(counts)), counts)
    found = torch.zeros((len(counts), parts.shape[1]), dtype=parts.dtype).index_add(0, runs, parts)
    return found / counts.clamp(min=1).sqrt()[:, None]
