"""The hours of a unit in which nobody is written to with what they did not ask for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FROM, _TO, _TIMEZONE = "21:00", "08:00", "America/Mexico_City"
_PURPOSES = ("promotion",)


@dataclass(frozen=True)
class QuietHours:
    """From one time of the day to another, over midnight or not, in the unit's time zone. The same twice: none."""

    begins: time
    ends: time
    timezone: ZoneInfo
    purposes: tuple[str, ...] = _PURPOSES

    def until(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end that now lies in; None outside them."""
        local = now.astimezone(self.timezone)
        at = local.time().replace(tzinfo=None)
        over_midnight = self.begins > self.ends
        quiet = (at >= self.begins or at < self.ends) if over_midnight else self.begins <= at < self.ends
        if not quiet:
            return None
        day = local.date() + timedelta(days=1 if over_midnight and at >= self.begins else 0)
        return datetime.combine(day, self.ends, self.timezone)


def of_unit(settings: Mapping[str, Any]) -> QuietHours:
    """Read `quiet_hours: {from, to, timezone, purposes}` of a unit's settings; what is missing or wrong is as usual.

    Usual is 21:00 to 8:00 in Mexico City for promotions: reminders of an interview come when they must.
    """
    given = settings.get("quiet_hours")
    given = given if isinstance(given, Mapping) else {}
    try:
        zone = ZoneInfo(str(given.get("timezone", _TIMEZONE)))
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo(_TIMEZONE)
    purposes = given.get("purposes", _PURPOSES)
    return QuietHours(
        _time(given.get("from"), _FROM),
        _time(given.get("to"), _TO),
        zone,
        tuple(str(purpose) for purpose in purposes) if isinstance(purposes, (list, tuple)) else _PURPOSES,
    )


def _time(given: Any, usual: str) -> time:
    try:
        return time.fromisoformat(str(given or usual))
    except ValueError:
        return time.fromisoformat(usual)
