"""How far somebody has come by what they earned."""

from __future__ import annotations

from dataclasses import dataclass

from huntred.gains.rules import standing


@dataclass
class Level:
    name: str
    from_points: int


@dataclass
class Badge:
    event: str
    badge: str
    badge_after: int


LEVELS = [Level("Raíces", 150), Level("Camino", 0), Level("Comunidad", 400)]
BADGES = [Badge("friend_registered", "Mano amiga", 3), Badge("interview_attended", "", 1)]


def test_spending_lowers_the_points_and_never_the_level() -> None:
    now = standing(230, 180, {}, LEVELS, BADGES)
    assert (now.available, now.level, now.next_level, now.to_next) == (50, "Raíces", "Comunidad", 170)


def test_the_highest_level_has_none_after_it() -> None:
    now = standing(400, 0, {}, LEVELS, BADGES)
    assert (now.level, now.next_level, now.to_next) == ("Comunidad", "", 0)


def test_without_levels_there_is_none() -> None:
    assert standing(10, 0, {}, [], []).level == ""


def test_a_badge_comes_with_the_event_that_reaches_its_count() -> None:
    assert standing(0, 0, {"friend_registered": 2, "interview_attended": 5}, LEVELS, BADGES).badges == ()
    assert standing(0, 0, {"friend_registered": 3}, LEVELS, BADGES).badges == ("Mano amiga",)


def test_more_spent_than_earned_is_no_debt() -> None:
    assert standing(10, 50, {}, LEVELS, BADGES).available == 0
