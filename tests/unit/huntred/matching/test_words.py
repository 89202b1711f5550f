"""BM25 over numbered stems, and the rough score that decides who is ranked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huntred.matching import rough
from huntred.matching.combining import default_weights
from huntred.matching.words import WordIndex

WEIGHTS = default_weights()
NAN = float("nan")


def terms(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.uint32)


def values(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=np.float32)


def test_a_rare_word_counts_more_than_a_common_one_and_no_word_counts_nothing() -> None:
    index = WordIndex([terms(1, 2), terms(1, 3), terms(1, 4), terms(5)])
    rare, common, none = index.scores({2: 1.0}), index.scores({1: 1.0}), index.scores({9: 1.0})
    assert rare[0] > common[0] > 0
    assert rare[1:].tolist() == [0, 0, 0]
    assert common[3] == 0
    assert not none.any()


def test_a_word_that_counts_oftener_and_a_shorter_document_count_more() -> None:
    found = WordIndex([terms(7, 7, 7, 8), terms(7, 8, 9, 10), terms(7)]).scores({7: 1.0})
    assert found[0] > found[1]
    assert found[2] > found[1]


def test_nothing_to_search_is_no_error() -> None:
    assert WordIndex([]).scores({1: 1.0}).shape == (0,)
    assert WordIndex([terms(), terms()]).scores({1: 1.0}).tolist() == [0, 0]


@given(st.lists(st.lists(st.integers(0, 30), max_size=8), max_size=20), st.lists(st.integers(0, 35), max_size=5))
def test_exactly_those_that_share_a_word_are_found(documents: list[list[int]], asked: list[int]) -> None:
    found = WordIndex([terms(*one) for one in documents]).scores(dict.fromkeys(asked, 1.0))
    assert [bool(score > 0) for score in found] == [bool({*one} & {*asked}) for one in documents]


def test_each_sign_of_the_work_shows_it_alone() -> None:
    found = rough.work(values(0.6, 0, 0, 0), values(0, 20, 0, 0), values(0, 0, 20, 0), said=True)
    assert (found[:3] > 0.5).all()
    assert found[3] == 0
    assert rough.work(values(0, 0), values(0, 0), values(0, 0), said=False).tolist() == [0.5, 0.5]


def test_place_is_worth_what_the_ranker_says_it_is() -> None:
    here = rough.Place(25.6866, -100.3161, 11, 1)
    many = rough.Place(
        values(25.69, 26.08, 20.66, NAN, NAN, NAN, NAN), values(-100.32, -100.31, -103.35, NAN, NAN, NAN, NAN),
        terms(0, 0, 0, 11, 12, 0, 11), terms(1, 1, 2, 1, 1, 0, 2),
    )  # fmt: skip
    found = rough.places(here, many)
    # Near, 44 km, 600 km, the same town, another of the state, not told, a namesake in another state.
    assert found[[0, 2, 3, 5, 6]].tolist() == [1, 0, 1, 0.5, 0]
    assert 0.4 < found[1] < 0.6
    assert found[4] == pytest.approx(0.4)


def test_pay_and_years_that_nobody_told_stand_in_the_middle() -> None:
    assert rough.salaries(values(12_000, 9_500, 5_000, NAN), 10_000).tolist() == pytest.approx([1, 0.7, 0.1, 0.5])
    assert rough.salaries(10_000, values(NAN)).tolist() == [0.5]
    told = rough.years(2, values(3, 1, NAN))
    assert told.tolist() == pytest.approx([1, 0.4, 0.5])
    assert np.isnan(rough.years(values(NAN, 0), 3)).all()


def test_what_is_near_and_of_other_work_comes_after_what_is_of_the_work() -> None:
    work, place = values(0.05, 0.9, 0.9), values(1, 1, 0)
    found = rough.scores(work, place, values(1, 0, 0), values(NAN, NAN, NAN), WEIGHTS)
    assert found[1] > found[2] > found[0]
