"""Contrastive learning in numpy: two labels of a concept are drawn together, those of the batch's others apart.

The loss is InfoNCE in both directions over in-batch negatives (van den Oord et al. 2018). The table's rows are moved
by Adagrad with one step size a row, since most are touched rarely; the projection of USE by Adam.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.embeddings.features import Bags, Vocabulary
from ml.embeddings.table import Floats, TitleTable
from ml.training.concepts import Concept

_TINY = np.float32(1e-8)
_BETA1, _BETA2 = np.float32(0.9), np.float32(0.99)


@dataclass(frozen=True)
class Rates:
    """row: the step of the table's rows; projection: of the projection. temperature: of the softmax.

    dropped: how often a text is seen without USE, and how often without the table, so that each learns to do alone.
    """

    row: float = 0.1
    projection: float = 1e-3
    temperature: float = 0.04
    dropped: float = 0.1


class Learner:
    """Holds the weights and moves them, batch by batch."""

    def __init__(
        self, vocabulary: Vocabulary, projection: Floats, centre: Floats, rates: Rates, chance: np.random.Generator
    ) -> None:
        """projection: 512 × d, where learning begins."""
        self._vocabulary, self._rates, self._chance = vocabulary, rates, chance
        size = (len(vocabulary.known), projection.shape[1])
        self.rows: Floats = (chance.standard_normal(size) * 0.01).astype(np.float32)
        self.projection: Floats = projection.astype(np.float32)
        self._centre = centre
        self._seen = np.full(size[0], 1e-4, dtype=np.float32)
        self._mean = np.zeros_like(self.projection)
        self._square = np.zeros_like(self.projection)
        self._steps = 0

    def encode(self, texts: Sequence[str], meaning: Floats) -> Floats:
        """Return the unit vectors of texts with the weights as they are. meaning: USE's vectors of the texts."""
        joined = self._vocabulary.bags(texts).sums(self.rows) + (meaning - self._centre) @ self.projection
        return np.asarray(joined / (np.linalg.norm(joined, axis=1, keepdims=True) + _TINY), dtype=np.float32)

    def step(
        self, left: Sequence[str], right: Sequence[str], concepts: Sequence[Concept], meaning: Floats, *, pace: float
    ) -> float:
        """Learn from a batch: left[i] and right[i] mean the same. Returns the mean loss.

        concepts: whose labels they are; two that share any label, as one of ESCO and ours may, are no negatives.
        meaning: USE's vectors of left + right. pace: what the rates are multiplied with.
        """
        texts, half = [*left, *right], len(left)
        bags = self._vocabulary.bags(texts)
        keep_use, keep_rows = (
            (self._chance.random((2 * half, 1)) > self._rates.dropped).astype(np.float32) for _ in range(2)
        )
        use = (meaning - self._centre) * keep_use
        joined = bags.sums(self.rows) * keep_rows + use @ self.projection
        lengths = np.linalg.norm(joined, axis=1, keepdims=True) + np.float32(1e-6)
        unit = joined / lengths
        loss, pulled = self._loss(texts, concepts, unit[:half], unit[half:])
        moved = (pulled - unit * (unit * pulled).sum(axis=1, keepdims=True)) / lengths
        self._move_projection(use.T @ moved, pace)
        self._move_rows(bags, moved * keep_rows, pace)
        return loss

    def table(self) -> TitleTable:
        """Return the weights learned so far."""
        return TitleTable(self._vocabulary, self.rows, self.projection, self._centre, "")

    def _loss(
        self, texts: Sequence[str], concepts: Sequence[Concept], left: Floats, right: Floats
    ) -> tuple[float, Floats]:
        """Return the loss, and its gradient by the unit vectors of left and right."""
        half = len(left)
        logits = left @ right.T / np.float32(self._rates.temperature)
        logits[_alike(texts, concepts)] = -1e9
        forth, back = _softmax(logits, 1), _softmax(logits, 0)
        pairs = np.arange(half)
        loss = -float(np.log(forth[pairs, pairs] + _TINY).mean())
        slope = forth + back
        slope[pairs, pairs] -= 2.0
        slope /= np.float32(2 * half * self._rates.temperature)
        return loss, np.concatenate([slope @ right, slope.T @ left])

    def _move_projection(self, slope: Floats, pace: float) -> None:
        self._steps += 1
        self._mean = _BETA1 * self._mean + (1 - _BETA1) * slope
        self._square = _BETA2 * self._square + (1 - _BETA2) * slope * slope
        mean = self._mean / (1 - _BETA1**self._steps)
        square = self._square / (1 - _BETA2**self._steps)
        self.projection -= np.float32(self._rates.projection * pace) * mean / (np.sqrt(square) + _TINY)

    def _move_rows(self, bags: Bags, slope: Floats, pace: float) -> None:
        by_word = _spread(slope, bags.text_starts)
        words, by_word = _gathered(bags.words, by_word)
        whole = np.zeros((len(bags.word_starts) - 1, slope.shape[1]), dtype=np.float32)
        whole[words] = by_word
        touched, moved = _gathered(bags.rows, _spread(whole, bags.word_starts))
        self._seen[touched] += (moved * moved).mean(axis=1)
        self.rows[touched] -= np.float32(self._rates.row * pace) * moved / np.sqrt(self._seen[touched])[:, None]


def _alike(texts: Sequence[str], concepts: Sequence[Concept]) -> NDArray[np.bool_]:
    """Say which pairs of the batch are no negatives: their texts are the same, or their concepts share a label."""
    half = len(concepts)
    holders: dict[str, list[int]] = {}
    for number, concept in enumerate(concepts):
        for label in {*concept.es, *concept.en, texts[number], texts[half + number]}:
            holders.setdefault(label, []).append(number)
    same = np.zeros((half, half), dtype=bool)
    for held in holders.values():
        if len(held) > 1:
            same[np.ix_(held, held)] = True
    np.fill_diagonal(same, False)
    return same


def _softmax(logits: Floats, axis: int) -> Floats:
    raised = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return np.asarray(raised / raised.sum(axis=axis, keepdims=True), dtype=np.float32)


def _spread(slope: Floats, starts: NDArray[np.int64]) -> Floats:
    """Give each part of a sum the slope of the sum, which was divided by the root of its parts' number."""
    counts = np.diff(starts)
    return np.repeat(slope / np.sqrt(np.maximum(counts, 1))[:, None].astype(np.float32), counts, axis=0)


def _gathered(places: NDArray[np.int64], slopes: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Add up the slopes of each place; faster than numpy.add.at by far."""
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return ordered[first], np.add.reduceat(slopes[order], first, axis=0)
