"""What an event is: a frozen dataclass in past tense, of ids and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Event:
    """Base of all events; its class name is stored and finds its handlers."""


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values as JSON can hold them: ids, times and decimals as text."""
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
