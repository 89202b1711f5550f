"""What is remembered of known occupations: a text that lies near one is drawn to it, and with it to its other names.

Titles of one occupation, in either language, so come nearer to each other than their words alone would bring them. A
text that lies near no occupation (a skill, a place, a trade that nobody knows yet) stays where it is.

With an occupation a text is drawn a little to its kin, so that a waiter comes nearer to a barista than to a helpdesk,
though the letters say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Texts × occupations at once: 4 MB of scores.
_AT_ONCE = 256
_TINY = 1e-6


@dataclass(frozen=True)
class Memory:
    """occupations: their middles, n × d, each of length 1.

    temperature: of the softmax over them; lower looks at fewer. threshold: the cosine below which an occupation says
    little, for it stands in the softmax beside them as a place that draws nowhere. pull: how far a text is drawn.
    kin: the number of each occupation's group, of like work; below 0 or left out: of none. kinship: how much of the
    pull goes to what a group has in common.
    """

    occupations: Floats
    temperature: float = 0.04
    threshold: float = 0.5
    pull: float = 1.0
    kinship: float = 0.5
    kin: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, dtype=np.int16))

    def drawn(self, unit: Floats) -> Floats:
        """Return texts × d, no longer of length 1. unit: texts × d, of length 1 (or 0, which stays so)."""
        found = np.empty_like(unit)
        for first in range(0, len(unit), _AT_ONCE):
            part = unit[first : first + _AT_ONCE]
            scores = part @ self.occupations.T
            highest = np.maximum(scores.max(axis=1, keepdims=True), np.float32(self.threshold))
            weights = np.exp((scores - highest) / np.float32(self.temperature))
            nowhere = np.exp((np.float32(self.threshold) - highest) / np.float32(self.temperature))
            weights /= weights.sum(axis=1, keepdims=True) + nowhere
            found[first : first + _AT_ONCE] = part + np.float32(self.pull) * (weights @ self._draws)
        return found

    @cached_property
    def _draws(self) -> Floats:
        """Where each occupation draws: to its middle, and to what its group has beyond all others."""
        draws = self.occupations.copy()
        everything = self.occupations.mean(axis=0)
        for group in np.unique(self.kin[self.kin >= 0]):
            members = self.kin == group
            common = self.occupations[members].mean(axis=0) - everything
            draws[members] += np.float32(self.kinship) * common / max(np.float32(_TINY), np.linalg.norm(common))
        return draws
