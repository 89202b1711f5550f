from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ml.ranking import encoder
from ml.ranking.encoder import SentenceEncoder


def test_vectors_are_unit_length_whatever_the_case_and_an_empty_text_is_nothing() -> None:
    vectors = SentenceEncoder().encode(["Cajera", "  CAJERA ", "", "operario de producción"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 0, 1], atol=1e-4)
    assert np.array_equal(vectors[0], vectors[1])
    assert SentenceEncoder().encode([]).shape == (0, 512)


def test_a_text_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = SentenceEncoder()
    first = made.encode(["cajera", "soldador"])

    def refuse(self: Any) -> Any:
        raise AssertionError("encoded again")

    monkeypatch.setattr(SentenceEncoder, "_use", refuse)
    assert np.array_equal(made.encode(["soldador", "cajera", "cajera"]), first[[1, 0, 0]])


def test_the_oldest_vectors_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "_KEPT", 4)
    made = SentenceEncoder()
    for word in ("uno", "dos", "tres", "cuatro", "cinco", "seis"):
        assert made.encode([word]).shape == (1, 512)
        assert len(made._vectors) <= 4
