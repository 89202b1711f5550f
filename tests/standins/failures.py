"""Failures that a test orders: the next n requests of a channel are answered badly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Failure:
    """times: how many are left. status: HTTP; 0 drops the connection's answer by a 500 without a body.

    code: the vendor's error code in the body. retry_after: seconds that Telegram tells.
    after_accept: the request is carried out and its answer lost, as when a connection breaks.
    user: only requests to this person, or empty for all. error: the name of Slack's error.
    """

    channel: str
    times: int
    status: int = 500
    code: int = 0
    retry_after: int = 0
    after_accept: bool = False
    user: str = ""
    error: str = ""


class Failures:
    """The ordered failures, oldest first."""

    def __init__(self) -> None:
        self._ordered: list[Failure] = []

    def clear(self) -> None:
        self._ordered.clear()

    def order(self, values: dict[str, Any]) -> None:
        self._ordered.append(Failure(**values))

    def take(self, channel: str, user: str) -> Failure | None:
        """Return the failure that this request meets, and count it."""
        for failure in self._ordered:
            if failure.channel == channel and failure.times > 0 and failure.user in ("", user):
                failure.times -= 1
                return failure
        return None
