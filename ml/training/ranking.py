"""What a unit's decisions say of its weights: of two people for one vacancy, who came farther should stand before.

A pairwise logistic loss over the differences of their values, each vacancy counting as one; weights are never below
zero, so that more of what is asked for never lowers a score, and lean towards today's, the more so the less was
decided. Vacancies are kept whole: on a fixed part of them nothing is learned, and there the new weights are held
against today's by the score that people are ranked by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from huntred.matching.combining import FEATURES, NEUTRAL, score_of
from huntred.matching.ports import Decision, Learned, Weights

# Of ten vacancies three are held out. Which, their id says: one that was held out is never learned from later.
_HELD, _OF = 3, 10
_LEAST_VACANCIES = 5
# How strongly the weights lean towards today's; which of these serves best is tried within what is learned from.
_LEANINGS = (0.003, 0.01, 0.03, 0.1, 0.3)
_FOLDS = 4
# The sum of the weights while they are learned: a whole feature's difference of a tenth of them is ten odds.
_SCALE = 10.0
_STEPS = 400
_DRAWS = 2_000
_TOP = 10
Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Pairs:
    """Differences of values, pairs × features, better less worse; share: of each pair, one a vacancy altogether."""

    differences: Array
    share: Array


class PairwiseLearner:
    """Implements `huntred.matching.ports.WeightsLearner`."""

    def learn(self, decisions: Sequence[Decision], now: Weights) -> Learned:
        vacancies = {key: found for key, found in _by_vacancy(decisions).items() if _prefers(found)}
        held = {key: found for key, found in vacancies.items() if _is_held(key)}
        learned = {key: found for key, found in vacancies.items() if key not in held}
        enough = min(len(held), len(learned)) >= _LEAST_VACANCIES
        weights = _fitted(list(learned.values()), now) if enough else dict(now)
        figures = _compared(list(held.values()), now, weights) if enough else {}
        return Learned(
            weights, enough, len(decisions), len(learned), len(held), sum(map(len, held.values())), **figures
        )


def _by_vacancy(decisions: Sequence[Decision]) -> dict[UUID, list[Decision]]:
    grouped: dict[UUID, list[Decision]] = {}
    for decision in sorted(decisions, key=lambda one: one.vacancy_id):
        grouped.setdefault(decision.vacancy_id, []).append(decision)
    return grouped


def _prefers(decisions: Sequence[Decision]) -> bool:
    return len({one.grade for one in decisions}) > 1


def _is_held(vacancy_id: UUID) -> bool:
    return hashlib.sha256(vacancy_id.bytes).digest()[0] % _OF < _HELD


def _fitted(vacancies: Sequence[Sequence[Decision]], now: Weights) -> dict[str, float]:
    start = np.array([now.get(feature, 0.0) for feature in FEATURES], dtype=np.float64)
    start *= _SCALE / start.sum()
    leaning = min(_LEANINGS, key=lambda one: (_loss_left_out(vacancies, start, one), -one))
    found = _minimum(_pairs(vacancies), start, leaning)
    return dict(zip(FEATURES, (100 * found / found.sum()).round(1).tolist(), strict=True))


def _loss_left_out(vacancies: Sequence[Sequence[Decision]], start: Array, leaning: float) -> float:
    """The loss on each fold of weights that were learned from the others."""
    losses = []
    for fold in range(_FOLDS):
        rest = [found for place, found in enumerate(vacancies) if place % _FOLDS != fold]
        weights = _minimum(_pairs(rest), start, leaning)
        left_out = _pairs(vacancies[fold::_FOLDS])
        losses.append(float(left_out.share @ np.logaddexp(0, -left_out.differences @ weights)) / left_out.share.sum())
    return float(np.mean(losses))


def _pairs(vacancies: Sequence[Sequence[Decision]]) -> _Pairs:
    differences, share = [], []
    for decisions in vacancies:
        rows = [_row(one.values) for one in decisions]
        own = [
            here - there
            for here, one in zip(rows, decisions, strict=True)
            for there, other in zip(rows, decisions, strict=True)
            if one.grade > other.grade
        ]
        differences += own
        share += [1 / len(own)] * len(own)
    return _Pairs(np.array(differences), np.array(share))


def _row(values: Mapping[str, float | None]) -> Array:
    """What is not asked for is no one's: it stands in the middle for all people of the vacancy."""
    known = (values.get(feature) for feature in FEATURES)
    return np.array([NEUTRAL if value is None else value for value in known])


def _minimum(pairs: _Pairs, start: Array, leaning: float) -> Array:
    """Projected gradient: the loss is convex, and its slope changes by `steepness` at most."""
    share = pairs.share / pairs.share.sum()
    curvature = (pairs.differences * share[:, None]).T @ pairs.differences
    steepness = float(np.linalg.eigvalsh(curvature)[-1]) / 4 + leaning
    weights = start
    for _ in range(_STEPS):
        doubt = np.exp(-np.logaddexp(0, pairs.differences @ weights))
        slope = -pairs.differences.T @ (share * doubt) + leaning * (weights - start)
        moved = np.maximum(0.0, weights - slope / steepness)
        if np.abs(moved - weights).max() < 1e-6:
            break
        weights = moved
    # All of them zero would weigh nothing.
    return weights if weights.any() else start


def _compared(held: Sequence[Sequence[Decision]], now: Weights, then: Weights) -> dict[str, float]:
    right = np.array([[_pairs_right(found, weights) for weights in (now, then)] for found in held])
    gain = np.array([[_gain(found, weights) for weights in (now, then)] for found in held])
    difference = right[:, 1] - right[:, 0]
    draws = np.random.default_rng(0).integers(0, len(held), (_DRAWS, len(held)))
    low, high = np.percentile(difference[draws].mean(axis=1), (2.5, 97.5))
    return {
        "pairs_right_now": float(right[:, 0].mean()), "pairs_right_then": float(right[:, 1].mean()),
        "low": float(low), "high": float(high),
        "gain_now": float(gain[:, 0].mean()), "gain_then": float(gain[:, 1].mean()),
    }  # fmt: skip


def _pairs_right(decisions: Sequence[Decision], weights: Weights) -> float:
    scores = [score_of(one.values, weights) for one in decisions]
    right = [
        1.0 if here > there else 0.5 if here == there else 0.0
        for here, one in zip(scores, decisions, strict=True)
        for there, other in zip(scores, decisions, strict=True)
        if one.grade > other.grade
    ]
    return sum(right) / len(right)


def _gain(decisions: Sequence[Decision], weights: Weights) -> float:
    """NDCG@10; of equal scores the lower grade stands first, so that a tie earns nothing."""
    ordered = sorted(decisions, key=lambda one: (-score_of(one.values, weights), one.grade))
    best = sorted((one.grade for one in decisions), reverse=True)
    return _discounted([one.grade for one in ordered]) / _discounted(best)


def _discounted(grades: Sequence[int]) -> float:
    top = np.array(grades[:_TOP], dtype=np.float64)
    return float(((2**top - 1) / np.log2(np.arange(2, len(top) + 2))).sum())
