"""Texts as runs of words, how much two share, and the few numbers by which near copies find each other (MinHash).

Two texts that share half of their runs have a number in common nearly always, two that share a tenth hardly ever.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from contract.text import normalise

Shingles = frozenset[str]

_WORD = re.compile(r"[a-z0-9]+")
_SIZE = 4
# Below this many runs a text says too little to be taken for a copy.
FEWEST = 15
_LONGEST = 4_000
_BANDS, _ROWS = 16, 3
_SEED = 20_261_129


def shingles_of(text: str) -> Shingles:
    words = _WORD.findall(normalise(text.partition("Publicación original:")[0][: _LONGEST * 10]))[:_LONGEST]
    return frozenset(" ".join(words[at : at + _SIZE]) for at in range(len(words) - _SIZE + 1))


def shared(first: Shingles, second: Shingles) -> float | None:
    """Return how much of the shorter text stands in the other, 0 to 1; None where one is too short to say.

    Where one is three times as long as the other, what both have counts among all of both.
    """
    small, large = sorted((len(first), len(second)))
    if small < FEWEST:
        return None
    both = len(first & second)
    return both / (large + small - both) if large > 3 * small else both / small


def prints_of(shingles: Shingles) -> list[int]:
    """Return the numbers of a text; none where it is too short. Two near copies share at least one."""
    if len(shingles) < FEWEST:
        return []
    hashed = np.array(
        [int.from_bytes(hashlib.blake2b(one.encode(), digest_size=8).digest(), "big") for one in sorted(shingles)],
        dtype=np.uint64,
    )
    factors, offsets = _permutations()
    with np.errstate(over="ignore"):
        lowest = (factors[:, None] * hashed[None, :] + offsets[:, None]).min(axis=1)
    bands = lowest.reshape(_BANDS, _ROWS)
    return [
        int.from_bytes(hashlib.blake2b(bytes([at]) + band.tobytes(), digest_size=8).digest(), "big", signed=True)
        for at, band in enumerate(bands)
    ]


@cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The same in every process: what is kept is compared with what comes later."""
    made = np.random.default_rng(_SEED).integers(0, 2**63, size=(2, _BANDS * _ROWS), dtype=np.uint64)
    return made[0] * np.uint64(2) + np.uint64(1), made[1]
