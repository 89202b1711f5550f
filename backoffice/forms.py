"""Reads a posted form into typed values; a fault names the field and the problem (FieldInvalid)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from uuid import UUID

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from huntred.errors import FieldInvalid

T = TypeVar("T")
_LONGEST = 10_000


class FormReader:
    """One posted form. Values are stripped; an empty one is none or, for text, empty."""

    def __init__(self, form: MultiDict[str, str]) -> None:
        self._form = form

    def text(self, name: str, *, longest: int = _LONGEST) -> str:
        value = self._form.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()
        if len(value) > longest:
            raise FieldInvalid(name, "too_long")
        return value

    def texts(self, name: str) -> list[str]:
        return [value.replace("\x00", "").strip()[:_LONGEST] for value in self._form.getlist(name)]

    def has(self, name: str) -> bool:
        """Whether it is there at all, empty or not."""
        return name in self._form

    def flag(self, name: str) -> bool:
        return self._form.get(name) in {"1", "on", "true"}

    def _read(self, name: str, parse: Callable[[str], T], problem: str) -> T | None:
        raw = self.text(name)
        if not raw:
            return None
        try:
            return parse(raw)
        except (ValueError, InvalidOperation, OverflowError):
            raise FieldInvalid(name, problem) from None

    def integer(self, name: str) -> int | None:
        return self._read(name, int, "not_a_number")

    def decimal(self, name: str) -> Decimal | None:
        return self._read(name, read_decimal, "not_a_number")

    def coordinate(self, name: str) -> float | None:
        return self._read(name, float, "not_a_number")

    def id(self, name: str) -> UUID | None:
        return self._read(name, UUID, "unknown")

    def day(self, name: str) -> date | None:
        return self._read(name, date.fromisoformat, "not_a_date")

    def time(self, name: str) -> time | None:
        return self._read(name, time.fromisoformat, "not_a_time")

    def required(self, value: T | None, name: str) -> T:
        """Return the value. Raises FieldInvalid where there is none."""
        if value is None or value == "":
            raise FieldInvalid(name, "missing")
        return value


def read_decimal(raw: str) -> Decimal:
    """Read "18,500.50" or "$18 500" as people in Mexico type amounts."""
    value = Decimal(raw.replace("$", "").replace(",", "").replace(" ", ""))
    if not value.is_finite() or abs(value) >= Decimal(10) ** 12:
        raise ValueError(raw)
    return value


def id_or_404(raw: str) -> UUID:
    """Read an id of a path. What is no id is not there."""
    try:
        return UUID(raw)
    except ValueError:
        raise NotFound from None
