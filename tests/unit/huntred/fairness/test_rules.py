"""The impact ratio: figures worked out by hand, and that nobody hidden can be worked out from what is shown."""

from __future__ import annotations

import itertools
import random
from datetime import date

import pytest

from huntred.fairness import rules
from huntred.fairness.rules import (
    GROUPS,
    Case,
    Figures,
    Road,
    Said,
    age_band,
    figures_of,
    fisher_exact,
    passed,
    rounded,
    steps_of,
)


def people(group: str, count: int, chosen: int, *, attribute: str = "sex") -> list[Case]:
    said = Said({attribute: group} if group else {})
    return [Case(Road(3 if i < chosen else 1, ended="" if i < chosen else "rejected"), said) for i in range(count)]


def test_a_group_is_measured_against_the_one_that_went_on_most() -> None:
    cases = [*people("man", 12, 8), *people("woman", 10, 4), *people("", 7, 3)]

    found = figures_of(cases, "chosen", "sex")

    assert (found.people, found.answered) == (29, 22)
    woman, man, other = found.groups
    assert (man.people, man.selected, man.reference, man.ratio, man.chance) == (12, 8, True, 1.0, None)
    assert (woman.people, woman.selected, woman.rate) == (10, 4, 0.4)
    assert woman.ratio == pytest.approx(0.6) and woman.below
    # R: fisher.test(matrix(c(4, 6, 8, 4), 2))$p.value
    assert woman.chance == pytest.approx(0.3913, abs=1e-4) and not woman.rare
    assert not other.shown


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        ((4, 3), (4, 1), 0.485714),  # Fisher's lady and her tea
        ((10, 1), (14, 11), 0.00275946),  # scipy's example
        ((5, 0), (5, 5), 0.00793651),
        ((30, 15), (30, 15), 1.0),
    ],
)
def test_fishers_exact_test(one: tuple[int, int], other: tuple[int, int], p: float) -> None:
    assert fisher_exact(one, other) == pytest.approx(p, rel=1e-5)
    assert fisher_exact(other, one) == pytest.approx(p, rel=1e-5)


@pytest.mark.parametrize(
    "cases",
    [
        [*people("man", 20, 10), *people("woman", 4, 2)],  # a group of fewer than five
        [*people("man", 12, 2), *people("woman", 10, 2)],  # fewer than five were chosen: they would be pointed at
        [*people("man", 12, 12), *people("woman", 10, 6)],  # fewer than five were not
        people("man", 40, 20),
        [],
    ],
)
def test_too_few_tell_nothing(cases: list[Case]) -> None:
    assert not figures_of(cases, "chosen", "sex").enough


def test_with_one_small_group_another_is_hidden() -> None:
    """25 to 34 has 2 people: told beside the sum, the others would tell it."""
    cases = [
        case for band, count in zip(GROUPS["age"], (9, 2, 6, 12, 20), strict=True)
        for case in people(band, count, count // 2, attribute="age")
    ]  # fmt: skip

    shown = {group.group: group.shown for group in figures_of(cases, "chosen", "age").groups}

    assert shown == {"up_to_24": True, "25_34": False, "35_44": False, "45_54": True, "from_55": True}


def test_nothing_that_is_hidden_follows_by_subtraction() -> None:
    """Over many draws: what is hidden beside what is shown is nobody, or five people or more of two groups or more."""
    dice = random.Random(7)
    told = hidden_beside = 0
    for _ in range(3000):
        counts = [dice.choice((0, 1, 2, 4, 5, 6, 9, 15, 30)) for _ in GROUPS["age"]]
        cases = [
            case for band, count in zip(GROUPS["age"], counts, strict=True)
            for case in people(band, count, dice.randint(0, count), attribute="age")
        ]  # fmt: skip
        found = figures_of(cases, "chosen", "age")
        if not found.enough:
            assert found.answered is None or found.answered == sum(counts) >= 5
            continue
        told += 1
        shown = [group for group in found.groups if group.shown]
        hidden = [count for count, group in zip(counts, found.groups, strict=True) if count and not group.shown]
        hidden_beside += bool(hidden)
        assert all(group.people >= 5 for group in shown)
        assert not hidden or (sum(hidden) >= 5 and len(hidden) >= 2)
        assert sum(group.selected or 0 for group in shown) >= 5
        assert all(group.selected is None and not group.people for group in found.groups if not group.shown)
    assert told > 500 and hidden_beside > 100, "the draws say something"


def _at(reached: int, count: int, sex: str, ended: str = "rejected") -> list[Case]:
    return [Case(Road(reached, ended=ended if reached < 5 else ""), Said({"sex": sex}))] * count


def test_the_one_who_waits_does_not_follow_from_two_steps() -> None:
    """23 were interviewed and 22 decided of: the one on the board who still waits would be told to be a woman."""
    decided = [case for sex in ("man", "woman") for reached, count in ((1, 8), (3, 5), (4, 6)) for case in _at(reached, count, sex)]
    waiting = _at(3, 1, "woman", ended="")

    assert [one.enough for one in steps_of(decided, "sex", exact=True)] == [True, True, False]
    assert [one.enough for one in steps_of(decided + waiting, "sex", exact=True)] == [True, False, False]
    assert [one.enough for one in steps_of(decided + waiting * 5, "sex", exact=True)] == [True, True, False]
    assert steps_of(decided + waiting, "sex", exact=False)[1].enough, "a unit's counts are rounded, and tell no one"


def test_over_many_draws_no_step_tells_who_is_between_it_and_the_one_before() -> None:
    dice = random.Random(11)
    later = 0
    for _ in range(2000):
        cases = []
        for band in GROUPS["age"]:
            for _ in range(dice.choice((0, 2, 6, 20, 40))):
                reached, ended = dice.choice((1, 1, 3, 4, 5)), dice.choice(("rejected",) * 30 + ("withdrawn", ""))
                cases.append(Case(Road(reached, ended=ended if reached < 5 else ""), Said({"age": band})))
        steps = steps_of(cases, "age", exact=True)
        for before, after in itertools.pairwise(steps):
            if not after.enough:
                continue
            later += 1
            chosen = {group.group: group.selected or 0 for group in before.groups if group.shown}
            for group in after.groups:
                if group.shown:
                    assert chosen[group.group] - group.people in (0, *range(5, 99))
    assert later > 100, "the draws say something"


def test_a_step_decides_of_who_came_to_it_and_neither_left_nor_waits() -> None:
    waits, left, refused, listed = Road(1), Road(2, ended="withdrawn"), Road(2, ended="rejected"), Road(2, listed=True)
    interviewed, hired = Road(3, ended="rejected"), Road(5)

    steps = {road: [passed(road, step) for step in rules.STEPS] for road in (waits, left, refused, listed, interviewed, hired)}

    assert steps == {
        waits: [None, None, None],
        left: [None, None, None],
        refused: [False, None, None],
        listed: [True, None, None],
        interviewed: [True, False, None],
        hired: [True, True, True],
    }
    assert passed(Road(1, decided=True), "chosen") is False, "nobody decides any more: the vacancy is filled"
    assert passed(Road(4, ended="withdrawn"), "hired") is None, "they declined the offer themselves"


def test_a_units_counts_are_rounded_and_the_shares_stay() -> None:
    cases = [*people("man", 12, 8), *people("woman", 13, 4)]

    woman, man, _ = rounded(figures_of(cases, "chosen", "sex")).groups

    assert [(one.people, one.selected, one.chance) for one in (man, woman)] == [(10, None, None), (15, None, None)]
    assert woman.ratio == pytest.approx(4 / 13 / (8 / 12))


def test_an_age_is_a_band() -> None:
    today = date(2026, 3, 2)
    assert [age_band(born, today) for born in (date(2001, 3, 3), date(2001, 3, 2), date(1971, 3, 3), date(1930, 1, 1))] == [
        "up_to_24", "25_34", "45_54", "from_55",
    ]  # fmt: skip
    bounds = list(rules.AGE_BANDS.values())
    assert all(here[1] + 1 == after[0] for here, after in itertools.pairwise(bounds)), "no age without a band"


def test_who_said_nothing_is_in_no_group() -> None:
    found: Figures = figures_of(people("", 30, 15), "chosen", "sex")
    assert (found.people, found.answered, found.groups) == (30, None, ())
