from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from ml.embeddings import cache
from ml.embeddings.cache import CachedEmbedder, content_hash
from ml.embeddings.registry import UnknownModel, embedder


class _Counting:
    name, dimensions = "counting@1", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)


def test_the_default_and_use_work_offline() -> None:
    assert embedder().name.startswith("huntred-titles@")
    assert embedder("use-multilingual-v3").encode(["cajera"]).shape == (1, 512)
    assert embedder() is embedder()


@pytest.mark.parametrize("name", ["", "someone/model", "someone/model@main", "@0123456789"])
def test_a_foreign_model_needs_a_pinned_revision(name: str) -> None:
    with pytest.raises(UnknownModel):
        embedder(name)


def test_where_the_library_is_missing_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(UnknownModel, match=r"requirements/models\.txt"):
        embedder(f"someone/model@{'0' * 40}")


def test_a_folder_and_a_pinned_name_are_loaded_as_they_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The library itself is tried where it is installed; here, what it is told."""
    told: list[tuple[str, Any]] = []

    class Model:
        def __init__(self, name: str, *, revision: str | None, device: str) -> None:
            told.append((name, revision))

        def get_sentence_embedding_dimension(self) -> int:
            return 3

        def encode(self, texts: list[str], **_: Any) -> np.ndarray:
            return np.ones((len(texts), 3), dtype=np.float32)

    library = ModuleType("sentence_transformers")
    library.SentenceTransformer = Model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", library)
    pinned = embedder(f"someone/tried@{'a' * 40}")
    assert pinned.name == f"someone/tried@{'a' * 40}"
    assert pinned.encode(["x", " "]).tolist() == [[1, 1, 1], [0, 0, 0]]
    assert embedder(str(tmp_path)).name == f"{tmp_path.name}@local"
    assert told == [("someone/tried", "a" * 40), (str(tmp_path), None)]


def test_a_text_is_encoded_once_and_the_longest_unasked_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = _Counting()
    cached = CachedEmbedder(counting)
    first = cached.encode(["uno", "tres", "uno"])
    assert counting.asked == ["uno", "tres"]
    assert np.array_equal(cached.encode(["tres", "uno"]), first[[1, 0]])
    assert cached.encode([]).shape == (0, 2)
    monkeypatch.setattr(cache, "_KEPT_BYTES", 16)
    cached.encode(["cuatro"])
    cached.encode(["uno"])
    assert counting.asked == ["uno", "tres", "cuatro"]
    cached.encode(["tres"])
    assert counting.asked[-1] == "tres"
    assert content_hash("uno  dos ") == content_hash("uno dos")
