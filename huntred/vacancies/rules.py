"""What holds for vacancies, without a database: states, salaries, what a complete one has."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Any, Protocol

import yaml

from huntred.errors import FieldInvalid
from huntred.vacancies.errors import StateChangeRefused

STATES = ("draft", "open", "paused", "closed", "filled")
MODALITIES = ("on_site", "hybrid", "remote")
SENIORITIES = ("", "entry", "junior", "mid", "senior", "manager", "director", "c_level")
PERIODS = ("hour", "day", "week", "fortnight", "month", "year")
REQUIREMENT_KINDS = ("skill", "language", "certification", "education", "other")
IMPORTANCES = ("must", "nice")
KINDS = ("job", "internship")
QUESTION_KINDS = ("yes_no", "number")

# How many of a period a month has: 48 hours a week as the law has it, and 4.33 weeks.
_PERIODS_PER_MONTH = {
    "hour": Decimal("207.84"),
    "day": Decimal("30.4"),
    "week": Decimal("4.33"),
    "fortnight": Decimal("2"),
    "month": Decimal("1"),
    "year": Decimal("1") / Decimal("12"),
}
_STEPS = {
    "publish": ({"draft", "paused"}, "open"),
    "pause": ({"open"}, "paused"),
    "close": ({"draft", "open", "paused"}, "closed"),
    "fill": ({"open", "paused"}, "filled"),
}


class Paid(Protocol):
    """Whatever carries a salary range."""

    @property
    def salary_min(self) -> Decimal | None: ...
    @property
    def salary_max(self) -> Decimal | None: ...
    @property
    def salary_currency(self) -> str: ...
    @property
    def salary_period(self) -> str: ...


def next_state(state: str, step: str) -> str:
    """Return the state after `publish`, `pause`, `close` or `fill`. Raises StateChangeRefused."""
    allowed, after = _STEPS[step]
    if state not in allowed:
        raise StateChangeRefused(state, step)
    return after


def monthly(amount: Decimal | None, period: str) -> Decimal | None:
    """Return an amount of a period as a month's, to the cent."""
    if amount is None:
        return None
    return (amount * _PERIODS_PER_MONTH[period]).quantize(Decimal("0.01"), ROUND_HALF_UP)


def salary_text(vacancy: Paid, language: str = "es") -> str:
    """Return the pay as people read it: "$18,500.00 – $22,000.00 MXN mensuales"; empty where it is not said.

    language: a key of wording.yml.
    """
    low, high = vacancy.salary_min, vacancy.salary_max
    words = _words()[language]
    period = words["periods"][vacancy.salary_period]
    currency = vacancy.salary_currency
    if low is not None and high is not None and low != high:
        amount = f"${low:,.2f} – ${high:,.2f}"
    elif low is not None and high is None:
        amount = words["from"].format(amount=f"${low:,.2f}")
    elif high is not None and low is None:
        amount = words["up_to"].format(amount=f"${high:,.2f}")
    elif low is not None:
        amount = f"${low:,.2f}"
    else:
        return ""
    return f"{amount} {currency} {period}"


def check_salary(low: Decimal | None, high: Decimal | None) -> None:
    """Raise FieldInvalid where a range is upside down or not positive."""
    for field, amount in (("salary_min", low), ("salary_max", high)):
        if amount is not None and amount <= 0:
            raise FieldInvalid(field, "not_positive")
    if low is not None and high is not None and low > high:
        raise FieldInvalid("salary_max", "below_minimum")


def check_choice(field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise FieldInvalid(field, "unknown")


def missing_to_publish(title: str, description: str, city: str, modality: str) -> list[str]:
    """Return the fields without which nobody could judge the vacancy."""
    missing = [name for name, value in (("title", title), ("description", description)) if not value.strip()]
    if not city.strip() and modality != "remote":
        missing.append("city")
    return missing


def missing_of_internship(weeks: int | None, hours: int | None, pay_stated: bool) -> list[str]:
    """Return what a student must know before applying: how long, how many hours a week, and what is paid."""
    told = {"internship_weeks": weeks, "internship_hours": hours, "salary_min": pay_stated or None}
    return [name for name, value in told.items() if value is None]


def is_new(published_at: datetime | None, now: datetime, *, days: int = 7) -> bool:
    return published_at is not None and (now - published_at).days < days


@cache
def _words() -> dict[str, Any]:
    text = (resources.files("huntred.vacancies") / "wording.yml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words
