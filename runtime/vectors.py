"""How far the open vacancies are encoded: `python -m runtime vectors`."""

from __future__ import annotations

from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.matching import encoding
from huntred.settings import read_app_settings
from runtime.wiring import wire


def report() -> list[str]:
    """One line a unit and model: of those open, how many have a vector."""
    wiring = wire(read_app_settings(), pool_size=1)
    models = [wiring.embedder, *([wiring.next_embedder] if wiring.next_embedder else [])]
    lines = []
    for unit in wiring.settings.units:
        with unit_of_work(wiring.engine, Scope(units=(unit,))) as uow:
            told = [encoding.progress(uow, model.name) for model in models]
        lines += [f"{unit}\t{of_one.model}\t{of_one.encoded} of {of_one.of}" for of_one in told]
    wiring.engine.dispose()
    return lines
