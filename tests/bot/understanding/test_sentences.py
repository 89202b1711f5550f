"""Many sentences are encoded on all cores and come out as one by one."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from bot.understanding import sentences
from bot.understanding.sentences import ENCODER

_SAID = [
    "ando tras un jale",
    "¿cuánto pagan?",
    "",
    "mi correo es otro",
    "Ando tras un jale",
    "quiero cancelar",
    "gracias",
]


def test_shares_beside_each_other_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = np.vstack([ENCODER.encode([text]) for text in _SAID])
    before = [pool["num_threads"] for pool in threadpool_info()]
    monkeypatch.setattr(sentences, "_SHARE", 2)
    monkeypatch.setattr(sentences.os, "cpu_count", lambda: 3)

    shared = ENCODER.encode(_SAID)

    assert np.allclose(shared, alone, atol=1e-5)
    assert not shared[2].any()
    assert [pool["num_threads"] for pool in threadpool_info()] == before
