"""What webhooks need of the outside: one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Reply:
    """status: none where nothing answered. text: the beginning of the answer, or what was wrong."""

    status: int | None
    text: str = ""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Caller(Protocol):
    """Calls an address once and never raises."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply: ...
