from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from huntred.errors import FieldInvalid
from huntred.vacancies import rules
from huntred.vacancies.errors import StateChangeRefused


@dataclass(frozen=True)
class Pay:
    salary_min: Decimal | None = None
    salary_max: Decimal | None = None
    salary_currency: str = "MXN"
    salary_period: str = "month"


@pytest.mark.parametrize(
    ("pay", "text"),
    [
        (Pay(Decimal(18500), Decimal(22000)), "$18,500.00 – $22,000.00 MXN mensuales"),
        (Pay(Decimal("380.5"), Decimal("380.5"), salary_period="day"), "$380.50 MXN por día"),
        (Pay(Decimal(2500), None, salary_period="week"), "desde $2,500.00 MXN semanales"),
        (Pay(None, Decimal(1200), "USD", "fortnight"), "hasta $1,200.00 USD quincenales"),
        (
            Pay(Decimal(1_200_000), Decimal(1_500_000), salary_period="year"),
            "$1,200,000.00 – $1,500,000.00 MXN anuales",
        ),
        (Pay(), ""),
    ],
)
def test_pay_is_written_as_mexicans_read_it(pay: Pay, text: str) -> None:
    assert rules.salary_text(pay) == text


@pytest.mark.parametrize(
    ("pay", "text"),
    [
        (Pay(Decimal(18500), Decimal(18500)), "$18,500.00 MXN per month"),
        (Pay(Decimal(2500), None, salary_period="week"), "from $2,500.00 MXN per week"),
        (Pay(None, Decimal(1200), "USD", "fortnight"), "up to $1,200.00 USD every two weeks"),
    ],
)
def test_pay_for_who_reads_english(pay: Pay, text: str) -> None:
    assert rules.salary_text(pay, "en") == text


@pytest.mark.parametrize(
    ("amount", "period", "month"),
    [
        (Decimal(12000), "month", Decimal("12000.00")),
        (Decimal(6000), "fortnight", Decimal("12000.00")),
        (Decimal(3000), "week", Decimal("12990.00")),
        (Decimal(400), "day", Decimal("12160.00")),
        (Decimal(60), "hour", Decimal("12470.40")),
        (Decimal(144_000), "year", Decimal("12000.00")),
        (None, "week", None),
    ],
)
def test_every_period_has_a_month(amount: Decimal | None, period: str, month: Decimal | None) -> None:
    assert rules.monthly(amount, period) == month


@pytest.mark.parametrize(
    ("state", "step", "after"),
    [
        ("draft", "publish", "open"),
        ("paused", "publish", "open"),
        ("open", "pause", "paused"),
        ("draft", "close", "closed"),
        ("open", "fill", "filled"),
        ("open", "publish", None),
        ("closed", "publish", None),
        ("filled", "close", None),
        ("draft", "pause", None),
        ("draft", "fill", None),
    ],
)
def test_states_follow_each_other_in_one_way(state: str, step: str, after: str | None) -> None:
    if after is not None:
        assert rules.next_state(state, step) == after
        return
    with pytest.raises(StateChangeRefused) as refused:
        rules.next_state(state, step)
    assert (refused.value.state, refused.value.step) == (state, step)


def test_what_is_missing_to_publish_is_named_in_order() -> None:
    assert rules.missing_to_publish(" ", "", "", "on_site") == ["title", "description", "city"]
    assert rules.missing_to_publish("Cajera", "Cobro", "", "remote") == []
    assert rules.missing_to_publish("Cajera", "Cobro", "", "hybrid") == ["city"]


@pytest.mark.parametrize(("low", "high"), [(Decimal(0), None), (None, Decimal(-5)), (Decimal(10), Decimal(9))])
def test_a_salary_that_cannot_be_is_refused(low: Decimal | None, high: Decimal | None) -> None:
    with pytest.raises(FieldInvalid):
        rules.check_salary(low, high)


def test_a_vacancy_is_new_for_a_week(now: datetime) -> None:
    assert rules.is_new(now - timedelta(days=6), now)
    assert not rules.is_new(now - timedelta(days=7), now)
    assert not rules.is_new(None, now)
