"""How sure a reading is, and whether a message is any business of ours: both set on answers to unseen sentences.

Measured (docs/decisions): how far the best intent of ours stands above `out_of_scope` tells as much as all that was
tried beside it (the likeness to the nearest examples, the entropy, the best logit itself).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, softmax
from sklearn.linear_model import LogisticRegression

from bot.understanding.softmax import Floats

_SHARPEST = 5.0


@dataclass(frozen=True)
class Scope:
    """sharpness: what logits are multiplied by. slope, offset: from the lead over `out_of_scope` to a probability.

    threshold: below this probability of being in scope, 0 to 1, a message is turned away.
    """

    sharpness: float = 1.0
    slope: float = 1.0
    offset: float = 0.0
    threshold: float = 0.5

    def probabilities(self, logits: Floats, outside: int | None) -> NDArray[np.float64]:
        """Return (messages, classes) that sum to 1. outside: the column of `out_of_scope`, None where there is none."""
        if outside is None:
            return np.asarray(softmax(self.sharpness * logits.astype(np.float64), axis=1))
        ours = np.delete(logits, outside, axis=1).astype(np.float64)
        inside = expit(self.slope * lead(logits, outside) + self.offset)
        shares = softmax(self.sharpness * ours, axis=1) * inside[:, None]
        return np.insert(shares, outside, 1 - inside, axis=1)


def lead(logits: Floats, outside: int) -> NDArray[np.float64]:
    """Return how far each message's best intent of ours stands above `out_of_scope`."""
    ours = np.delete(logits, outside, axis=1)
    return np.asarray(ours.max(axis=1) - logits[:, outside], dtype=np.float64)


def settle(logits: Floats, classes: NDArray[np.intp], outside: int | None, turned_away: float) -> Scope:
    """Choose all of it on logits of examples that their model did not see.

    turned_away: share of the rightly understood messages, 0 to 1, that may be lost to the threshold. The more, the
    more of what is out of scope is told from it.
    """
    ours = classes != outside
    told = logits if outside is None else np.delete(logits, outside, axis=1)
    wanted = classes if outside is None else classes - (classes > outside)
    sharpness = _sharpness(told[ours], wanted[ours])
    if outside is None or ours.all() or not ours.any():
        return Scope(sharpness=sharpness, threshold=0.0)
    leads = lead(logits, outside)
    curve = LogisticRegression().fit(leads[:, None], ours)
    slope, offset = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    right = ours & (told.argmax(axis=1) == wanted)
    kept = leads[right] if right.any() else leads[ours]
    threshold = float(expit(slope * np.quantile(kept, turned_away) + offset))
    return Scope(sharpness, slope, offset, threshold)


def _sharpness(logits: Floats, classes: NDArray[np.intp]) -> float:
    """Temperature scaling (Guo and others, 2017): the factor under which right answers are likeliest."""
    exact = logits.astype(np.float64)
    rows = np.arange(len(classes))

    def surprise(factor: float) -> float:
        return -float(log_softmax(factor * exact, axis=1)[rows, classes].mean())

    return float(minimize_scalar(surprise, bounds=(1 / _SHARPEST, _SHARPEST), method="bounded").x)
