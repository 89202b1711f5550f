"""When vacancies are alike, what alike ones tell, and what the facts want; figures against plain arithmetic."""

from __future__ import annotations

import random
import statistics
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from contract.ids import new_id
from huntred.attention import rules
from huntred.attention.types import Comparison, Facts, Filled, Position, Spread, StageStand

NOW = datetime(2026, 3, 2, tzinfo=timezone.utc)


def position(title: str = "Auxiliar de almacén", **values: Any) -> Position:
    return Position(**({"id": new_id(), "title": title, "kind": "job", "region": "Coahuila", "city": "Saltillo", "remote": False, "pay": Decimal(10000)} | values))


def filled(days: float = 20, applied: tuple[float, ...] = (1, 2, 3), *, interviews: int = 4, hires: int = 2, **values: Any) -> Filled:
    return Filled(position(**values), 1001, NOW - timedelta(days=1), days, applied, interviews, hires)


def stand(kind: str, count: int = 1, *, late: int = 0, waiting: int = 0, oldest: float = 0, usual: float | None = None) -> StageStand:
    return StageStand(new_id(), f"En {kind}", kind, count, late, waiting, oldest, usual)


def facts(*stages: StageStand, **values: Any) -> Facts:
    return Facts(**({"position": position(), "unit": "amigro", "number": 1002, "consultant_id": UUID(int=1), "open_days": 5.0, "generated": False, "stages": stages} | values))


def kinds(of: Facts, comparison: Comparison | None = None) -> list[str]:
    return [alert.kind for alert in rules.alerts(of, comparison or Comparison(0))]


@pytest.mark.parametrize(("one", "other", "same"), [
    ("Auxiliar de almacén", "Almacenista", True), ("Auxiliar de almacén", "Auxiliar contable", False),
    ("Contador general", "Contadora", True), ("Operador de montacargas", "Operador CNC", False),
    ("Soldadura industrial", "Soldador TIG", True), ("Gerente", "Gerente", True), ("", "Gerente", False),
])  # fmt: skip
def test_titles_of_the_same_work_are_kin(one: str, other: str, same: bool) -> None:
    assert rules.kin(rules.stems(one), rules.stems(other)) is same
    assert rules.kin(rules.stems(other), rules.stems(one)) is same


def test_alike_is_work_place_and_kind_and_never_itself() -> None:
    here = position()
    like = filled()
    others = [filled(city="Mérida", region="Yucatán"), filled(kind="internship"), filled(title="Cajera"), filled(remote=True)]
    itself = replace(like, position=here)
    assert rules.alike(here, [like, itself, *others]) == [like]
    assert rules.alike(position(remote=True), [filled(remote=True, city="Mérida", region="Yucatán")])
    assert rules.alike(position(city="Ramos Arizpe"), [like])  # the same state


def test_four_are_told_by_their_number_and_five_are_compared() -> None:
    four = rules.compare(position(), [filled() for _ in range(4)])
    assert (four.found, four.days, four.alike) == (4, None, ())
    five = rules.compare(position(), [filled(days) for days in (10, 20, 30, 40, 50)])
    assert five.days == Spread(20, 30, 40, 5)
    assert five.applicants == Spread(3, 3, 3, 5)
    assert five.interviews_per_hire == Spread(2, 2, 2, 5)
    assert five.near_pay


def test_pay_is_compared_with_all_that_are_alike_and_days_with_those_that_pay_alike() -> None:
    past = [filled(10, pay=Decimal(11000)) for _ in range(5)] + [filled(90, pay=Decimal(40000)) for _ in range(5)]
    found = rules.compare(position(pay=Decimal(10000)), past)
    assert found.near_pay and found.days == Spread(10, 10, 10, 5)
    assert found.pay and found.pay.count == 10
    far = rules.compare(position(pay=Decimal(1000)), past)
    assert not far.near_pay and far.days and far.days.count == 10


@pytest.mark.parametrize("seed", range(10))
def test_a_spread_is_the_quartiles(seed: int) -> None:
    dice = random.Random(seed)
    figures = [dice.uniform(0, 100) for _ in range(dice.randrange(5, 60))]
    found = rules.spread(figures)
    assert found is not None
    low, middle, high = statistics.quantiles(figures, n=4, method="inclusive")
    assert (found.low, found.middle, found.high) == pytest.approx((low, middle, high))
    assert found.middle == pytest.approx(statistics.median(figures))
    assert rules.spread(figures[:4]) is None


def test_times_are_missing_where_somebody_waits_for_one_and_none_is_free() -> None:
    assert kinds(facts(stand("interview"), uninterviewed=1)) == ["slots_missing"]
    assert kinds(facts(stand("interview"), uninterviewed=1, free_times=1)) == []
    assert kinds(facts(stand("interview"), uninterviewed=0)) == []


def test_many_new_ones_or_one_that_has_waited_too_long_are_unanswered() -> None:
    assert kinds(facts(stand("new", 9, waiting=4, oldest=2.5))) == []
    assert kinds(facts(stand("new", 9, waiting=5, oldest=2.5))) == ["unanswered"]
    [alert] = rules.alerts(facts(stand("new", 1, late=1, waiting=1, oldest=12.7)), Comparison(0))
    assert (alert.kind, alert.values) == ("unanswered", {"count": 1, "days": 12})


def test_what_stands_beyond_the_usual_names_the_worst_stage() -> None:
    [alert] = rules.alerts(
        facts(stand("screening", 3, late=2, oldest=9, usual=2), stand("offer", 2, late=1, oldest=20, usual=4), stand("rejected", 9, late=9, oldest=99)),
        Comparison(0),
    )
    assert alert.kind == "no_movement"
    assert alert.values == {"count": 3, "stage": "En offer", "days": 20, "usual": 4}
    assert rules.usual_wait(2.0) == 5.0
    assert rules.usual_wait(None) == 7.0


def test_open_for_long_without_anybody_in_an_interview() -> None:
    assert kinds(facts(stand("new"), open_days=14)) == []
    assert kinds(facts(stand("new"), open_days=15)) == ["no_interview"]
    assert kinds(facts(stand("new"), stand("offer"), open_days=15)) == []


def test_few_applicants_are_few_beside_the_alike_ones_at_the_same_age() -> None:
    past = [filled(30, tuple(float(day) for day in range(30))) for _ in range(5)]
    compared = rules.compare(position(), past)
    # On the fifth day each of them had six (of days 0 to 5), whatever came later.
    assert kinds(facts(stand("new", 6), open_days=5.0), compared) == []
    [alert] = rules.alerts(facts(stand("new", 5), open_days=5.0), compared)
    assert (alert.kind, alert.values["count"], alert.values["usual"], alert.values["alike"]) == ("few_applicants", 5, 6, 5)
    assert kinds(facts(stand("new", 0), open_days=2.0), compared) == []


def test_pay_below_the_quartile_and_open_beyond_it() -> None:
    past = [filled(days, pay=Decimal(pay)) for days, pay in ((10, 10000), (20, 11000), (30, 12000), (40, 13000), (50, 14000))]
    low = facts(stand("screening", 9), position=position(pay=Decimal(10900)), open_days=40.0)
    assert "pay_below" in kinds(low, rules.compare(low.position, past))
    assert "pay_below" not in kinds(low, rules.compare(position(), past[:4]))
    at_it = replace(low, position=position(pay=Decimal(11000)))
    assert "pay_below" not in kinds(at_it, rules.compare(at_it.position, past))
    assert "overdue" not in kinds(low, rules.compare(low.position, past))
    assert "overdue" in kinds(replace(low, open_days=40.5), rules.compare(low.position, past))


def test_set_aside_it_comes_back_when_it_has_doubled_or_is_another() -> None:
    [first] = rules.alerts(facts(stand("interview"), uninterviewed=2), Comparison(0))
    [as_much] = rules.alerts(facts(stand("interview"), uninterviewed=3), Comparison(0))
    [less] = rules.alerts(facts(stand("interview"), uninterviewed=1), Comparison(0))
    [doubled] = rules.alerts(facts(stand("interview"), uninterviewed=4), Comparison(0))
    stays = {one: rules.stays_dismissed(alert, key=first.key, level=first.level)
             for one, alert in {"same": first, "more": as_much, "less": less, "doubled": doubled}.items()}  # fmt: skip
    assert stays == {"same": True, "more": True, "less": True, "doubled": False}
    assert not rules.stays_dismissed(replace(first, key="other"), key=first.key, level=9)


def test_nobody_in_charge() -> None:
    assert kinds(facts(stand("screening"), consultant_id=None)) == ["no_consultant"]
