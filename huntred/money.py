"""Money: a Decimal with its currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from huntred.errors import RuleBroken

_CENT = Decimal("0.01")


class CurrencyMismatch(RuleBroken):
    code = "currency_mismatch"


@dataclass(frozen=True, order=False)
class Money:
    """An amount in a currency (ISO 4217). Arithmetic keeps cents, half up; currencies never mix."""

    amount: Decimal
    currency: str = "MXN"

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError("an amount is a Decimal")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"no ISO 4217 code: {self.currency!r}")
        object.__setattr__(self, "amount", self.amount.quantize(_CENT, ROUND_HALF_UP))

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other).amount

    def times(self, factor: Decimal) -> Money:
        return Money(self.amount * factor, self.currency)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other
