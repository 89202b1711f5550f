"""How evidence becomes a score: monotone, fair to what is not known, and explained."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huntred.errors import FieldInvalid
from huntred.matching.combining import (
    FEATURES,
    best_changes,
    checked,
    default_weights,
    points_of,
    rescored,
    score_of,
    values_of,
)
from huntred.matching.ports import Evidence, Match

SHARES = st.floats(0, 1)
VALUES = st.dictionaries(st.sampled_from(FEATURES), st.none() | SHARES, min_size=1)
WEIGHTS = st.fixed_dictionaries({feature: st.floats(0, 100) for feature in FEATURES})
UNITS = ("amigro", "huntu", "huntred", "huntred_executive", "huntred_solutions", "milkyleak", "sexsi")


def match(*evidence: Evidence) -> Match:
    found = Match(UUID(int=1), Decimal(0), True, (), (), evidence)
    return rescored(found, default_weights())


@given(VALUES, WEIGHTS, st.sampled_from(FEATURES), SHARES, SHARES)
def test_a_better_value_of_one_feature_never_lowers_the_score(values, weights, feature, one, other) -> None:  # type: ignore[no-untyped-def]
    worse, better = sorted((one, other))
    assert score_of(values | {feature: worse}, weights) <= score_of(values | {feature: better}, weights)


@given(VALUES, WEIGHTS, st.sampled_from(FEATURES))
def test_what_is_unknown_stands_between_what_is_met_and_what_is_not(values, weights, feature) -> None:  # type: ignore[no-untyped-def]
    missing, unknown, met = (score_of(values | {feature: value}, weights) for value in (0.0, None, 1.0))
    assert missing <= unknown <= met
    if weights[feature] > 1:
        assert missing < unknown < met


@given(VALUES, WEIGHTS)
def test_a_score_is_a_share(values, weights) -> None:  # type: ignore[no-untyped-def]
    assert 0 <= score_of(values, weights) <= 1
    assert 0 <= score_of(dict.fromkeys(values, 1.0), weights) <= 1


def test_the_scale_says_what_it_is_said_to() -> None:
    weights = default_weights()
    assert score_of(dict.fromkeys(FEATURES, 1.0), weights) == 1
    assert score_of(dict.fromkeys(FEATURES, 0.0), weights) == 0
    assert score_of(dict.fromkeys(FEATURES), weights) == Decimal("0.5")
    assert score_of({}, weights) == Decimal("0.5")


def test_what_a_vacancy_does_not_ask_for_does_not_count() -> None:
    assert score_of({"title": 0.8}, default_weights()) == Decimal("0.8")
    assert score_of({"title": 0.8, "must": 0.8}, default_weights()) == Decimal("0.8")


def test_several_things_of_one_feature_are_weighed_together_and_a_must_counts_double() -> None:
    english = Evidence("languages", "met", 1.0, name="Inglés")
    french = Evidence("languages", "not", 0.0, name="Francés", importance="nice")
    assert values_of([english, french]) == {"languages": pytest.approx(2 / 3)}
    assert values_of([replace(english, worth=None)]) == {"languages": None}
    assert values_of([replace(english, worth=None), french]) == {"languages": pytest.approx(1 / 3)}
    # A work permit is shown, and never weighed.
    assert values_of([Evidence("permit", "unknown", None)]) == {}


def test_the_points_add_up_to_the_score() -> None:
    found = match(
        Evidence("title", "met", 0.9), Evidence("must", "met", 1.0, name="Excel"), Evidence("salary", "unknown", None)
    )
    points = points_of(found, default_weights())
    assert sum(given for given, _ in points.values()) == pytest.approx(float(found.score) * 100, abs=0.01)
    assert sum(most for _, most in points.values()) == pytest.approx(100)


def test_the_two_changes_that_would_raise_it_most() -> None:
    excel = Evidence("must", "not", 0.2, name="Excel")
    sap = Evidence("nice", "not", 0.2, name="SAP", importance="nice")
    pay = Evidence("salary", "not", 0.0, code="salary_below")
    here = Evidence("place", "met", 1.0, code="same_city")
    work = Evidence("title", "not", 0.1)
    found = match(work, excel, sap, pay, here)

    changes = best_changes(found, default_weights())

    assert [change.evidence for change in changes] == [excel, pay]
    raised = match(work, replace(excel, state="met", worth=1.0), sap, pay, here)
    assert changes[0].points == round(float(raised.score - found.score) * 100)
    assert best_changes(match(here), default_weights()) == []


def test_every_unit_has_weights_and_wrong_ones_are_refused() -> None:
    for unit in UNITS:
        assert set(default_weights(unit)) == set(FEATURES)
    assert default_weights("amigro") != default_weights()
    good = dict(default_weights())
    for wrong, field in (
        (good | {"place": -1.0}, "weight_place"),
        (good | {"must": 101.0}, "weight_must"),
        (good | {"title": None}, "weight_title"),
        (dict.fromkeys(FEATURES, 0.0), "weight_title"),
    ):
        with pytest.raises(FieldInvalid) as refused:
            checked(wrong)
        assert refused.value.field == field
