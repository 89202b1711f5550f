"""Chance that falls the same way every time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

_FIRST_MILLISECOND = 1_767_225_600_000  # 2026-01-01, so that the ids look like those of a running platform


class Dice:
    """A seeded generator for one part of the demo: parts stay as they are when another part changes."""

    def __init__(self, part: str) -> None:
        self._random = random.Random(f"huntred demo {part}")
        self._made = 0

    def new_id(self) -> UUID:
        """Return a UUIDv7 that is the same in every load."""
        self._made += 1
        tail = self._random.getrandbits(74)
        value = (_FIRST_MILLISECOND + self._made * 1000) << 80 | 0x7 << 76 | (tail >> 62) << 64 | 0b10 << 62
        return UUID(int=value | (tail & ((1 << 62) - 1)))

    def one(self, options: Sequence[T]) -> T:
        return options[self._random.randrange(len(options))]

    def some(self, options: Sequence[T], low: int, high: int) -> list[T]:
        """Return between low and high of the options, in their own order."""
        count = min(len(options), self._random.randint(low, high))
        return [options[i] for i in sorted(self._random.sample(range(len(options)), count))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        return self._random.sample(list(options), len(options))

    def weighted(self, options: Sequence[tuple[T, int]]) -> T:
        return self._random.choices([option for option, _ in options], [weight for _, weight in options])[0]

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def between(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)

    def whole(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def amount(self, low: float, high: float, step: int) -> Decimal:
        """Return a round amount of money between the two."""
        return Decimal(round(self._random.uniform(low, high) / step) * step)
