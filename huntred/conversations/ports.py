"""What conversations need from outside."""

from __future__ import annotations

from typing import Protocol


class SentimentReader(Protocol):
    """Says how a message sounds; `ml/sentiment` is one."""

    def read(self, text: str) -> int:
        """Return -2 (strongly negative) to 2 (strongly positive); 0 where nothing speaks for either."""
        ...
