"""Where a card is likely to go next: only from what was known at its age, only forward, only where it has proved so."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from contract.ids import new_id
from huntred.predictions import next_stage
from huntred.predictions.types import Standing, Stay, Traits

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=timezone.utc)
HERE, FORWARD, OUT = new_id(), new_id(), new_id()


def stays(count: int, *, signal: float, seed: int = 1, out: UUID = OUT) -> tuple[Stay, ...]:
    """Ended ones, two a day. Who attends an interview on the second day goes forward, as far as signal goes."""
    dice = random.Random(seed)
    found = []
    for index in range(count):
        ended = NOW - timedelta(days=(count - index) / 2)
        entered = ended - timedelta(days=dice.uniform(4, 9))
        attended = dice.random() < 0.5
        chance = 0.5 + signal * (0.45 if attended else -0.45)
        forward = dice.random() < chance
        signs = (None, None, entered + timedelta(days=2) if attended else None, None)
        work = Traits((dice.random(), 1.0, None, None))
        found.append(
            Stay(new_id(), index, "Almacén", HERE, FORWARD if forward else out, forward, entered, ended, work, signs)
        )
    return tuple(reversed(found))


def standing(days: float, *, attended: bool) -> Standing:
    entered = NOW - timedelta(days=days)
    signs = (None, None, entered + timedelta(days=2) if attended else None, None)
    return Standing(new_id(), HERE, entered, Traits((0.5, 1.0, None, None)), signs)


def test_with_forty_nine_nothing_is_told_and_with_fifty_it_is_looked_back_on() -> None:
    few, enough = stays(49, signal=1.0), stays(50, signal=1.0)
    assert next_stage.summary(few, needed=50).state == "insufficient"
    assert next_stage.summary(few, needed=50).cases == 49
    assert next_stage.summary(enough, needed=50).state in ("unproven", "shown")


def test_who_was_seen_is_likely_to_go_on_and_whoever_was_not_is_told_nothing() -> None:
    past = stays(200, signal=1.0)
    seen, unseen = standing(5, attended=True), standing(5, attended=False)
    assert next_stage.summary(past, needed=50).state == "shown"

    found = next_stage.suggest(past, [seen, unseen], now=NOW)

    assert set(found) == {seen.id}  # that somebody goes out is never suggested
    hint = found[seen.id]
    cases = hint.forecast.cases
    assert hint.to_stage_id == FORWARD
    assert hint.count == sum(case.good for case in cases) <= len(cases)
    assert next_stage.LEAST_SURE <= hint.forecast.low <= hint.forecast.value <= hint.forecast.high <= 1


def test_what_happened_later_is_not_known_earlier() -> None:
    """On the first day nobody has been seen yet, neither now nor then: nothing tells them apart."""
    stay = stays(1, signal=1.0)[0]
    attended = replace(stay, signs=(None, None, stay.entered_at + timedelta(days=2), None))
    assert next_stage.traits_at(attended, 1.0).numbers[-2] == 0.0
    assert next_stage.traits_at(attended, 3.0).numbers[-2] == 1.0
    assert next_stage.suggest(stays(200, signal=1.0), [standing(0.5, attended=False)], now=NOW) == {}


def test_who_has_waited_is_put_beside_those_who_had_waited_as_long() -> None:
    quick = tuple(
        replace(stay, entered_at=stay.ended_at - timedelta(hours=2), signs=(None,) * 4, to_stage_id=FORWARD, forward=True)
        for stay in stays(100, signal=0.0)
    )
    slow = tuple(replace(stay, forward=False, to_stage_id=OUT) for stay in stays(100, signal=0.0, seed=2))
    # All of the quick ones went forward; none of them is like somebody who has stood there for five days.
    assert next_stage.suggest(quick + slow, [standing(5, attended=False)], now=NOW) == {}


def test_a_past_that_tells_nothing_is_rarely_taken_for_one_that_does() -> None:
    shown = sum(
        next_stage.summary(stays(110, signal=0.0, seed=seed), needed=50).state == "shown" for seed in range(20)
    )
    assert shown <= 3


@pytest.mark.parametrize("out", [FORWARD])
def test_where_all_go_the_same_way_the_usual_says_as_much(out: UUID) -> None:
    past = tuple(replace(stay, forward=True) for stay in stays(120, signal=1.0, out=out))
    assert next_stage.summary(past, needed=50).state == "unproven"


@pytest.mark.parametrize("seed", range(5))
def test_shares_are_shares(seed: int) -> None:
    past = stays(80, signal=0.6, seed=seed)
    for days in (0, 1, 4, 8, 40):
        for hint in next_stage.suggest(past, [standing(days, attended=days > 2)], now=NOW).values():
            assert 0 <= hint.forecast.low <= hint.forecast.value <= hint.forecast.high <= 1
            assert 0 < hint.count <= len(hint.forecast.cases)
            assert {case.id for case in hint.forecast.cases} <= {stay.id for stay in past}
