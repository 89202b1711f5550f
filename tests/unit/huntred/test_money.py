"""Money keeps its cents and its currency."""

from __future__ import annotations

from decimal import Decimal

import pytest

from huntred.money import CurrencyMismatch, Money


def test_cents_are_rounded_half_up() -> None:
    assert Money(Decimal("10.005")).amount == Decimal("10.01")
    assert Money(Decimal("1066.665")).amount == Decimal("1066.67")
    assert Money(Decimal("18500")).times(Decimal("0.18")) == Money(Decimal("3330.00"))


def test_sums_and_order() -> None:
    ten, five = Money(Decimal(10)), Money(Decimal(5))
    assert ten + five == Money(Decimal(15)) and ten - five == five
    assert five < ten and five <= five and not ten <= five


def test_currencies_never_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "MXN") + Money(Decimal(1), "USD")
    with pytest.raises(CurrencyMismatch):
        _ = Money(Decimal(1), "MXN") < Money(Decimal(1), "USD")


def test_an_amount_is_a_decimal_and_a_currency_a_code() -> None:
    with pytest.raises(TypeError):
        Money(1.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(Decimal(1), "pesos")
