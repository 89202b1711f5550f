"""What is remembered of known occupations: a text that lies near one is drawn to it, and with it to its other names.

Titles of one occupation, in either language, so come nearer to each other than their words alone would bring them. A
text that lies near no occupation (a skill, a place, a trade that nobody knows yet) stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Texts × occupations at once: 4 MB of scores.
_AT_ONCE = 256


@dataclass(frozen=True)
class Memory:
    """occupations: their middles, n × d, each of length 1.

    temperature: of the softmax over them; lower looks at fewer. threshold: the cosine below which an occupation says
    little, for it stands in the softmax beside them as a place that draws nowhere. pull: how far a text is drawn.
    """

    occupations: Floats
    temperature: float = 0.04
    threshold: float = 0.5
    pull: float = 1.0

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
            found[first : first + _AT_ONCE] = part + np.float32(self.pull) * (weights @ self.occupations)
        return found
