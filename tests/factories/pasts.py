"""Pasts of a unit with as much or as little to learn from as a test wants."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from contract.ids import new_id
from huntred.predictions.types import Case, Traits


def past(
    count: int, *, signal: float, until: datetime, seed: int = 1, mean_days: float = 30.0, every_days: float = 4.0
) -> tuple[Case, ...]:
    """Ended cases, one every few days up to `until`. signal: 0 (traits tell nothing) to 1 (they tell all).

    The first number of the traits (0 to 1) is what good and quick ends follow, as far as signal goes.
    """
    chance = random.Random(seed)
    cases = []
    for index in range(count):
        known = chance.random()
        drift = signal * (known - 0.5)
        good = chance.random() < 0.4 + 0.78 * drift
        days = max(1.0, mean_days * (1 - 1.5 * drift) * chance.lognormvariate(0, 0.45 - 0.25 * signal))
        ended = until - timedelta(days=every_days * (count - index))
        began = ended - timedelta(days=days)
        traits = Traits((known, chance.random(), None if index % 7 == 0 else chance.random()), frozenset({"soldadura"}))
        cases.append(Case(new_id(), 1000 + index, f"Puesto {index}", began, ended, good, traits))
    return tuple(cases)
