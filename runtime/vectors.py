"""How far the open vacancies and the people are encoded: `python -m runtime vectors`."""

from __future__ import annotations

from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.matching import encoding
from huntred.settings import read_app_settings
from runtime.wiring import wire


def report() -> list[str]:
    """Two lines a unit and model: how many of the open vacancies, and of the people, have a vector."""
    wiring = wire(read_app_settings(), pool_size=1)
    models = [wiring.embedder, *([wiring.next_embedder] if wiring.next_embedder else [])]
    lines = []
    for unit in wiring.settings.units:
        with unit_of_work(wiring.engine, Scope(units=(unit,))) as uow:
            told = [
                count(uow, model.name)
                for model in models
                for count in (encoding.progress, encoding.progress_of_people)
            ]
        lines += [f"{unit}\t{of_one.model}\t{of_one.encoded} of {of_one.of} {of_one.kind}" for of_one in told]
    wiring.engine.dispose()
    return lines
