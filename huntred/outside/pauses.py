"""When a call that failed is tried again; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


def again_at(attempts: int, now: datetime, jitter: float, pauses_seconds: Sequence[int]) -> datetime | None:
    """Return when to call again after so many tries; none where it is given up. jitter: 0 to 1, spreads by a fifth."""
    if attempts > len(pauses_seconds):
        return None
    pause = pauses_seconds[max(attempts, 1) - 1]
    return now + timedelta(seconds=min(pause * (0.8 + 0.4 * jitter), pauses_seconds[-1]))
