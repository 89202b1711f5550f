"""What a server has loaded is set aside from the garbage collector."""

from __future__ import annotations

import gc

from runtime.collector import settle


def test_what_is_loaded_is_set_aside() -> None:
    before = gc.get_threshold()
    try:
        settle()
        assert gc.get_freeze_count() > 10_000
        assert len(gc.get_objects(generation=2)) < 1_000
        assert gc.get_threshold()[0] > before[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
