"""The stand-ins' time, which a test may move forward: windows and expiries pass without waiting."""

from __future__ import annotations

import time


class Clock:
    """Seconds since the epoch, plus what was skipped."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def now(self) -> float:
        return time.time() + self.skipped

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time only moves forward")
        self.skipped += seconds
