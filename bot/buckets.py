"""The buckets of one process, for the time in which Redis is away: the same arithmetic as bot/limits.lua. Pure."""

from __future__ import annotations

import math

from bot.limits import Limit

_FORGET_ABOVE = 20_000


class BucketUnknown(Exception):
    """Counting began so short a time ago that this bucket may have been used before; ask again with what was."""


class Buckets:
    """began: when counting began. What was used before is not known here."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._full: dict[str, float] = {}
        self._resumes: dict[str, float] = {}

    def take(
        self, bucket: str, limit: Limit, wanted: int, ahead: float, now: float, used: int | None = None, *, empty: bool
    ) -> tuple[list[float], float]:
        """Take up to `wanted` slots that lie at most `ahead` seconds away.

        Returns the seconds until each, or none and the seconds until one can be had. empty: a bucket that is not known
        counts as empty at the beginning; else used tells how many went of late, in the time that it takes to fill.
        Raises BucketUnknown.
        """
        if len(self._full) > _FORGET_ABOVE:
            self._full = {name: full for name, full in self._full.items() if full > now}
        full, all_used = self._full.get(bucket, -math.inf), self._began + limit.burst * limit.every
        if empty:
            full = max(full, all_used)
        elif full < self._began and now < all_used:
            if used is None:
                raise BucketUnknown(bucket)
            full = now + min(used, limit.burst) * limit.every
        soonest = max(now, self._resumes.get(bucket, 0.0))
        slots: list[float] = []
        while len(slots) < wanted:
            slot = max(full - (limit.burst - 1) * limit.every, soonest)
            if slot - now > ahead:
                if not slots:
                    return [], slot - now
                break
            slots.append(slot - now)
            full = max(full, slot) + limit.every
        self._full[bucket] = full
        return slots, 0.0

    def pause(self, bucket: str, seconds: float, now: float) -> None:
        """Give no slot of this bucket for so long."""
        self._resumes[bucket] = max(self._resumes.get(bucket, 0.0), now + seconds)
