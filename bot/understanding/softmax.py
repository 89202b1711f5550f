"""Multinomial logistic regression over sparse and dense features together, in float32.

scikit-learn takes both as one sparse matrix and took several times as long on our data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Steps that the search remembers, and after how many it is over: 74 told no more than 40 on one fold.
_MEMORY = 6
_STEPS = 60
_ENOUGH = 1e-3
_SHORTEST = 1e-6
_DECREASE = 1e-4


@dataclass(frozen=True)
class Features:
    """The same messages twice: sparse rows (n-grams) and dense rows (sentence vectors)."""

    grams: sp.csr_matrix
    vectors: Floats

    def of(self, rows: NDArray[np.intp]) -> Features:
        return Features(self.grams[rows], self.vectors[rows])


@dataclass(frozen=True)
class Softmax:
    """weights: (grams + vector + 1, classes); the last row is what speaks for a class before anything is read."""

    weights: Floats

    def logits(self, features: Features) -> Floats:
        """Return (messages, classes); their softmax is the probability of each class."""
        sparse = features.grams.shape[1]
        scores = features.grams @ self.weights[:sparse] + features.vectors @ self.weights[sparse:-1]
        return np.asarray(scores + self.weights[-1], dtype=np.float32)


def fit(features: Features, classes: NDArray[np.intp], count: int, strength: float) -> Softmax:
    """Fit by L-BFGS. classes: of each message, 0 to count - 1. strength: as scikit-learn's C, more fits closer."""
    messages, sparse = features.grams.shape
    shape = (sparse + features.vectors.shape[1] + 1, count)
    turned = features.grams.T.tocsr()
    decay = np.float32(1 / (strength * messages))
    rows = np.arange(messages)

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        scores = Softmax(weights).logits(features)
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        totals = shares.sum(axis=1, keepdims=True)
        value = float((np.log(totals[:, 0]) - scores[rows, classes]).mean())
        errors = shares / totals
        errors[rows, classes] -= 1
        errors /= messages
        gradient = np.vstack([turned @ errors, features.vectors.T @ errors, errors.sum(axis=0, keepdims=True)])
        gradient[:-1] += decay * weights[:-1]
        return value + 0.5 * float(decay) * float((weights[:-1] ** 2).sum()), gradient.ravel()

    return Softmax(_descend(loss, np.zeros(shape[0] * count, dtype=np.float32)).reshape(shape))


def _descend(loss: Callable[[Floats], tuple[float, Floats]], point: Floats) -> Floats:
    """L-BFGS (Nocedal and Wright, algorithm 7.5) with a halving line search."""
    value, gradient = loss(point)
    steep = float(np.linalg.norm(gradient))
    past: list[tuple[Floats, Floats, float]] = []
    for _ in range(_STEPS):
        direction = -_scaled(gradient, past)
        slope = float(gradient @ direction)
        length = 1.0
        while True:
            there = point + np.float32(length) * direction
            there_value, there_gradient = loss(there)
            if there_value <= value + _DECREASE * length * slope or length < _SHORTEST:
                break
            length /= 2
        step, turn = there - point, there_gradient - gradient
        bend = float(step @ turn)
        if bend > 0:
            past = [*past, (step, turn, 1 / bend)][-_MEMORY:]
        point, value, gradient = there, there_value, there_gradient
        if float(np.linalg.norm(gradient)) < _ENOUGH * steep:
            break
    return point


def _scaled(gradient: Floats, past: list[tuple[Floats, Floats, float]]) -> Floats:
    """The gradient, bent by what the last steps told of the curvature."""
    bent = gradient.copy()
    if not past:
        return np.asarray(bent / max(1.0, float(np.linalg.norm(gradient))), dtype=np.float32)
    shares = []
    for step, turn, inverse in reversed(past):
        shares.append(np.float32(inverse * float(step @ bent)))
        bent -= shares[-1] * turn
    step, turn, _ = past[-1]
    bent *= np.float32(float(step @ turn) / float(turn @ turn))
    for (step, turn, inverse), share in zip(past, reversed(shares), strict=True):
        bent += (share - np.float32(inverse * float(turn @ bent))) * step
    return bent
