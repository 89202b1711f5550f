"""Mean average precision and mean reciprocal rank, over concepts of which each scores as its best label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.evaluation.sets import RetrievalSet

# Texts of queries → scores of every line of the corpus, queries × lines; higher is better.
Scorer = Callable[[Sequence[str]], NDArray[np.float32]]

_AT_ONCE = 64


@dataclass(frozen=True)
class Figures:
    """mean_average_precision and mean_reciprocal_rank: 0 to 1, over `queries` that have anything relevant."""

    mean_average_precision: float
    mean_reciprocal_rank: float
    queries: int


def measure(wanted: RetrievalSet, scorer: Scorer) -> Figures:
    """Rank the whole corpus for every query. Equal scores keep the corpus's order.

    As trec_eval counts: what is relevant and not in the corpus was not found.
    """
    ids = [key for key, _ in wanted.corpus]
    concepts = list(dict.fromkeys(ids))
    place = {key: number for number, key in enumerate(concepts)}
    lines = np.array([place[key] for key in ids], dtype=np.int64)
    order = np.argsort(lines, kind="stable")
    starts = np.searchsorted(lines[order], np.arange(len(concepts)))
    precisions: list[float] = []
    reciprocals: list[float] = []
    for first in range(0, len(wanted.queries), _AT_ONCE):
        batch = wanted.queries[first : first + _AT_ONCE]
        scores = scorer([text for _, text in batch])
        best = np.maximum.reduceat(scores[:, order], starts, axis=1)
        for (key, _), row in zip(batch, best, strict=True):
            relevant = wanted.relevant[key]
            hits = np.zeros(len(concepts), dtype=bool)
            hits[[place[document] for document in relevant if document in place]] = True
            ranks = np.flatnonzero(hits[np.argsort(-row, kind="stable")]) + 1
            precisions.append(float((np.arange(1, len(ranks) + 1) / ranks).sum()) / len(relevant))
            reciprocals.append(1.0 / float(ranks[0]) if len(ranks) else 0.0)
    return Figures(float(np.mean(precisions)), float(np.mean(reciprocals)), len(precisions))
