"""Predictions from a unit's own past, without a database: the cases most alike, and whether they tell anything.

A chance is the share of good ends among the nearest cases, drawn towards the base rate; a time is their median. What
counts for likeness is weighed by the past itself: a trait that ends did not follow counts for nothing, and where none
did, nothing but the base rate is left. The past is replayed as it came: each case is predicted from what had ended
before it began. What is not better than the base rate beyond doubt is not shown.
"""

from __future__ import annotations

import heapq
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from huntred.predictions.types import Case, Check, Forecast, Prediction, Traits

# Fewer ended cases than this before one began say nothing about it; fewer judged than this prove nothing.
LEAST_KNOWN = 20
LEAST_JUDGED = 20
# Only the latest count (a unit of five years ago is another one), and the latest of these are judged.
MOST_CASES, MOST_JUDGED = 300, 120
_NEAREST = (12, 40)
# As if so many cases of the base rate stood among the nearest, or of the mean among those with a word.
_PRIOR = 6.0
# Four in five (Wilson), and one-sided 95 % for "better than the base rate".
_Z_INTERVAL, _Z_BETTER = 1.2816, 1.6449
# How often a trait must be known before it counts.
_LEAST_TOLD = 10

C = TypeVar("C", bound=Case)
Judged = tuple[float, float, bool | None]
"""Of one case: the error, that of the base rate, and whether what happened lay between low and high."""


@dataclass(frozen=True)
class Weights:
    """How much each number and the words count for likeness; 0: not at all."""

    numbers: tuple[float, ...]
    words: float

    @property
    def tell(self) -> bool:
        return self.words > 0 or any(weight > 0 for weight in self.numbers)


def weigh(cases: Sequence[Case], outcome: Callable[[Case], float]) -> Weights:
    """Return the weights that these cases teach: how closely the outcome follows each trait, beyond chance."""
    results = [outcome(case) for case in cases]
    width = min((len(case.traits.numbers) for case in cases), default=0)
    numbers = []
    for place in range(width):
        told = [
            (case.traits.numbers[place], result) for case, result in zip(cases, results, strict=True)
            if case.traits.numbers[place] is not None
        ]  # fmt: skip
        numbers.append(abs(_beyond_chance([(float(number or 0), result) for number, result in told])))
    # What the others with its words did speaks for a case, never against it.
    return Weights(tuple(numbers), max(0.0, _beyond_chance(_by_words(cases, results))))


def distance(one: Traits, other: Traits, weights: Weights) -> float:
    """Return 0 (alike) to 1; a number that either does not know counts as half."""
    total = weight = 0.0
    for a, b, counts in zip(one.numbers, other.numbers, weights.numbers, strict=True):
        if counts > 0:
            total += counts * (0.5 if a is None or b is None else min(1.0, abs(a - b)))
            weight += counts
    if weights.words > 0 and (one.words or other.words):
        total += weights.words * (1 - len(one.words & other.words) / len(one.words | other.words))
        weight += weights.words
    return total / weight if weight else 0.0


def nearest(traits: Traits, cases: Sequence[C], weights: Weights) -> tuple[C, ...]:
    """The most alike first; of those that are as alike, the latest. All of them where nothing tells them apart."""
    if not weights.tell:
        return tuple(cases)
    low, high = _NEAREST
    count = max(low, min(high, round(math.sqrt(len(cases)) * 1.5)))
    keyed = [
        (distance(traits, case.traits, weights), -case.ended_at.timestamp(), place) for place, case in enumerate(cases)
    ]
    return tuple(cases[place] for _, _, place in heapq.nsmallest(count, keyed))


def weigh_chance(cases: Sequence[Case]) -> Weights:
    """What counts for the chance of a good end."""
    return weigh(cases, lambda case: float(case.good))


def chance(traits: Traits, cases: Sequence[Case], weights: Weights | None = None) -> Forecast:
    """The chance of a good end, 0 to 1, with its interval. cases: at least one. weights: theirs, where known."""
    alike = nearest(traits, cases, weights or weigh_chance(cases))
    value = drawn(sum(case.good for case in alike), len(alike), base_rate(cases))
    low, high = interval(value, len(alike))
    return Forecast(value, low, high, alike)


def days(traits: Traits, cases: Sequence[Case]) -> Forecast:
    """How many days a good end takes, with its interval. cases: good ones, at least one."""
    alike = nearest(traits, cases, weigh(cases, lambda case: math.log(max(case.days, 0.1))))
    taken = sorted(case.days for case in alike)
    return Forecast(statistics.median(taken), quantile(taken, 0.1), quantile(taken, 0.9), alike)


def drawn(count: int, of: int, usual: float) -> float:
    """Return the share of them, drawn towards the usual one, as if some more of that stood among them."""
    return (count + _PRIOR * usual) / (of + _PRIOR)


def interval(share: float, of: int) -> tuple[float, float]:
    """Where a share that was drawn from so many cases lies, in four of five."""
    return _wilson(share, of + _PRIOR)


def base_rate(cases: Sequence[Case]) -> float:
    """The share of good ends."""
    return sum(case.good for case in cases) / len(cases)


@lru_cache(maxsize=64)
def check_chance(cases: tuple[Case, ...]) -> Check:
    """Replay the past: squared error (Brier) of the chance and of the base rate known at the time."""

    def judge(case: Case, known: list[Case]) -> Judged:
        said = chance(case.traits, known).value
        return (said - case.good) ** 2, (base_rate(known) - case.good) ** 2, None

    return _replay(cases, judge)


@lru_cache(maxsize=64)
def check_days(cases: tuple[Case, ...]) -> Check:
    """Replay the past of the good ends: error in days of the time and of the median known then."""

    def judge(case: Case, known: list[Case]) -> Judged:
        said = days(case.traits, known)
        usual = statistics.median(other.days for other in known)
        return abs(said.value - case.days), abs(usual - case.days), said.low <= case.days <= said.high

    return _replay(tuple(case for case in cases if case.good), judge)


def chance_is_told(cases: tuple[Case, ...], *, needed: int) -> Prediction:
    """Whether a chance is told: where there are cases enough and it has proved better than the base rate."""
    if len(cases) < needed:
        return Prediction("insufficient", len(cases), needed)
    check = check_chance(cases)
    return Prediction("shown" if check.better else "unproven", len(cases), needed, check=check)


def predict_chance(traits: Traits, cases: tuple[Case, ...], *, needed: int) -> Prediction:
    """The chance, where it is told."""
    told = chance_is_told(cases, needed=needed)
    return replace(told, forecast=chance(traits, cases)) if told.state == "shown" else told


def predict_days(traits: Traits, cases: tuple[Case, ...], *, needed: int, gone_days: float = 0.0) -> Prediction:
    """The days to a good end. gone_days: how many are gone; what took less cannot be what this one will take."""
    if len(cases) < needed:
        return Prediction("insufficient", len(cases), needed)
    check = check_days(cases)
    if not check.better:
        return Prediction("unproven", len(cases), needed, check=check)
    longer = [case for case in cases if case.good and case.days > gone_days]
    if len(longer) < _NEAREST[0]:
        return Prediction("outlasted", len(cases), needed, check=check)
    return Prediction("shown", len(cases), needed, days(traits, longer), check)


def _replay(cases: tuple[Case, ...], judge: Callable[[Case, list[Case]], Judged]) -> Check:
    judged = []
    for case in sorted(cases, key=lambda one: one.began_at)[-MOST_JUDGED:]:
        known = [other for other in cases if other.ended_at <= case.began_at]
        if len(known) >= LEAST_KNOWN:
            judged.append(judge(case, known))
    return checked(judged)


def checked(judged: Sequence[Judged]) -> Check:
    """Sum up what came of looking back: better only beyond doubt."""
    if not judged:
        return Check(0, 0.0, 0.0, better=False)
    loss = statistics.fmean(own for own, _, _ in judged)
    base_loss = statistics.fmean(base for _, base, _ in judged)
    inside = [held for _, _, held in judged if held is not None]
    return Check(
        len(judged), loss, base_loss, _beyond_doubt([base - own for own, base, _ in judged]),
        sum(inside) / len(inside) if inside else None,
    )  # fmt: skip


def _beyond_doubt(gains: list[float]) -> bool:
    if len(gains) < LEAST_JUDGED:
        return False
    spread = statistics.stdev(gains) / math.sqrt(len(gains))
    return statistics.fmean(gains) - _Z_BETTER * spread > 0


def _beyond_chance(pairs: Sequence[tuple[float, float]]) -> float:
    """A correlation, less what pairs that have nothing to do with each other show."""
    if len(pairs) < _LEAST_TOLD:
        return 0.0
    try:
        found = statistics.correlation([a for a, _ in pairs], [b for _, b in pairs])
    except statistics.StatisticsError:  # one of the two never changes
        return 0.0
    return math.copysign(max(0.0, abs(found) - 1.5 / math.sqrt(len(pairs))), found)


def _by_words(cases: Sequence[Case], results: Sequence[float]) -> list[tuple[float, float]]:
    """What a case's words say of its outcome by the other cases that have them, beside the outcome."""
    mean = statistics.fmean(results) if results else 0.0
    totals: dict[str, tuple[float, int]] = {}
    for case, result in zip(cases, results, strict=True):
        for word in case.traits.words:
            total, count = totals.get(word, (0.0, 0))
            totals[word] = (total + result, count + 1)
    pairs = []
    for case, result in zip(cases, results, strict=True):
        others = [totals[word] for word in case.traits.words if totals[word][1] > 1]
        if others:
            pairs.append((statistics.fmean(_without(one, result, mean) for one in others), result))
    return pairs


def _without(word: tuple[float, int], result: float, mean: float) -> float:
    """The mean outcome of a word without one case, drawn towards the mean of all."""
    total, count = word
    return (total - result + _PRIOR * mean) / (count - 1 + _PRIOR)


def _wilson(share: float, count: float) -> tuple[float, float]:
    z = _Z_INTERVAL
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Between the two values where it lies. ordered: ascending, at least one."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
