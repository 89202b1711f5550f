"""How evidence becomes one score, and what would raise it. Pure.

**What a score means.** It is the share of what the vacancy asks for that is shown to be met, each thing by the unit's
weight: 100 = all of it, 50 = nothing is known; towards 0, what is known speaks against it. It is no chance of being
hired: nothing was measured that would say so (docs/decisions/0020). A thing that the vacancy does not ask for does not
count, so that a short vacancy and a long one are told on the same scale. What nobody told stands in the middle: below
what is shown, above what is shown to be missing. A better value of any one thing never lowers the score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources

import yaml

from huntred.errors import FieldInvalid
from huntred.matching.ports import Evidence, Match, Weights

FEATURES = ("title", "must", "nice", "languages", "experience", "seniority", "place", "salary", "availability")
# What nobody told: between what is met and what is not.
NEUTRAL = 0.5
# Nobody commutes this far: what lies there comes after what is within reach.
_OUT_OF_REACH = 0.7
# What a person can change, or tell. The kind of work and its level are not among it.
_CHANGEABLE = frozenset({"must", "nice", "languages", "experience", "place", "salary", "availability"})
_HIGHEST = 100


@dataclass(frozen=True)
class Change:
    """What would be different (the evidence as it is now), and how many of the 100 points that would add."""

    evidence: Evidence
    points: int


def values_of(evidence: Iterable[Evidence]) -> dict[str, float | None]:
    """Return the value of each feature that the vacancy asks for, 0 to 1; None where nothing of it is known.

    Where several things belong to one feature, a must counts double; what is unknown of them stands in the middle.
    """
    grouped: dict[str, list[Evidence]] = {}
    for item in evidence:
        if item.feature in FEATURES:
            grouped.setdefault(item.feature, []).append(item)
    return {feature: _mean(items) for feature, items in grouped.items()}


def score_of(values: Mapping[str, float | None], weights: Weights) -> Decimal:
    """Return the score of what is known, 0 to 1, to four places; the middle where nothing is asked for."""
    asked = [(weights.get(feature, 0.0), value) for feature, value in values.items()]
    total = sum(weight for weight, _ in asked)
    if total <= 0:
        return _rounded(NEUTRAL)
    share = sum(weight * (NEUTRAL if value is None else value) for weight, value in asked) / total
    if values.get("place") == 0.0 and weights.get("place", 0.0) > 0:
        share *= _OUT_OF_REACH
    return _rounded(share)


def rescored(match: Match, weights: Weights) -> Match:
    """Return the match as other weights would have it."""
    return replace(match, score=score_of(values_of(match.evidence), weights))


def points_of(match: Match, weights: Weights) -> dict[str, tuple[float, float]]:
    """Return, by feature, how many of the 100 points it gives, and how many it could give."""
    values = values_of(match.evidence)
    total = sum(weights.get(feature, 0.0) for feature in values) or 1.0
    return {
        feature: (
            100 * weights.get(feature, 0.0) * (NEUTRAL if value is None else value) / total,
            100 * weights.get(feature, 0.0) / total,
        )
        for feature, value in values.items()
    }


def best_changes(match: Match, weights: Weights, *, most: int = 2) -> list[Change]:
    """Return the changes that would raise the score most, one thing at a time, the greatest first."""
    now = score_of(values_of(match.evidence), weights)
    changes = []
    for place, item in enumerate(match.evidence):
        if item.feature not in _CHANGEABLE or item.worth == 1.0:
            continue
        changed = [*match.evidence]
        changed[place] = replace(item, state="met", worth=1.0)
        points = int(((score_of(values_of(changed), weights) - now) * 100).quantize(Decimal(1), ROUND_HALF_UP))
        if points > 0:
            changes.append(Change(item, points))
    return sorted(changes, key=lambda change: -change.points)[:most]


@cache
def default_weights(unit: str = "") -> Weights:
    """Return the weights of `weights.yml`: the unit's where it has its own, else everybody's."""
    text = (resources.files("huntred.matching") / "weights.yml").read_text(encoding="utf-8")
    written = yaml.safe_load(text)
    return checked({**written["default"], **written["units"].get(unit, {})})


def checked(weights: Mapping[str, float | None]) -> dict[str, float]:
    """Return the weights in the order of FEATURES. Raises FieldInvalid (`weight_<feature>`)."""
    found: dict[str, float] = {}
    for feature in FEATURES:
        weight = weights.get(feature)
        if weight is None:
            raise FieldInvalid(f"weight_{feature}", "missing")
        if not 0 <= weight <= _HIGHEST:
            raise FieldInvalid(f"weight_{feature}", "out_of_range")
        found[feature] = float(weight)
    if not any(found.values()):
        raise FieldInvalid("weight_title", "not_positive")
    return found


def _mean(items: Sequence[Evidence]) -> float | None:
    # Most features have one thing, and a search weighs some hundreds of vacancies.
    if len(items) == 1:
        return items[0].worth
    total = counted = 0.0
    known = False
    for item in items:
        count = 2.0 if item.importance == "must" else 1.0
        counted += count
        if item.worth is None:
            total += count * NEUTRAL
        else:
            total += count * item.worth
            known = True
    return total / counted if known else None


def _rounded(share: float) -> Decimal:
    return Decimal(share).quantize(Decimal("0.0001"), ROUND_HALF_UP)
