"""What is predicted, and above all what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from huntred.predictions import rules
from huntred.predictions.rules import Weights
from huntred.predictions.types import Traits
from tests.factories.pasts import past

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=timezone.utc)


def test_fewer_cases_than_needed_predict_nothing_and_say_how_many_there_are() -> None:
    cases = past(49, signal=1.0, until=NOW)
    for predicted in (
        rules.predict_chance(cases[0].traits, cases, needed=50), rules.predict_days(cases[0].traits, cases, needed=50)
    ):  # fmt: skip
        assert (predicted.state, predicted.cases, predicted.needed) == ("insufficient", 49, 50)
        assert predicted.forecast is None


def test_a_past_that_tells_something_is_shown_with_its_cases_and_its_proof() -> None:
    cases = past(300, signal=1.0, until=NOW)
    likely, unlikely = (
        rules.predict_chance(Traits((known, 0.5, 0.5), frozenset({"soldadura"})), cases, needed=50)
        for known in (0.95, 0.05)
    )
    assert likely.forecast and unlikely.forecast and likely.check
    assert likely.state == unlikely.state == "shown"
    assert likely.forecast.value > unlikely.forecast.value + 0.25
    assert likely.forecast.low < likely.forecast.value < likely.forecast.high
    assert set(likely.forecast.cases) <= set(cases)
    assert likely.check.loss < likely.check.base_loss
    assert 0 < likely.check.skill < 1

    quick = rules.predict_days(Traits((0.95, 0.5, 0.5), frozenset({"soldadura"})), cases, needed=50)
    slow = rules.predict_days(Traits((0.05, 0.5, 0.5), frozenset({"soldadura"})), cases, needed=50)
    assert quick.forecast and slow.forecast and quick.check and quick.check.coverage is not None
    assert quick.forecast.value < slow.forecast.value
    assert quick.check.coverage > 0.5
    assert all(case.good for case in quick.forecast.cases)


def test_a_past_that_tells_nothing_is_rarely_taken_for_one_that_does() -> None:
    """One in twenty by the law of the test; far from it would be a gate that stands open."""
    shown = 0
    for seed in range(12):
        cases = past(110, signal=0.0, until=NOW, seed=seed)
        shown += rules.predict_chance(cases[0].traits, cases, needed=50).state == "shown"
        shown += rules.predict_days(cases[0].traits, cases, needed=50).state == "shown"
    assert shown <= 4


def test_the_past_is_judged_by_what_had_ended_before() -> None:
    """Cases that all ran at the same time cannot foretell each other."""
    at_once = tuple(
        replace(case, began_at=NOW - timedelta(days=100), ended_at=NOW - timedelta(days=case.days / 10))
        for case in past(120, signal=1.0, until=NOW)
    )
    check = rules.check_chance(at_once)
    assert (check.judged, check.better) == (0, False)
    assert rules.predict_chance(at_once[0].traits, at_once, needed=50).state == "unproven"


def test_what_has_taken_longer_than_nearly_all_is_not_foretold() -> None:
    cases = past(200, signal=1.0, until=NOW)
    traits = Traits((0.5, 0.5, 0.5), frozenset({"soldadura"}))
    later = rules.predict_days(traits, cases, needed=50, gone_days=20)
    assert later.forecast is not None
    assert later.forecast.low > 20
    outlasted = rules.predict_days(traits, cases, needed=50, gone_days=5000)
    assert (outlasted.state, outlasted.forecast) == ("outlasted", None)


@pytest.mark.parametrize("good", [True, False])
def test_a_past_of_one_kind_only_is_no_better_than_its_base_rate(good: bool) -> None:
    cases = tuple(replace(case, good=good) for case in past(120, signal=1.0, until=NOW))
    assert rules.predict_chance(cases[0].traits, cases, needed=50).state == "unproven"


def test_likeness_counts_what_both_know_and_what_the_past_follows() -> None:
    weights = Weights((1.0, 1.0), 1.0)
    same = Traits((0.2, 1.0), frozenset({"cajera", "city:saltillo"}))
    far = Traits((1.2, 0.0), frozenset({"chofer"}))
    assert rules.distance(same, same, weights) == 0
    assert rules.distance(same, far, weights) == 1
    unknown, other = replace(same, numbers=(None, 1.0)), replace(same, numbers=(0.9, 1.0))
    assert 0 < rules.distance(same, unknown, weights) < rules.distance(same, other, weights)
    assert rules.distance(same, far, Weights((0.0, 0.0), 0.0)) == 0

    learned = rules.weigh(past(300, signal=1.0, until=NOW), lambda case: float(case.good))
    assert learned.numbers[0] > 3 * max(learned.numbers[1:], default=0.0)
    assert learned.words == 0.0  # the same for all


def test_words_that_go_with_good_ends_count() -> None:
    cases = tuple(
        replace(case, traits=replace(case.traits, words=frozenset({"almacen" if case.good else "finanzas"})))
        for case in past(120, signal=0.0, until=NOW)
    )
    assert rules.weigh(cases, lambda case: float(case.good)).words > 0.5
    assert rules.check_chance(cases).better
