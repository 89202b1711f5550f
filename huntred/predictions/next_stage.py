"""Which stage an application is likely to go to next, by how others went on that stood there; without a database.

What is known of a case is taken as of the day that this one has reached: who has waited a week is put beside those who
had waited a week, with what had happened by then, and never beside those who were through on the second day. Only a
step forward is ever suggested: that somebody does not continue is for a person to think of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from huntred.predictions import rules
from huntred.predictions.types import Case, Check, Forecast, NextStage, Prediction, Standing, Stay, Traits

# What can happen to an application in a stage, in the order of `signs`.
SIGNS = ("wrote", "booked", "attended", "missed")
# The days of a stay at which it is looked at.
AGES = (0.0, 1.0, 3.0, 7.0, 14.0, 30.0)
# Of a suggestion at least so much, at the lower end of its interval, or there is none.
LEAST_SURE = 0.5


@dataclass(frozen=True)
class _Gone(Case):
    """A stay as a case. good: it went forward."""

    to_stage_id: UUID


@dataclass(frozen=True)
class _Learned:
    """What can be said of whoever has stood as many days in a stage: its cases, what counts, how they went."""

    cases: tuple[_Gone, ...]
    weights: rules.Weights
    base: dict[UUID, float]


def age_of(days: float) -> float:
    """The age at which a stay of so many days is looked at."""
    return max((age for age in AGES if age <= days), default=0.0)


def traits_at(stay: Stay | Standing, age: float) -> Traits:
    """What was known of it then."""
    then = stay.entered_at + timedelta(days=age)
    happened = tuple(1.0 if at is not None and at <= then else 0.0 for at in stay.signs)
    return Traits((*stay.work.numbers, *happened), stay.work.words)


def suggest(stays: tuple[Stay, ...], standing: Sequence[Standing], *, now: datetime) -> dict[UUID, NextStage]:
    """Of those that stand in one stage, where the most like cases went. stays: that ended in this stage."""
    found: dict[UUID, NextStage] = {}
    learned: dict[float, _Learned] = {}
    for one in standing:
        age = age_of((now - one.entered_at).total_seconds() / 86_400)
        if age not in learned:
            learned[age] = _learn(stays, age)
        if len(learned[age].cases) >= rules.LEAST_KNOWN:
            # What has happened by now is known, however long after the last age it was.
            told = traits_at(replace(one, entered_at=now), 0.0)
            next_stage = _next(told, learned[age])
            if next_stage is not None:
                found[one.id] = next_stage
    return found


@lru_cache(maxsize=256)
def check(stays: tuple[Stay, ...]) -> Check:
    """Replay the past of one stage: squared error over all stages that followed, and that of their usual shares.

    Each stay is judged once, at an age that it reached, by what had ended until then.
    """
    judged = []
    for stay in sorted(stays, key=lambda one: one.entered_at)[-rules.MOST_JUDGED :]:
        reached = [age for age in AGES if age < stay.days]
        if not reached:
            continue
        age = reached[stay.id.int % len(reached)]
        then = stay.entered_at + timedelta(days=age)
        known = _learn(tuple(one for one in stays if one.ended_at <= then), age)
        if len(known.cases) >= rules.LEAST_KNOWN:
            said = _shares(rules.nearest(traits_at(stay, age), known.cases, known.weights), known.base)
            judged.append((_error(said, stay.to_stage_id), _error(known.base, stay.to_stage_id), None))
    return rules.checked(judged)


def summary(stays: tuple[Stay, ...], *, needed: int, proven: tuple[Stay, ...] | None = None) -> Prediction:
    """Whether anything is suggested in this stage. proven: those that are looked back on, where not all of them."""
    if len(stays) < needed:
        return Prediction("insufficient", len(stays), needed)
    looked_back = check(stays if proven is None else proven)
    return Prediction("shown" if looked_back.better else "unproven", len(stays), needed, check=looked_back)


def _learn(stays: tuple[Stay, ...], age: float) -> _Learned:
    cases = tuple(
        _Gone(
            stay.id, stay.number, stay.title, stay.entered_at, stay.ended_at, stay.forward, traits_at(stay, age),
            stay.to_stage_id,
        )
        for stay in stays if stay.days > age
    )  # fmt: skip
    went = Counter(case.to_stage_id for case in cases)
    return _Learned(
        cases,
        rules.weigh(cases, lambda case: float(case.good)),
        {stage: count / len(cases) for stage, count in went.items()},
    )


def _next(told: Traits, learned: _Learned) -> NextStage | None:
    alike = rules.nearest(told, learned.cases, learned.weights)
    shares = _shares(alike, learned.base)
    forward = {case.to_stage_id for case in alike if case.good}
    likely = max(shares, key=lambda stage: (shares[stage], str(stage)))
    if likely not in forward:
        return None
    low, high = rules.interval(shares[likely], len(alike))
    if low < LEAST_SURE:
        return None
    there = tuple(case for case in alike if case.to_stage_id == likely)
    return NextStage(likely, len(there), Forecast(shares[likely], low, high, alike))


def _shares(alike: Sequence[_Gone], base: dict[UUID, float]) -> dict[UUID, float]:
    """Of each stage that followed, the share of these, drawn towards the usual one."""
    went = Counter(case.to_stage_id for case in alike)
    return {stage: rules.drawn(went[stage], len(alike), usual) for stage, usual in base.items()}


def _error(shares: dict[UUID, float], went: UUID) -> float:
    """Brier's over several ends; an end that was never seen before counts as it should."""
    told = sum((share - (stage == went)) ** 2 for stage, share in shares.items())
    return told + (went not in shares)
