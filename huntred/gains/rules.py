"""What can be earned, and how far somebody has come; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

PROFILE_COMPLETED = "profile_completed"
FRIEND_REGISTERED = "friend_registered"
INTERVIEW_ATTENDED = "interview_attended"
EVENTS = (PROFILE_COMPLETED, FRIEND_REGISTERED, INTERVIEW_ATTENDED)


class Level(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def from_points(self) -> int: ...


class BadgeRule(Protocol):
    @property
    def event(self) -> str: ...
    @property
    def badge(self) -> str: ...
    @property
    def badge_after(self) -> int: ...


@dataclass(frozen=True)
class Standing:
    """earned: of all times. available: what is neither spent nor held. level: empty where the unit has none."""

    earned: int
    available: int
    level: str
    next_level: str
    to_next: int
    badges: tuple[str, ...]


def standing(
    earned: int, used: int, counts: Mapping[str, int], levels: Sequence[Level], rules: Sequence[BadgeRule]
) -> Standing:
    """counts: how often each event was earned. used: points that are spent or held."""
    reached = [level for level in levels if level.from_points <= earned]
    ahead = [level for level in levels if level.from_points > earned]
    current = max(reached, key=lambda level: level.from_points, default=None)
    following = min(ahead, key=lambda level: level.from_points, default=None)
    return Standing(
        earned,
        max(0, earned - used),
        current.name if current else "",
        following.name if following else "",
        following.from_points - earned if following else 0,
        tuple(rule.badge for rule in rules if rule.badge and counts.get(rule.event, 0) >= rule.badge_after),
    )
