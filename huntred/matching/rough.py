"""A rough score of very many at once, in arrays: it decides who is ranked, never how anybody is ranked.

It looks at what the ranker looks at, as far as columns tell it: work and skills by meaning and words, place, salary
and years. What nobody told stands in the middle, as in `combining.py`. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huntred.matching.combining import NEUTRAL
from huntred.matching.ports import Weights

Values = NDArray[np.float32]

_KM_A_DEGREE = 111.2
_NEAR_KM, _FAR_KM = 10.0, 80.0
_SAME_REGION = 0.4
_OUT_OF_REACH = 0.7
# Work and skills together are what these features are.
_WORK = ("title", "must", "nice", "languages")
# Chosen by what they lose of the first twenty (docs/decisions/0028): cosines of what is unrelated and of the same
# work; the word scores that speak half as loud as they can; how loud that is.
_UNRELATED, _SAME = 0.0, 0.5
_TITLE_HALF, _BESIDE_HALF = 5.0, 3.0
_TITLE_LOUD, _BESIDE_LOUD = 0.8, 0.7

@dataclass(frozen=True)
class Place:
    """Where somebody is, or one row a place of the shelf: nan and 0 are not told. town, region: numbers of names."""

    latitude: Values | float
    longitude: Values | float
    town: NDArray[np.uint32] | int
    region: NDArray[np.uint32] | int


def places(one: Place, many: Place) -> Values:
    """Return what the distance is worth, 0 to 1: 1 within 10 km or in the same town, 0 from 80 km on."""
    latitude, longitude = np.asarray(many.latitude, dtype=np.float32), np.asarray(many.longitude, dtype=np.float32)
    north = (latitude - np.float32(one.latitude)) * np.float32(_KM_A_DEGREE)
    east = (longitude - np.float32(one.longitude)) * np.float32(_KM_A_DEGREE * np.cos(np.radians(one.latitude)))
    kilometres = np.hypot(north, east)
    worth = np.clip(1 - (kilometres - _NEAR_KM) / (_FAR_KM - _NEAR_KM), 0, 1)
    told = np.asarray(many.town) != 0
    apart = np.where((np.asarray(many.region) == one.region) & bool(one.region), _SAME_REGION, 0.0)
    unknown = np.where(told & bool(one.town), apart, NEUTRAL)
    worth = np.where(np.isnan(worth), unknown, worth)
    same = (np.asarray(many.town) == one.town) & bool(one.town)
    return np.where(same & ~_differ(one.region, many.region), 1.0, worth).astype(np.float32)


def salaries(offered: Values | float, wanted: Values | float) -> Values:
    """Return what the pay is worth; either may be one number for all. nan: not told, or of another currency."""
    share = np.asarray(offered, dtype=np.float32) / np.maximum(np.asarray(wanted, dtype=np.float32), 1)
    worth = np.where(share >= 1, 1.0, np.where(share >= 0.9, 0.7, np.maximum(0.0, share - 0.4)))
    return np.where(np.isnan(share), NEUTRAL, worth).astype(np.float32)


def years(asked: Values | float, told: Values | float) -> Values:
    """Return what the experience is worth; nan: not told. Where nothing is asked it is nan."""
    asked, told = np.asarray(asked, dtype=np.float32), np.asarray(told, dtype=np.float32)
    worth = np.where(told >= asked, 1.0, 0.8 * told / np.maximum(asked, 0.1))
    worth = np.where(np.isnan(told), NEUTRAL, worth)
    return np.where(np.isnan(asked) | (asked <= 0), np.nan, worth).astype(np.float32)


def work(cosines: Values, title: Values, beside: Values, *, said: bool) -> Values:
    """Return what work and skills are worth, 0 to 1: each of the searches may show it alone.

    title, beside: scores by the words of the title, and of what stands beside it. said: whether anything of the work
    is asked at all; where not, all stand in the middle.
    """
    if not said:
        return np.full(len(cosines), NEUTRAL, dtype=np.float32)
    meaning = np.clip((cosines - np.float32(_UNRELATED)) / np.float32(_SAME - _UNRELATED), 0, 1)
    by_title = np.float32(_TITLE_LOUD) * title / (title + np.float32(_TITLE_HALF))
    by_beside = np.float32(_BESIDE_LOUD) * beside / (beside + np.float32(_BESIDE_HALF))
    return np.asarray(1 - (1 - meaning) * (1 - by_title) * (1 - by_beside), dtype=np.float32)


def scores(work: Values, place: Values, salary: Values, experience: Values, weights: Weights) -> Values:
    """Join all of it by the unit's weights; what is nan is not asked for.

    Who has nothing of the work is not shown, however near they live: so the work counts once more, over the whole.
    """
    parts = ((work, sum(weights.get(name, 0.0) for name in _WORK)), (place, weights.get("place", 0.0)),
             (salary, weights.get("salary", 0.0)), (experience, weights.get("experience", 0.0)))  # fmt: skip
    total = np.zeros(len(work), dtype=np.float32)
    counted = np.full(len(work), 1e-6, dtype=np.float32)
    for values, weight in parts:
        asked = ~np.isnan(values)
        total += np.float32(weight) * np.where(asked, values, 0)
        counted += np.float32(weight) * asked
    joined = total / counted * np.sqrt(work)
    return joined * np.where((place == 0) & (weights.get("place", 0.0) > 0), np.float32(_OUT_OF_REACH), np.float32(1))


def _differ(one: NDArray[np.uint32] | int, other: NDArray[np.uint32] | int) -> NDArray[np.bool_]:
    return np.asarray((np.asarray(one) != 0) & (np.asarray(other) != 0) & (np.asarray(one) != np.asarray(other)))
