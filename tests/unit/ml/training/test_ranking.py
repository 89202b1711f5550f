"""Weights learned from decisions: found where they are there, refused where there is only noise, never below zero."""

from __future__ import annotations

import random
from uuid import UUID, uuid5

import pytest

from huntred.matching.combining import FEATURES, default_weights, score_of
from huntred.matching.ports import Decision
from ml.training.ranking import PairwiseLearner, _is_held

_NAMES = UUID("0190a0a0-0000-7000-8000-000000000001")
ASKED = ("title", "must", "experience", "place", "salary")
NOW = default_weights()


def decisions(true: dict[str, float], vacancies: int, *, people: int = 6, noise: float = 0.1, seed: int = 1) -> list[Decision]:
    """People of whom those come farther who have what counts in truth, more or less."""
    dice = random.Random(seed)
    made = []
    for number in range(vacancies):
        drawn = [{feature: round(dice.random(), 2) for feature in ASKED} for _ in range(people)]
        ordered = sorted(drawn, key=lambda one: float(score_of(one, true)) + dice.gauss(0, noise))
        made += [
            Decision(uuid5(_NAMES, f"{seed}-{number}"), values, 3 if place == people - 1 else 2 if place > people // 2 else 0)
            for place, values in enumerate(ordered)
        ]
    return made


def test_what_really_counts_is_found_and_is_better_on_what_was_held_out() -> None:
    found = PairwiseLearner().learn(decisions({"experience": 60.0, "title": 10.0, "must": 10.0}, 120), NOW)

    assert found.enough and found.better
    assert found.pairs_right_then > found.pairs_right_now + 0.1 and 0 < found.low < found.high
    assert found.gain_then > found.gain_now
    assert found.weights["experience"] == max(found.weights.values())
    assert found.weights["experience"] > 2 * NOW["experience"] * 100 / sum(NOW.values())
    assert set(found.weights) == set(FEATURES) and sum(found.weights.values()) == pytest.approx(100, abs=1)
    assert found.learned_vacancies + found.held_vacancies == 120


@pytest.mark.parametrize("seed", range(1, 7))
def test_decisions_by_the_dice_offer_nothing(seed: int) -> None:
    by_dice = decisions(dict(NOW), 60, noise=50.0, seed=seed)
    assert not PairwiseLearner().learn(by_dice, NOW).better


def test_decisions_as_todays_weights_have_them_offer_nothing() -> None:
    found = PairwiseLearner().learn(decisions(dict(NOW), 80, noise=0.02), NOW)
    assert found.enough and not found.better and found.pairs_right_now > 0.85


def test_no_weight_is_ever_below_zero() -> None:
    """Whoever lives nearer was always turned down: nearness counts nothing then, and never against."""
    dice = random.Random(3)
    against = [
        Decision(uuid5(_NAMES, f"x{number}"), {"title": 0.5 + grade / 10 + dice.random() / 5, "place": near}, grade)
        for number in range(60)
        for near, grade in ((0.9, 0), (0.2, 3), (0.8, 0), (0.1, 2))
    ]
    found = PairwiseLearner().learn(against, NOW)
    assert found.better and found.weights["place"] == 0.0
    assert min(found.weights.values()) >= 0


def test_what_no_vacancy_asked_for_keeps_its_share() -> None:
    found = PairwiseLearner().learn(decisions({"experience": 60.0, "title": 10.0}, 120), NOW)
    assert found.weights["nice"] / found.weights["languages"] == pytest.approx(NOW["nice"] / NOW["languages"], rel=0.05)


def test_too_few_vacancies_are_too_few_and_one_grade_alone_is_no_preference() -> None:
    few = PairwiseLearner().learn(decisions({"experience": 60.0}, 8, people=10), NOW)
    assert not few.enough and not few.better and dict(few.weights) == dict(NOW)
    alike = [Decision(one.vacancy_id, one.values, 0) for one in decisions({"experience": 60.0}, 60)]
    assert PairwiseLearner().learn(alike, NOW).learned_vacancies == 0


def test_the_same_vacancies_are_held_out_each_time_and_the_same_weights_come_of_them() -> None:
    some = decisions({"experience": 60.0, "title": 10.0}, 60)
    first, again = PairwiseLearner().learn(some, NOW), PairwiseLearner().learn(list(reversed(some)), NOW)
    assert first == again
    held = [_is_held(uuid5(_NAMES, str(number))) for number in range(1000)]
    assert 250 < sum(held) < 350
